"""The outside world on one page.

Every adapter is a small frozen value that connects when used. What leaves it is a domain value or an
`OutsideError`; `NotThere`, `Conflict` and `BrokenVersion` where a method says so.
"""

from watchkeeper.ports.records import Look, PredictionStore
from watchkeeper.ports.state import Settlement, StateStore, Waiting
from watchkeeper.ports.telling import Channel, Drawn, Reporter, Tracked, Tracker
from watchkeeper.ports.versions import Anchor, Predictor, Registry, TrafficRouter, Trained, Trainer, TrainingRequest

__all__ = [
    "Anchor",
    "Channel",
    "Drawn",
    "Look",
    "PredictionStore",
    "Predictor",
    "Registry",
    "Reporter",
    "Settlement",
    "StateStore",
    "Tracked",
    "Tracker",
    "TrafficRouter",
    "Trained",
    "Trainer",
    "TrainingRequest",
    "Waiting",
]

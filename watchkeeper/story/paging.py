"""What paged people."""

from watchkeeper.domain.incidents import Transition
from watchkeeper.domain.intervals import Interval
from watchkeeper.domain.levels import Level
from watchkeeper.ports import StateStore

__all__ = ["pages_of"]


def pages_of(state: StateStore, model: str, over: Interval) -> tuple[Transition, ...]:
    """The transitions of a period that made an incident of the model critical, oldest first."""
    critical = (i for i in state.incidents(model) if i.level is Level.CRITICAL)
    lasted = (i for i in critical if i.detected <= over.end and (i.resolved is None or i.resolved > over.start))
    made = (next(t for t in state.transitions(i.key) if t.incident.level is Level.CRITICAL) for i in lasted)
    return tuple(t for t in made if over.start < t.at <= over.end)

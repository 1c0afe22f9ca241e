"""The house of the `loop` benchmark: the flights model with a spec that refreshes often, and the pipeline it trains."""

import os
from pathlib import Path

import pyarrow as pa
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import OrdinalEncoder

from examples.flights.source import CATEGORIES, FOLDER, NUMBERS
from examples.flights.train import known, learn
from watchkeeper.ports import Trained, TrainingRequest
from watchkeeper.story.house import House
from watchkeeper.wiring import open_house

__all__ = ["build_house", "train"]

HOUSE = """
env = "loop"
folder = "kept"
models = "models"
[[channels]]
kind = "console"
least = "CRITICAL"
"""

SPEC = """
model = "flights"
every = "1d"
[features]
numeric = ["mins", "hour", "dow", "distance", "temp", "dewp", "humid", "wind_dir", "wind_speed", "precip", "pressure",
  "visib"]
categorical = ["carrier", "origin", "dest"]
[labels]
delay = "1d"
[response]
cooldown = "7d"
refresh = "14d"
[training]
function = "benchmarks.loop_house:train"
holdout = "2d"
[trial]
margin = -0.02
[rollout]
approvals = ["canary"]
margin = 0.1
deadline = "14d"
steps = [{ share = 0.5, lasts = "1d", records = 200 }, { share = 0.9, lasts = "1d", records = 200 }]
shadow = { share = 1.0, lasts = "1d", records = 200 }
soak = { lasts = "1d" }
[recalibration]
holdout = "2d"
approvals = []
"""
"""What differs from the demo's, and why: the world of flights turns within weeks, so a model is refreshed every ten
days; a candidate that is about as good may serve, for tomorrow it is the fresher one; it answers in the shadow from
its first day on, where five days are enough, and its canary is judged at nine tenths, where most have it already."""


def build_house(folder: Path, flights: Path) -> House:
    """A house in an empty folder.

    Args:
        flights: the folder of the cached flights.
    """
    os.environ[FOLDER] = str(flights)
    (folder / "models").mkdir(parents=True)
    (folder / "models" / "flights.toml").write_text(SPEC, encoding="utf-8")
    (folder / "house.toml").write_text(HOUSE, encoding="utf-8")
    return open_house(folder / "house.toml")


def train(request: TrainingRequest, records: pa.Table) -> Trained:
    """The demo's model with slower, more random trees."""
    return learn(known(request, records), _pipeline)


def _pipeline(trees: int) -> Pipeline:
    codes = OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=float("nan"))
    columns = ColumnTransformer([("numbers", "passthrough", list(NUMBERS)), ("categories", codes, list(CATEGORIES))])
    booster = HistGradientBoostingClassifier(
        max_iter=trees,
        learning_rate=0.06,
        max_features=0.4,
        min_samples_leaf=500,
        l2_regularization=1.0,
        early_stopping=False,
        random_state=0,
    )
    return Pipeline([("columns", columns), ("booster", booster)])

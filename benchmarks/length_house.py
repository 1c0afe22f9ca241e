"""A house whose model has been watched for a while, window by window of whatever length."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
from sklearn.linear_model import LogisticRegression

from watchkeeper.adapters import _kept_profiles
from watchkeeper.adapters._sql_codec import encode, micros
from watchkeeper.adapters._sql_connection import transaction
from watchkeeper.adapters._sql_measures import put_measures
from watchkeeper.adapters._sql_tables import VERDICTS
from watchkeeper.domain.intervals import Interval, window_id
from watchkeeper.domain.verdicts import Verdict
from watchkeeper.ports import Trained, TrainingRequest
from watchkeeper.profiles import to_bytes
from watchkeeper.story.baselines import recall_anchor
from watchkeeper.story.house import House
from watchkeeper.story.retraining import start_model
from watchkeeper.story.watching import read_window
from watchkeeper.wiring import open_house

__all__ = ["FIRST", "MODEL", "house_of", "live", "serve"]

MODEL = "lengths"
FIRST = datetime(2024, 6, 3, 12, tzinfo=UTC)
NUMBERS, TEXTS = [f"n{i}" for i in range(10)], [f"c{i}" for i in range(5)]
TRAINED_ON = {"1m": timedelta(days=30), "1h": timedelta(days=30), "1d": timedelta(days=60), "30d": timedelta(days=720)}

NEWEST = 20
"""So many of the verdicts gone by are whole; of older ones only the level and what was measured is ever read."""

EVERY = ["1m"]
"""The length of the windows that are being measured."""

SPEC = """
model = "lengths"
every = "EVERY"
[features]
numeric = NUMBERS
categorical = TEXTS
[training]
function = "benchmarks.length_house:train"
holdout = "7d"
history = "720d"
"""


def traffic(start: datetime, length: timedelta, rows: int) -> pa.Table:
    """Made-up records of an interval, with their labels."""
    draw = np.random.default_rng(int(start.timestamp()))
    columns: dict[str, object] = {name: draw.normal(size=rows) for name in NUMBERS}
    columns |= {name: draw.choice(["a", "b", "c", "d"], rows) for name in TEXTS}
    seconds = np.sort(draw.uniform(0, length.total_seconds(), rows))
    at = pa.array([start + timedelta(seconds=s) for s in seconds.tolist()], pa.timestamp("us", "UTC"))
    answers = 1 / (1 + np.exp(-np.asarray(columns["n0"])))
    ids = [f"{start:%Y%m%d%H%M}-{n}" for n in range(rows)]
    ours = {"_id": ids, "_key": ids, "_at": at, "_prediction": answers, "_latency_ms": np.ones(rows)}
    return pa.table(ours | columns | {"_label": (draw.random(rows) < answers).astype(float)})


def train(request: TrainingRequest, records: pa.Table) -> Trained:  # noqa: ARG001 - there is only the first training
    """A logistic regression on made-up records, spread thinly over the training time."""
    days = TRAINED_ON[EVERY[0]]
    known = traffic(FIRST - days, days, 60_000).drop_columns(["_id", "_key", "_latency_ms"])
    estimator = LogisticRegression().fit(known.select(NUMBERS).to_pandas(), known["_label"].to_numpy())
    return Trained(estimator, known)


def house_of(folder: Path, every: str) -> House:
    """A house whose model has windows of this length, and was trained."""
    EVERY[0] = every
    (folder / "models").mkdir(parents=True)
    said = SPEC.replace("EVERY", every).replace("NUMBERS", str(NUMBERS)).replace("TEXTS", str(TEXTS))
    (folder / "models" / "lengths.toml").write_text(said)
    (folder / "house.toml").write_text('env = "benchmark"\nfolder = "kept"\nmodels = "models"\n')
    house = open_house(folder / "house.toml")
    start_model(house, MODEL, FIRST)
    return house


def serve(house: House, window: Interval, rows: int) -> None:
    """Log the records of a window with their labels."""
    records = traffic(window.start, window.length, rows).append_column("_version", pa.array(np.ones(rows, int)))
    house.predictions.append(MODEL, records.drop_columns(["_label"]))
    house.predictions.append_labels(MODEL, records.select(["_id", "_label", "_at"]))


def live(house: House, verdict: Verdict, count: int) -> None:
    """Leave behind what looks at the windows before this one would have left."""
    spec = house.model(MODEL)
    anchor = recall_anchor(house, spec, 1, verdict.interval)
    profile = to_bytes(read_window(house, spec, 1, anchor, verdict.interval).profile)
    folder = house.spec.folder / "records" / MODEL / "profiles"
    for window in _before(verdict.interval, count):
        day = folder / f"day={window.start:%Y-%m-%d}"
        day.mkdir(parents=True, exist_ok=True)
        (day / _kept_profiles._name(window)).write_bytes(profile)  # noqa: SLF001 - written as it would have been
    old = encode(replace(verdict, findings=()))
    draw = np.random.default_rng(1)
    with transaction(f"sqlite:///{house.spec.folder / 'state.db'}", writes=True) as connection:
        for number, window in enumerate(_before(verdict.interval, count)):
            mine = replace(verdict, id=window_id(MODEL, window.end), interval=window)
            outline = old if number < count - NEWEST else encode(replace(mine, findings=()))
            keys = {"id": mine.id, "model": MODEL, "ended": micros(window.end), "level": 0}
            connection.execute(
                VERDICTS.insert(),
                keys | {"outline": outline, "body": outline if number < count - NEWEST else encode(mine)},
            )
            measures = [m for f in verdict.findings for m in f.measures]
            jittered = (replace(m, value=m.value * draw.normal(1, 0.02), at=window.end) for m in measures)
            put_measures(connection, mine, jittered)


def _before(window: Interval, count: int) -> Iterator[Interval]:
    return (window.shifted(-window.length * n) for n in range(count, 0, -1))

"""A small house whose candidates are released: requests, answers, labels, and what may be wrong with a canary."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
from sklearn.linear_model import LogisticRegression

from watchkeeper.domain.intervals import Interval
from watchkeeper.domain.traffic import Split, assigned
from watchkeeper.domain.versions import Version
from watchkeeper.ports import Trained, TrainingRequest
from watchkeeper.story.house import House
from watchkeeper.story.retraining import register, request_of, start_model

__all__ = ["BAD", "DAY", "FIRST", "GOOD", "answer", "build", "candidate", "label", "requests", "train"]

DAY = timedelta(days=1)
FIRST = datetime(2024, 3, 1, tzinfo=UTC)

GOOD, BAD = "good", "bad"
"""Models by what their candidate is: that of the first sees what its champion ignores, that of the other ignores it."""

HOUSE = """
env = "ENV"
folder = "kept"
models = "models"
[[channels]]
kind = "console"
least = "UNKNOWN"
"""

SPEC = """
model = "NAME"
every = "EVERY"
[features]
numeric = ["a", "b"]
[labels]
delay = "DELAY"
[response]
retrain = false
recalibrate = false
[training]
function = "benchmarks.canary_house:train"
holdout = "3d"
[rollout]
approvals = []
deadline = "60d"
margin = 0.05
SOAK
steps = [{ share = 0.3, lasts = "1d", records = 50 }, { share = 0.5, lasts = "1d", records = 50 }]
"""


def build(
    folder: Path, names: Sequence[str], *, delay: str, every: str = "1d", soak: str = "2d", house: str = HOUSE
) -> Path:
    """A house in an empty folder; gives its file."""
    (folder / "models").mkdir(parents=True, exist_ok=True)
    said = {"DELAY": delay, "EVERY": every, "SOAK": f'soak = {{ lasts = "{soak}", holdout = 0.1 }}'}
    for name in names:
        text = SPEC.replace("NAME", name)
        for word, value in said.items():
            text = text.replace(word, value)
        (folder / "models" / f"{name}.toml").write_text(text)
    file = folder / "house.toml"
    file.write_text(house.replace("ENV", folder.name))
    return file


def requests(over: Interval, rows: int) -> pa.Table:
    """The requests of an interval with their truth, the same at every call."""
    draw = np.random.default_rng(int(over.start.timestamp()) // 60)
    a, b = draw.normal(size=rows), draw.normal(size=rows)
    label = (draw.random(rows) < 1 / (1 + np.exp(-1.5 * (a + b)))).astype(float)
    seconds = np.sort(draw.uniform(0, over.length.total_seconds(), rows))
    at = [over.start + timedelta(seconds=s) for s in seconds.tolist()]
    ids = [f"{over.start:%Y%m%d%H%M}-{n}" for n in range(rows)]
    keys = [f"k{key}" for key in draw.integers(1_000_000, size=rows).tolist()]
    times = pa.array(at, pa.timestamp("us", "UTC"))
    return pa.table({"_id": ids, "_key": keys, "_at": times, "a": a, "b": b, "_label": label})


def train(request: TrainingRequest, _records: pa.Table) -> Trained:
    """A logistic regression; one that was asked to be blind to `b` is fitted where `b` says nothing."""
    known = pa.concat_tables(
        [requests(Interval(FIRST - DAY * n, FIRST - DAY * (n - 1)), 400) for n in range(20, 0, -1)]
    )
    frame, label = known.select(["a", "b"]).to_pandas(), known["_label"].to_numpy()
    is_first = request.id.startswith("first:")
    if is_first == (request.model == GOOD):
        frame["b"] = np.random.default_rng(0).permutation(frame["b"].to_numpy())
    estimator = LogisticRegression().fit(frame, label)
    answers = estimator.predict_proba(frame)[:, 1]
    return Trained(estimator, known.drop_columns(["_id", "_key"]).append_column("_prediction", pa.array(answers)))


def candidate(house: House, model: str, at: datetime) -> Version:
    """The second version of a model, after its first."""
    start_model(house, model, at)
    request = request_of(house, model, at, "a benchmark").request
    return register(house, request, train(request, pa.table({})), at)


def answer(
    house: House, model: str, over: Interval, rows: int, *, failing: int | None = None, slow: int | None = None
) -> Split:
    """Answer an interval as the split says and log it; what one version fails at the champion answers.

    Args:
        failing: a version that answers every second request with an error.
        slow: a version that takes ten times as long.
    """
    split = house.router.split(model)
    if split is None:
        raise RuntimeError(f"{model} has no split")
    asked = requests(over, rows)
    draw = np.random.default_rng(7)
    picked = np.array([assigned(key, split) for key in asked["_key"].to_pylist()])
    failed = (picked == failing) & (np.arange(rows) % 2 == 0)
    versions = np.where(failed, split.champion, picked)
    latency = draw.gamma(4.0, 5.0, rows) * np.where(versions == slow, 10.0, 1.0)
    logged = asked.drop_columns(["_label"]).append_column("_version", pa.array(versions, pa.int64()))
    logged = logged.append_column("_prediction", pa.array(_answers(house, model, asked, versions)))
    logged = logged.append_column("_latency_ms", pa.array(latency))
    logged = logged.append_column("_failed", pa.array(np.where(failed, picked, 0), pa.int64(), mask=~failed))
    house.predictions.append(model, logged)
    return split


def _answers(house: House, model: str, asked: pa.Table, versions: np.ndarray) -> np.ndarray:
    answers = np.empty(asked.num_rows)
    for number in np.unique(versions).tolist():
        mine = versions == number
        answers[mine] = house.registry.load(model, number).predict(asked.filter(pa.array(mine)))
    return answers


def label(house: House, model: str, over: Interval, rows: int, late: timedelta) -> None:
    """The labels of an interval, each so much later than its request."""
    asked = requests(over, rows)
    known = pa.array([at + late for at in asked["_at"].to_pylist()], pa.timestamp("us", "UTC"))
    house.predictions.append_labels(model, pa.table({"_id": asked["_id"], "_label": asked["_label"], "_at": known}))

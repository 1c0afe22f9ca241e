"""A small house with a small model and made-up traffic, for tests of whole stories."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from watchkeeper.domain.traffic import assigned
from watchkeeper.ports import Trained, TrainingRequest
from watchkeeper.story.house import House

DAY = timedelta(days=1)
FIRST = datetime(2024, 3, 1, tzinfo=UTC)
"""The first day of traffic; the sixty days before it are the first version's history."""

ROWS = 400

HOUSE = """
env = "test"
folder = "kept"
models = "models"
[[channels]]
kind = "console"
least = "UNKNOWN"
"""

SPEC = """
model = "NAME"
[features]
numeric = ["a", "b"]
[labels]
delay = "1d"
over = "3d"
[checks.auc]
critical = 0.08
[checks.business]
enabled = false
[response]
cooldown = "4d"
[training]
function = "tests.toy:train"
holdout = "3d"
[trial]
least_rows = 200
margin = 0.05
[rollout]
approvals = ["canary"]
answer_within = "2d"
deadline = "20d"
margin = 0.05
soak = { lasts = "0d" }
steps = [{ share = 0.3, lasts = "1d", records = 50 }, { share = 0.5, lasts = "1d", records = 50 }]
"""


def build(folder: Path, names: Sequence[str] = ("toy",), spec: str = SPEC, house: str = HOUSE) -> Path:
    """A house in an empty folder; gives its file."""
    (folder / "models").mkdir(parents=True, exist_ok=True)
    for name in names:
        (folder / "models" / f"{name}.toml").write_text(spec.replace("NAME", name))
    file = folder / "house.toml"
    file.write_text(house)
    return file


def traffic(day: datetime, rows: int = ROWS, *, turned: bool = False, shift: float = 0.0) -> pa.Table:
    """One day of requests with their truth, the same at every call.

    Args:
        turned: whether the world has turned: what spoke for a label now speaks against it.
        shift: added to column `a` as it is logged, as a unit change would.
    """
    draw = np.random.default_rng(int(day.timestamp()) // 86_400)
    a, b = draw.normal(size=rows), draw.normal(size=rows)
    odds = 1.5 * (-a if turned else a) + 1.5 * b
    label = (draw.random(rows) < 1 / (1 + np.exp(-odds))).astype(float)
    seconds = np.sort(draw.integers(0, 86_400, rows))
    at = [day + timedelta(seconds=int(s)) for s in seconds]
    return pa.table(
        {
            "_id": [f"{day:%Y%m%d}-{i}" for i in range(rows)],
            "_key": [f"k{draw.integers(1_000_000)}" for _ in range(rows)],
            "_at": pa.array(at, pa.timestamp("us", "UTC")),
            "a": a + shift,
            "b": b,
            "_label": label,
        }
    )


def train(request: TrainingRequest, records: pa.Table) -> Trained:
    """A logistic regression on the newest 800 records; on the sixty days before the first when there are none."""
    if records.num_rows:
        known = records.select(["_at", "a", "b", "_label"]).slice(max(records.num_rows - 800, 0))
    else:
        known = pa.concat_tables([traffic(FIRST - DAY * i) for i in range(60, 0, -1)]).select(
            ["_at", "a", "b", "_label"]
        )
    frame, label = known.select(["a", "b"]).to_pandas(), known["_label"].to_numpy()
    estimator = make_pipeline(StandardScaler(), LogisticRegression()).fit(frame, label)
    half = np.arange(len(frame)) % 2 == 0
    answers = np.empty(len(frame))
    for part in (half, ~half):
        fitted = make_pipeline(StandardScaler(), LogisticRegression()).fit(frame[~part], label[~part])
        answers[part] = fitted.predict_proba(frame[part])[:, 1]
    return Trained(estimator, known.append_column("_prediction", pa.array(answers)))


def serve(house: House, model: str, requests: pa.Table) -> None:
    """Answer a day of requests with whoever the split says, and log them with their labels a day later."""
    split = house.router.split(model)
    assert split is not None
    versions = np.array([assigned(k, split) for k in requests["_key"].to_pylist()])
    answers = np.empty(requests.num_rows)
    for number in np.unique(versions):
        mine = versions == number
        answers[mine] = house.registry.load(model, int(number)).predict(requests.filter(pa.array(mine)))
    logged = requests.drop_columns(["_label"])
    logged = logged.append_column("_version", pa.array(versions, pa.int64()))
    logged = logged.append_column("_prediction", pa.array(answers))
    logged = logged.append_column("_latency_ms", pa.array(np.ones(requests.num_rows)))
    house.predictions.append(model, logged)
    known = pa.array([at + DAY for at in requests["_at"].to_pylist()], pa.timestamp("us", "UTC"))
    house.predictions.append_labels(
        model, pa.table({"_id": requests["_id"], "_label": requests["_label"], "_at": known})
    )

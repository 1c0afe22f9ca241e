"""A small shop whose sales are predicted: two sites that matter, some that do not, and numbers of the business."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
from sklearn.linear_model import LogisticRegression

from watchkeeper.ports import Trained, TrainingRequest
from watchkeeper.story.house import House
from watchkeeper.story.retraining import start_model
from watchkeeper.wiring import open_house

DAY = timedelta(days=1)
FIRST = datetime(2024, 3, 4, tzinfo=UTC)
SITES, SHARES = ["north", "south", "kiosk"], [0.54, 0.38, 0.08]
ROWS = 900

HOUSE = """
env = "test"
folder = "kept"
models = "models"
[[channels]]
kind = "console"
"""

SPEC = """
model = "shop"
{head}
[features]
numeric = ["age", "basket"]
categorical = ["site"]
[logged]
numeric = ["price"]
boolean = ["bought"]
[labels]
delay = "1d"
{tables}
[training]
function = "{function}"
holdout = "3d"
"""

Change = Callable[[dict[str, np.ndarray]], None]


def traffic(day: datetime, rows: int = ROWS, length: timedelta = DAY, change: Change | None = None) -> pa.Table:
    """The requests of a day with their truth, the same at every call; `change` may alter the columns in place."""
    draw = np.random.default_rng(int(day.timestamp()) // 60)
    site = draw.choice(SITES, rows, p=SHARES)
    age, basket = draw.normal(40, 10, rows), draw.gamma(3, 1.0, rows) + (site == "south")
    odds = (age - 40) / 8 + (basket - 3.3)
    columns = {
        "site": site.astype(object),
        "age": age,
        "basket": basket,
        "price": draw.gamma(4, 5, rows),
        "bought": draw.random(rows) < 0.3,
        "_label": (draw.random(rows) < 1 / (1 + np.exp(-odds))).astype(float),
    }
    if change:
        change(columns)
    seconds = np.sort(draw.uniform(0, length.total_seconds(), rows))
    at = [day + timedelta(seconds=s) for s in seconds.tolist()]
    ids = [f"{day:%Y%m%d%H%M}-{n}" for n in range(rows)]
    return pa.table({"_id": ids, "_key": ids, "_at": pa.array(at, pa.timestamp("us", "UTC"))} | columns)


def train(request: TrainingRequest, records: pa.Table) -> Trained:
    """A logistic regression on the records, or on the thirty days before the first."""
    known = records if records.num_rows else pa.concat_tables([traffic(FIRST - DAY * n) for n in range(30, 0, -1)])
    return trained_on(known.drop_columns([n for n in ("_id", "_key") if n in known.column_names]))


def trained_on(known: pa.Table) -> Trained:
    frame, label = known.select(["age", "basket"]).to_pandas(), known["_label"].to_numpy()
    estimator = LogisticRegression().fit(frame, label)
    half, answers = np.arange(len(frame)) % 2 == 0, np.empty(len(frame))
    for part in (half, ~half):
        fitted = LogisticRegression().fit(frame[~part], label[~part])
        answers[part] = fitted.predict_proba(frame[part])[:, 1]
    others = [name for name in known.column_names if name not in ("_prediction", "_version", "_latency_ms", "site")]
    return Trained(
        estimator,
        known.select(others).append_column("_prediction", pa.array(answers)).append_column("site", known["site"]),
    )


def serve(house: House, requests: pa.Table, answers: np.ndarray | None = None) -> None:
    """Log the requests of a day with the model's answers, and their labels a day later."""
    told = answered(requests) if answers is None else answers
    logged = requests.drop_columns(["_label"])
    for name, values in (
        ("_version", np.ones(len(told), int)),
        ("_prediction", told),
        ("_latency_ms", np.ones(len(told))),
    ):
        logged = logged.append_column(name, pa.array(values))
    house.predictions.append("shop", logged)
    known = pa.array([at + DAY for at in requests["_at"].to_pylist()], pa.timestamp("us", "UTC"))
    labels = pa.table({"_id": requests["_id"], "_label": requests["_label"], "_at": known})
    house.predictions.append_labels("shop", labels)


def came(house: House, column: str, values: Mapping[str, float], at: datetime) -> None:
    """What came later of a late column, by record, all of it known at one moment."""
    times = pa.array([at] * len(values), pa.timestamp("us", "UTC"))
    table = pa.table({"_id": list(values), "_label": pa.array(values.values(), pa.float64()), "_at": times})
    house.predictions.append_labels("shop", table, column)


def answered(requests: pa.Table) -> np.ndarray:
    """What the world says of them: an answer as good as any model's."""
    age, basket = (requests[name].to_numpy(zero_copy_only=False) for name in ("age", "basket"))
    return 1 / (1 + np.exp(-((np.nan_to_num(age, nan=40.0) - 40) / 8 + (np.nan_to_num(basket, nan=3.3) - 3.3))))


def opened(folder: Path, head: str = "", tables: str = "", function: str = "tests.shop:train") -> House:
    """The house with its first version."""
    (folder / "models").mkdir(parents=True)
    (folder / "models" / "shop.toml").write_text(SPEC.format(head=head, tables=tables, function=function))
    (folder / "house.toml").write_text(HOUSE)
    house = open_house(folder / "house.toml")
    start_model(house, "shop", FIRST)
    return house


def mean_price(records: pa.Table) -> float:
    """A metric: the mean price of what was bought."""
    return float(np.mean(records["price"].to_numpy()[records["bought"].to_numpy(zero_copy_only=False)]))


def hit_rate(records: pa.Table) -> float:
    """A metric of labelled records: how often the answer was on the right side."""
    return float(np.mean((records["_prediction"].to_numpy() > 0.5) == (records["_label"].to_numpy() > 0.5)))


def worth(records: pa.Table) -> float:
    """A metric of a late column."""
    return float(np.nansum(records["revenue"].to_numpy()))


def broken(records: pa.Table) -> float:
    """A metric that cannot be computed."""
    raise KeyError("fare")

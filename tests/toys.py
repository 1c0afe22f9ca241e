"""Small models of a regression and of three classes, with made-up traffic; `tests.toy` has the binary one."""

from datetime import datetime, timedelta

import numpy as np
import pyarrow as pa
from sklearn.base import clone
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from tests.toy import DAY, FIRST
from watchkeeper.domain.problems import Problem
from watchkeeper.domain.traffic import assigned
from watchkeeper.ports import Trained, TrainingRequest
from watchkeeper.serving import PredictionLogger
from watchkeeper.serving.answers import with_answers
from watchkeeper.story.house import House
from watchkeeper.window import Floats

ROWS = 400
CLASSES = ("low", "mid", "high")

SPEC = """
model = "NAME"
problem = "PROBLEM"
CLASSES
[features]
numeric = ["a", "b"]
[labels]
delay = "1d"
[response]
cooldown = "4d"
[training]
function = "tests.toys:train"
holdout = "3d"
[trial]
least_rows = 200
margin = MARGIN
[rollout]
approvals = []
deadline = "30d"
margin = 0.1
soak = { lasts = "0d" }
steps = [{ share = 0.3, lasts = "1d", records = 50 }, { share = 0.5, lasts = "1d", records = 50 }]
"""


def spec_of(problem: Problem) -> str:
    """The spec of a toy; its classes are named out of the alphabet's order."""
    classes = f"classes = {list(CLASSES)}".replace("'", '"') if problem is Problem.MULTICLASS else ""
    margin = "1.0" if problem is Problem.REGRESSION else "0.05"
    return SPEC.replace("PROBLEM", problem).replace("CLASSES", classes).replace("MARGIN", margin)


def traffic(problem: Problem, day: datetime, rows: int = ROWS, *, turned: bool = False) -> pa.Table:
    """One day of requests with their truth, the same at every call.

    Args:
        turned: whether the world has turned: what spoke for a label now speaks against it.
    """
    draw = np.random.default_rng(int(day.timestamp()) // 86_400)
    a, b = draw.normal(size=rows), draw.normal(size=rows)
    told = (-a if turned else a) + 0.5 * b
    if problem is Problem.REGRESSION:
        labels = 100 + 10 * told + draw.normal(0, 3, rows)
    else:
        odds = np.exp(np.column_stack([-1.5 * told, np.zeros(rows), 1.5 * told]))
        chances = odds / odds.sum(axis=1, keepdims=True)
        labels = (draw.random((rows, 1)) > chances.cumsum(axis=1)).sum(axis=1).clip(0, 2).astype(float)
    at = [day + timedelta(seconds=int(s)) for s in np.sort(draw.integers(0, 86_400, rows))]
    own = {"_id": [f"{day:%Y%m%d}-{i}" for i in range(rows)], "_key": [f"k{draw.integers(10**6)}" for _ in range(rows)]}
    return pa.table(own | {"_at": pa.array(at, pa.timestamp("us", "UTC")), "a": a, "b": b, "_label": labels})


def train(request: TrainingRequest, records: pa.Table) -> Trained:
    """On the newest 800 records; on the sixty days before the first when there are none."""
    names = ["_at", "a", "b", "_label"]
    if records.num_rows:
        known = records.select(names).slice(max(records.num_rows - 800, 0))
    else:
        past = [traffic(request.problem, FIRST - DAY * i) for i in range(60, 0, -1)]
        known = pa.concat_tables(past).select(names)
    frame, label = known.select(["a", "b"]).to_pandas(), known["_label"].to_numpy()
    model = make_pipeline(
        StandardScaler(), LinearRegression() if request.problem is Problem.REGRESSION else LogisticRegression()
    )
    half, answers = np.arange(len(frame)) % 2 == 0, None
    for part in (half, ~half):
        fitted = clone(model).fit(frame[~part], label[~part])
        found = fitted.predict_proba(frame[part]) if hasattr(fitted, "predict_proba") else fitted.predict(frame[part])
        answers = np.empty((len(frame), *found.shape[1:])) if answers is None else answers
        answers[part] = found
    assert answers is not None
    return Trained(model.fit(frame, label), with_answers(known, answers))


def serve(house: House, problem: Problem, requests: pa.Table) -> None:
    """Answer a day of requests with whoever the split says, and log them as a host does, with their labels a day later.

    Classes are logged by name, in another order than the spec's.
    """
    split = house.router.split("toy")
    assert split is not None
    many = problem is Problem.MULTICLASS
    logger = PredictionLogger(house.predictions.root, "toy", classes=CLASSES if many else (), every=3_600)
    versions = np.array([assigned(key, split) for key in requests["_key"].to_pylist()])
    rows = requests.to_pylist()
    for number in np.unique(versions):
        mine = np.flatnonzero(versions == number)
        answers = house.registry.load("toy", int(number)).predict(requests.take(mine))
        for place, answer in zip(mine, answers, strict=True):
            row = rows[place]
            logger.log(
                row["_id"], row["_key"], int(number), {"a": row["a"], "b": row["b"]}, said(answer), at=row["_at"]
            )
    for row in rows:
        label = CLASSES[int(row["_label"])] if many else row["_label"]
        logger.log_label(row["_id"], label, at=row["_at"] + DAY)
    assert logger.close()
    assert (logger.dropped, logger.unusable) == (0, 0)


def said(answer: Floats) -> object:
    """An answer as a host has it: a number, or probabilities by class."""
    return dict(reversed([*zip(CLASSES, answer.tolist(), strict=True)])) if np.ndim(answer) else float(answer)

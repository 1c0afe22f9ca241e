"""Three models of the flights of 2013 to estimate the performance of: one of each problem.

Every model learns from January and February, answers those out of fold by weeks (the reference), and answers March to
December (what is analysed): whether a flight is late, which airport it leaves from, and how far it goes.
"""

import json
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from sklearn.base import BaseEstimator, clone
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import OrdinalEncoder
from threadpoolctl import threadpool_limits

from examples.flights import train as flights
from examples.flights.source import CATEGORIES, FEATURES, MODEL, Flights, labelled
from watchkeeper.domain.problems import Problem
from watchkeeper.ports import TrainingRequest
from watchkeeper.window import Floats

__all__ = ["Side", "Task", "tasks"]

MARCH, END = datetime(2013, 3, 1, tzinfo=UTC), datetime(2014, 1, 1, tzinfo=UTC)
WEEK = 7 * 24 * 3600 * 1_000_000
FOLDS = 3
AIRPORTS = ("EWR", "JFK", "LGA")
SIGNS_OF_AIRPORT = ("mins", "dow", "temp", "humid", "wind_speed", "pressure", "carrier")
SIGNS_OF_DISTANCE = ("mins", "dow", "carrier", "origin")


@dataclass(frozen=True, slots=True)
class Side:
    """Records with their answers (n,) or (n, k) and labels (n,)."""

    records: pa.Table
    answers: Floats
    labels: Floats


@dataclass(frozen=True, slots=True)
class Task:
    """One model's records before and after it began to serve."""

    name: str
    problem: Problem
    classes: tuple[str, ...]
    features: tuple[str, ...]
    reference: Side
    analysis: Side

    def keep(self, folder: Path, metrics: Sequence[str]) -> None:
        """Write what a peer reads."""
        for name, side in (("reference", self.reference), ("analysis", self.analysis)):
            self._frame(side).to_parquet(folder / f"{name}.parquet")
        task: dict[str, object] = {"metrics": list(metrics)}
        task |= {"features": self.features} if self.problem is Problem.REGRESSION else {"classes": self.classes}
        (folder / "task.json").write_text(json.dumps(task))

    def _frame(self, side: Side) -> pd.DataFrame:
        frame = _frame_of(side.records, self.features)
        frame["at"] = side.records["_at"].to_pandas().dt.tz_localize(None)
        if self.problem is Problem.REGRESSION:
            return frame.assign(true=side.labels, said=side.answers)
        if self.problem is Problem.BINARY:
            return frame.assign(true=side.labels.astype(int), p=side.answers, said=(side.answers >= 0.5).astype(int))  # noqa: PLR2004 - the threshold
        names = np.array(self.classes)
        frame = frame.assign(true=names[side.labels.astype(int)], said=names[side.answers.argmax(axis=1)])
        return frame.assign(**{f"p {name}": side.answers[:, c] for c, name in enumerate(self.classes)})


def tasks(folder: Path) -> list[Task]:
    """The three, of flights cached in a folder."""
    os.environ[flights.FOLDER] = str(folder)
    known = Flights(folder)
    before, after = labelled(known.between(*flights.HISTORY)), labelled(known.between(MARCH, END))
    return [_late(after), _airport(before, after), _far(before, after)]


def _late(after: pa.Table) -> Task:
    """The model of the example, as it is first trained."""
    trained = flights.train(TrainingRequest("first", MODEL, MARCH, "The first version."), pa.table({}))
    answers = trained.estimator.predict_proba(after.select(list(FEATURES)).to_pandas())[:, 1]  # type: ignore[attr-defined]
    known = trained.records
    reference = Side(known, known["_prediction"].to_numpy(), known["_label"].to_numpy())
    return Task("late", Problem.BINARY, (), FEATURES, reference, Side(after, answers, after["_label"].to_numpy()))


def _airport(before: pa.Table, after: pa.Table) -> Task:
    trees = HistGradientBoostingClassifier(max_iter=60, random_state=0)
    sides = _learned(before, after, SIGNS_OF_AIRPORT, trees, _places)
    return Task("airport", Problem.MULTICLASS, AIRPORTS, SIGNS_OF_AIRPORT, *sides)


def _far(before: pa.Table, after: pa.Table) -> Task:
    trees = HistGradientBoostingRegressor(max_iter=60, random_state=0)
    sides = _learned(before, after, SIGNS_OF_DISTANCE, trees, lambda table: table["distance"].to_numpy())
    return Task("distance", Problem.REGRESSION, (), SIGNS_OF_DISTANCE, *sides)


def _places(table: pa.Table) -> Floats:
    """The place of each flight's airport among the classes."""
    places: Floats = pc.index_in(table["origin"], value_set=pa.array(AIRPORTS)).to_numpy().astype(float)
    return places


def _learned(
    before: pa.Table, after: pa.Table, names: Sequence[str], trees: BaseEstimator, truth: Callable[[pa.Table], Floats]
) -> tuple[Side, Side]:
    """Both sides of a model of these trees: answered out of fold, and as it would have served."""
    frame, labels, weeks = _frame_of(before, names), truth(before), before["_at"].cast(pa.int64()).to_numpy() // WEEK
    with threadpool_limits(1):
        parts = []
        for fold in range(FOLDS):
            held = weeks % FOLDS == fold
            parts.append((held, _answers(_pipeline(names, trees).fit(frame[~held], labels[~held]), frame[held])))
        served = _answers(_pipeline(names, trees).fit(frame, labels), _frame_of(after, names))
    answers = np.empty((len(labels), *served.shape[1:]))
    for held, found in parts:
        answers[held] = found
    return Side(before, answers, labels), Side(after, served, truth(after))


def _pipeline(names: Sequence[str], trees: BaseEstimator) -> Pipeline:
    codes = OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=np.nan)
    coded = [name for name in names if name in CATEGORIES]
    columns = ColumnTransformer([("categories", codes, coded)], remainder="passthrough")
    return Pipeline([("columns", columns), ("trees", clone(trees))])


def _answers(fitted: Pipeline, frame: pd.DataFrame) -> Floats:
    answers: Floats = fitted.predict_proba(frame) if hasattr(fitted, "predict_proba") else fitted.predict(frame)
    return answers


def _frame_of(table: pa.Table, names: Sequence[str]) -> pd.DataFrame:
    frame: pd.DataFrame = table.select(list(names)).to_pandas()
    return frame

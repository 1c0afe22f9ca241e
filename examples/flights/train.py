"""Trains the flights model: what the first version and every retraining call."""

import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import OrdinalEncoder
from threadpoolctl import threadpool_limits

from examples.flights.source import CATEGORIES, FEATURES, FOLDER, NUMBERS, Flights, labelled
from watchkeeper.ports import Trained, TrainingRequest
from watchkeeper.window import Floats

__all__ = ["HISTORY", "Pipelines", "known", "learn", "train", "train_bad"]

HISTORY = (datetime(2013, 1, 1, tzinfo=UTC), datetime(2013, 3, 1, tzinfo=UTC))
"""The flights that were there before the model: it begins to serve in March."""

TREES, TREES_OUT_OF_FOLD = 200, 100
FOLDS = 3
WEEK = 7 * 24 * 3600 * 1_000_000
"""In microseconds."""

COLUMNS = [*FEATURES, "_at", "_label"]

Pipelines = Callable[[int], Pipeline]
"""Makes a pipeline of so many trees."""


def train(request: TrainingRequest, records: pa.Table) -> Trained:
    """A version that has learned from January, February and the labelled records logged since.

    Args:
        request: records from its `until` on are left out.
        records: as `PredictionStore.labelled` gives them; without any it is the first version.
    """
    return learn(known(request, records))


def train_bad(request: TrainingRequest, records: pa.Table) -> Trained:
    """A version with a mistake that people do make: its label says 1 for "on time".

    Measured against its own labels it looks as good as its siblings; in production it says the opposite of the truth,
    and in an ordinary week its log-loss is more than twice theirs.
    """
    flights = known(request, records)
    on_time = pc.subtract(1.0, flights["_label"])
    return learn(flights.set_column(flights.column_names.index("_label"), "_label", on_time))


def learn(flights: pa.Table, pipeline: Pipelines | None = None) -> Trained:
    """A version that has learned from labelled flights, oldest first.

    One thread: beside other busy processes two would wait for each other ten times longer than they work.

    Args:
        pipeline: what is fitted, the demo's unless given; half of its trees answer out of fold.
    """
    frame, labels = flights.select(list(FEATURES)).to_pandas(), flights["_label"].to_numpy()
    made = pipeline or _pipeline
    with threadpool_limits(1):
        answers = _out_of_fold(_weeks(flights), frame, labels, made)
        estimator = made(TREES).fit(frame, labels)
    return Trained(estimator, flights.append_column("_prediction", pa.array(answers)))


def known(request: TrainingRequest, records: pa.Table) -> pa.Table:
    """All that may be learned from, oldest first."""
    folder = Path(os.environ.get(FOLDER) or ".watchkeeper/flights")
    history = labelled(Flights(folder).between(*HISTORY)).select(COLUMNS)
    logged = [records.select(COLUMNS).cast(history.schema)] if records.num_rows else []
    return pa.concat_tables([history, *logged]).filter(pc.field("_at") < request.until).sort_by("_at")


def _weeks(flights: pa.Table) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """The number of each record's week."""
    weeks: np.ndarray[tuple[int], np.dtype[np.int64]] = flights["_at"].cast(pa.int64()).to_numpy() // WEEK
    return weeks


def _pipeline(trees: int) -> Pipeline:
    """Boosted trees whose leaves hold half a day of flights at least: those of an hour share their weather."""
    codes = OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=np.nan)
    columns = ColumnTransformer([("numbers", "passthrough", list(NUMBERS)), ("categories", codes, list(CATEGORIES))])
    booster = HistGradientBoostingClassifier(
        max_iter=trees,
        learning_rate=0.06,
        min_samples_leaf=500,
        l2_regularization=1.0,
        early_stopping=False,
        random_state=0,
    )
    return Pipeline([("columns", columns), ("booster", booster)])


def _out_of_fold(
    weeks: np.ndarray[tuple[int], np.dtype[np.int64]], frame: pd.DataFrame, labels: Floats, made: Pipelines
) -> Floats:
    """Every record answered by trees that have not seen its week, so that the metrics of training do not flatter."""
    answers = np.empty(labels.size)
    for fold in range(FOLDS):
        held = weeks % FOLDS == fold
        pipeline = made(TREES_OUT_OF_FOLD).fit(frame[~held], labels[~held])
        answers[held] = pipeline.predict_proba(frame[held])[:, 1]
    return answers

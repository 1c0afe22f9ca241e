"""What every prediction store promises about the answers of multiclass and regression models."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from tests.contracts.records import DAY, HOUR, NOON, TODAY, foreign, labels, look, records
from watchkeeper.adapters.parquet_predictions import ParquetPredictions
from watchkeeper.domain.intervals import Interval
from watchkeeper.domain.problems import Problem
from watchkeeper.ports import Look, PredictionStore
from watchkeeper.profiles import CategoricalColumn, NumericColumn
from watchkeeper.serving.answers import SCORES, answers_in, with_answers

CLASSES = ("low", "mid", "high")
ANSWERS = np.array([[0.1, 0.2, 0.7], [0.6, 0.3, 0.1], [np.nan] * 3, [0.2, 0.1, 0.7]])


@pytest.fixture
def store(tmp_path: Path) -> PredictionStore:
    return ParquetPredictions(tmp_path)


def answered() -> pa.Table:
    return with_answers(records(["a", "b", "c", "d"]).drop_columns("_prediction"), ANSWERS)


def many() -> Look:
    return replace(look(), problem=Problem.MULTICLASS, classes=CLASSES)


def test_answers_are_profiled_by_class_and_by_how_sure_they_are(store: PredictionStore) -> None:
    store.append("flights", answered())
    columns = store.window(many()).profile.columns
    answer, sure = columns["prediction"], columns["prediction_confidence"]
    assert isinstance(answer, CategoricalColumn)
    assert isinstance(sure, NumericColumn)
    assert (dict(answer.counts), answer.nulls) == ({"high": 2, "low": 1}, 1)
    assert (sure.low, sure.high, sure.finite, sure.nulls) == (0.6, 0.7, 3, 1)


def test_outcomes_hold_the_probabilities_of_labelled_records(store: PredictionStore) -> None:
    store.append("flights", answered())
    store.append_labels("flights", labels({"a": 2, "b": 1, "c": 0}))
    outcomes = store.window(many()).outcomes
    assert (outcomes.problem, outcomes.expected) == (Problem.MULTICLASS, 4)
    np.testing.assert_array_equal(outcomes.predictions, ANSWERS[:2])
    assert outcomes.labels.tolist() == [2.0, 1.0]
    assert outcomes.metrics["accuracy"] == 0.5


def test_of_no_records_there_are_no_probabilities(store: PredictionStore) -> None:
    window = store.window(many())
    assert window.outcomes.predictions.shape == (0, 3)
    assert window.profile.columns["prediction"].size == 0


def test_records_come_back_with_their_probabilities(store: PredictionStore) -> None:
    store.append("flights", answered())
    store.append_labels("flights", labels({"a": 2, "d": 0}))
    labelled = store.labelled("flights", TODAY, NOON, [SCORES, "temp"])
    np.testing.assert_array_equal(answers_in(labelled, Problem.MULTICLASS, CLASSES), ANSWERS[[0, 3]])
    sample = store.sample("flights", TODAY, [SCORES], 10)
    np.testing.assert_array_equal(answers_in(sample, Problem.MULTICLASS, CLASSES), ANSWERS)


def test_a_file_without_probabilities_costs_its_own_answers_alone(store: PredictionStore, tmp_path: Path) -> None:
    store.append("flights", answered())
    foreign(tmp_path, records(["e", "f"]))
    store.append_labels("flights", labels({"a": 2, "e": 0}))
    window = store.window(many())
    assert (window.rows, window.trouble, len(window.outcomes.labels)) == (6, (), 1)
    sample = store.sample("flights", TODAY, [SCORES], 10)
    assert np.isnan(answers_in(sample, Problem.MULTICLASS, CLASSES)).any(axis=1).sum() == 3


def test_the_numbers_of_a_regression_model_are_its_answers(store: PredictionStore) -> None:
    store.append("flights", records(["a", "b"]))
    store.append_labels("flights", labels({"a": 12.5, "b": -3.0}))
    outcomes = store.window(replace(look(), problem=Problem.REGRESSION)).outcomes
    assert outcomes.metrics["mae"] == pytest.approx((12.5 + 3.5) / 2)


def test_answers_come_labelled_or_not_of_the_version_and_time_that_count(store: PredictionStore) -> None:
    store.append("flights", records(["a", "b", "c"], NOON, HOUR))
    store.append("flights", records(["x"], NOON).set_column(3, "_version", pa.array([4])))
    store.append_labels("flights", labels({"a": 1}))
    without = (Interval(NOON + HOUR, NOON + 2 * HOUR),)
    parts = list(store.answered(replace(look(), version=3, without=without), ["temp"]))
    assert [(row["temp"], row["_prediction"]) for part in parts for row in part.to_pylist()] == [
        (0.0, 0.0),
        (2.0, pytest.approx(2 / 3)),
    ]
    assert list(store.answered(look(TODAY.shifted(DAY)), [])) == []

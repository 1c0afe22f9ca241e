"""How answers stand in tables: what goes in comes out, and what cannot be meant costs nothing but itself."""

import math
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from watchkeeper.domain.problems import Problem
from watchkeeper.serving import PredictionLogger
from watchkeeper.serving.answers import SCORES, answers_in, place_of, scores_of, with_answers, with_named_answers
from watchkeeper.serving.tables import write_records

CLASSES = ("low", "mid", "high")
MANY = Problem.MULTICLASS


def kept(root: Path, part: str) -> list[dict[str, object]]:
    files = sorted(root.glob(f"sorter/{part}/day=*/*.parquet"))
    return sorted((row for file in files for row in pq.ParquetFile(file).read().to_pylist()), key=lambda r: r["_id"])


def a_logger(root: Path) -> PredictionLogger:
    return PredictionLogger(root, "sorter", classes=CLASSES, every=3_600)


@settings(max_examples=40, deadline=None)
@given(arrays(float, st.tuples(st.integers(0, 5), st.just(3)), elements=st.floats(0, 1) | st.just(math.nan)))
def test_answers_come_out_of_a_table_as_they_went_in(answers: np.ndarray) -> None:
    table = with_answers(pa.table({"a": np.arange(len(answers))}), answers)
    whole = np.where(np.isnan(answers).any(axis=1)[:, None], math.nan, answers)
    np.testing.assert_array_equal(answers_in(table, MANY, CLASSES), whole)
    likeliest = [None if np.isnan(row).any() else float(row.argmax()) for row in answers]
    assert table["_prediction"].to_pylist() == likeliest


def test_numbers_come_out_as_they_went_in_and_what_is_none_is_missing() -> None:
    numbers = np.array([0.5, math.nan, 3.0])
    table = with_answers(pa.table({"a": [1, 2, 3]}), numbers)
    np.testing.assert_array_equal(answers_in(table, Problem.REGRESSION), numbers)
    np.testing.assert_array_equal(answers_in(pa.table({"_prediction": ["x"]}), Problem.BINARY), [math.nan])
    np.testing.assert_array_equal(answers_in(pa.table({"a": [1]}), Problem.BINARY), [math.nan])


@pytest.mark.parametrize(
    "scores",
    [
        pa.array([[0.1, 0.9], None, [0.2, 0.3, None], [0.1, 0.2, 0.7]]),
        pa.array([None, None, None, [0.1, 0.2, 0.7]], pa.list_(pa.float32(), 3)),
        pa.chunked_array([pa.array([[], None, [0.5]]), pa.array([[0.1, 0.2, 0.7]])], pa.list_(pa.float64())),
        pa.array([None, [9.0], None, [0.1, 0.2, 0.7]], pa.large_list(pa.float64())),
    ],
)
def test_a_row_without_one_number_a_class_has_no_answer(scores: pa.Array) -> None:
    found = answers_in(pa.table({SCORES: scores}), MANY, CLASSES)
    assert np.isnan(found[:3]).all()
    np.testing.assert_allclose(found[3], [0.1, 0.2, 0.7], rtol=1e-6)


def test_scores_of_another_type_are_no_answers() -> None:
    assert np.isnan(answers_in(pa.table({SCORES: ["a", "b"]}), MANY, CLASSES)).all()
    assert answers_in(pa.table({"a": [1, 2]}), MANY, CLASSES).shape == (2, 3)


def test_answers_are_profiled_by_class_and_confidence() -> None:
    answers = np.array([[0.1, 0.2, 0.7], [math.nan] * 3, [0.6, 0.3, 0.1]])
    table = with_named_answers(with_answers(pa.table({"a": [1, 2, 3]}), answers), MANY, CLASSES)
    assert table["prediction"].to_pylist() == ["high", None, "low"]
    assert table["prediction_confidence"].to_pylist() == [0.7, None, 0.6]
    assert "_prediction" not in table.column_names
    strange = with_named_answers(pa.table({"_prediction": [7.0, 1.5, 1.0]}), MANY, CLASSES)
    assert strange["prediction"].to_pylist() == [None, None, "mid"]
    assert with_named_answers(pa.table({"_prediction": [0.5]}), Problem.BINARY).column_names == ["prediction"]
    assert with_named_answers(pa.table({"a": [0.5]}), MANY, CLASSES).column_names == ["a"]


def test_probabilities_are_taken_by_name_or_in_order() -> None:
    assert scores_of({"high": 0.75, "low": 0.25}, CLASSES) == [0.25, 0.0, 0.75]
    assert scores_of(np.array([0.25, 0.25, 0.5], np.float32), CLASSES) == [0.25, 0.25, 0.5]
    assert (place_of("high", CLASSES), place_of(1, CLASSES), place_of(np.float64(0), CLASSES)) == (2, 1, 0)


WRONG = [0.5, None, "low", [0.5, 0.5], [0.5, 0.6, 0.7], [1.5, -0.5, 0.0], {"none": 1.0}, {"low": 0.5}, [math.nan] * 3]


@pytest.mark.parametrize("answer", WRONG)
def test_what_are_no_probabilities_of_the_classes_is_refused(answer: object) -> None:
    with pytest.raises((ValueError, TypeError)):
        scores_of(answer, CLASSES)


def test_a_logged_answer_is_on_disk_by_class_and_copied(tmp_path: Path) -> None:
    logger = a_logger(tmp_path)
    answer = {"low": 0.25, "mid": 0.75}
    logger.log("r1", "u", 1, {"a": 1.0}, answer)
    answer["mid"] = 9.0
    logger.log("r2", "u", 1, {"a": 2.0}, [0.5, 0.25, 0.25])
    logger.log_label("r1", "mid")
    logger.log_label("r2", 2)
    assert logger.close()
    records = kept(tmp_path, "predictions")
    assert [(r["_prediction"], r[SCORES]) for r in records] == [(1.0, [0.25, 0.75, 0.0]), (0.0, [0.5, 0.25, 0.25])]
    assert [r["_label"] for r in kept(tmp_path, "labels")] == [1.0, 2.0]
    assert logger.unusable == 0


def test_what_is_no_answer_is_kept_as_missing_and_counted(tmp_path: Path) -> None:
    logger = a_logger(tmp_path)
    for number, answer in enumerate(WRONG):
        logger.log(f"r{number}", "u", 1, {"a": 1.0}, answer)
    for number, label in enumerate(["none", 3, -1, 0.5, None, [1]]):
        logger.log_label(f"r{number}", label)
    assert logger.close()
    assert {(r["_prediction"], r[SCORES]) for r in kept(tmp_path, "predictions")} == {(None, None)}
    assert {r["_label"] for r in kept(tmp_path, "labels")} == {None}
    assert (logger.delivered, logger.dropped, logger.unusable) == (len(WRONG) + 6, 0, len(WRONG) + 6)


def test_a_table_with_scores_of_another_type_is_refused_by_name(tmp_path: Path) -> None:
    table = with_answers(pa.table({"_id": ["a"]}), np.array([[0.1, 0.2, 0.7]])).drop_columns(SCORES)
    table = table.append_column(SCORES, pa.array(["much"]))
    at = pa.array([0], pa.timestamp("us", "UTC"))
    table = table.append_column("_at", at).append_column("_key", pa.array(["k"]))
    table = table.append_column("_version", pa.array([1])).append_column("_latency_ms", pa.array([1.0]))
    with pytest.raises(ValueError, match="column `_scores` holds string"):
        write_records(tmp_path, "sorter", table)

"""What every prediction store promises about labels."""

from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pytest

from tests.contracts.records import DAY, HOUR, MINUTE, NOON, TODAY, foreign, labels, look, records
from watchkeeper.adapters.parquet_predictions import ParquetPredictions
from watchkeeper.domain.intervals import Interval
from watchkeeper.ports import PredictionStore


@pytest.fixture
def store(tmp_path: Path) -> PredictionStore:
    return ParquetPredictions(tmp_path)


def test_labels_find_their_records_in_the_window_of_their_outcomes(store: PredictionStore) -> None:
    store.append("flights", records(["a", "b", "c"]))
    store.append_labels("flights", labels({"c": 1, "a": 0, "elsewhere": 1}, NOON + DAY))
    outcomes = store.window(look(TODAY.shifted(DAY), TODAY)).outcomes
    assert (outcomes.interval, outcomes.expected) == (TODAY, 3)
    assert outcomes.predictions.tolist() == [0.0, pytest.approx(2 / 3)]
    assert outcomes.labels.tolist() == [0.0, 1.0]


def test_a_label_that_came_after_the_windows_end_does_not_count_yet(store: PredictionStore) -> None:
    store.append("flights", records(["a", "b"]))
    store.append_labels("flights", labels({"a": 1}, TODAY.end))
    store.append_labels("flights", labels({"b": 1}, TODAY.end + MINUTE))
    assert store.window(look()).outcomes.labels.tolist() == [1.0]
    assert store.window(look(TODAY.shifted(DAY), TODAY)).outcomes.labels.tolist() == [1.0, 1.0]


def test_of_two_labels_of_one_record_the_later_counts(store: PredictionStore) -> None:
    store.append("flights", records(["a"]))
    store.append_labels("flights", labels({"a": 1}, NOON + 2 * HOUR))
    store.append_labels("flights", labels({"a": 0}, NOON + HOUR))
    assert store.window(look()).outcomes.labels.tolist() == [1.0]
    known = [store.labelled("flights", TODAY, NOON + n * HOUR, []).column("_label").to_pylist() for n in range(3)]
    assert known == [[], [0.0], [1.0]]


def test_of_two_labels_in_one_file_the_later_counts(store: PredictionStore) -> None:
    store.append("flights", records(["a"]))
    both = pa.concat_tables([labels({"a": 1}, NOON + 2 * HOUR), labels({"a": 0}, NOON + HOUR)])
    store.append_labels("flights", both)
    assert store.window(look()).outcomes.labels.tolist() == [1.0]


def test_outcomes_are_those_of_the_version_asked_about_and_not_of_intervals_left_out(
    store: PredictionStore, tmp_path: Path
) -> None:
    canary = records(["x"], NOON).set_column(3, "_version", pa.array([4]))
    store.append("flights", pa.concat_tables([records(["a", "b", "c"], NOON, HOUR), canary]))
    foreign(tmp_path, records(["nobody"]).drop_columns("_version"))
    store.append_labels("flights", labels({"a": 1, "b": 0, "c": 1, "x": 1, "nobody": 1}))
    without = (Interval(NOON + HOUR, NOON + 2 * HOUR),)
    outcomes = store.window(replace(look(), version=3, without=without)).outcomes
    assert (outcomes.expected, outcomes.labels.tolist()) == (2, [1.0, 1.0])
    assert store.window(replace(look(), version=4)).outcomes.expected == 1
    assert store.window(replace(look(), version=3)).rows == 5


def test_labelled_records_come_in_order_of_time_with_what_was_asked_for(store: PredictionStore) -> None:
    store.append("flights", records(["d", "c"], NOON + HOUR))
    store.append("flights", records(["b", "a"], NOON))
    store.append_labels("flights", labels({"a": 1, "b": 0, "c": 1}))
    table = store.labelled("flights", TODAY, NOON, ["carrier", "nowhere"])
    own = ["_id", "_at", "_key", "_version", "_prediction", "_latency_ms", "_failed", "_weight"]
    assert table.column_names == [*own, "carrier", "nowhere", "_label"]
    assert table.column("_id").to_pylist() == ["b", "a", "c"]
    assert table.column("_label").to_pylist() == [0.0, 1.0, 1.0]
    assert table.column("carrier").to_pylist() == ["UA", "AA", "AA"]
    assert table.column("nowhere").null_count == 3


def test_outcomes_can_be_asked_for_alone(store: PredictionStore) -> None:
    store.append("flights", records(["a", "b", "c"]))
    store.append_labels("flights", labels({"c": 1, "a": 0}))
    alone, beside = store.outcomes(look()), store.window(look()).outcomes
    assert (alone.interval, alone.expected) == (beside.interval, beside.expected)
    assert (alone.predictions.tolist(), alone.labels.tolist()) == (beside.predictions.tolist(), beside.labels.tolist())


def test_where_fewer_labels_have_come_than_are_needed_no_record_is_read(store: PredictionStore) -> None:
    store.append("flights", records(["a", "b", "c"]))
    store.append_labels("flights", labels({"c": 1, "a": 0}))
    assert store.outcomes(look(), 2).labels.size == 2
    none = store.outcomes(look(), 3)
    assert (none.interval, none.labels.size, none.expected) == (TODAY, 0, 0)

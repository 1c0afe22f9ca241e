"""What every prediction store promises about shadow answers, failures and weights."""

from pathlib import Path

import pyarrow as pa
import pytest

from tests.contracts.records import DAY, HOUR, MINUTE, NOON, TODAY, foreign, labels, look, records
from watchkeeper.adapters.parquet_predictions import ParquetPredictions
from watchkeeper.ports import PredictionStore
from watchkeeper.serving.answers import SCORES, SCORES_TYPE
from watchkeeper.serving.tables import SHADOW_TYPES

ADDED = ["_shadow_version", "_shadow_prediction", "_shadow_latency_ms", "_shadow_failed"]


@pytest.fixture
def store(tmp_path: Path) -> PredictionStore:
    """Three records of today, two of them labelled."""
    store = ParquetPredictions(tmp_path)
    store.append("flights", records(["a", "b", "c"]))
    store.append_labels("flights", labels({"a": 1, "b": 0}))
    return store


def shadows(answers: dict[str, float | None], version: int = 4, failed: int | None = None) -> pa.Table:
    """Shadow answers by record, all of one version at noon."""
    rows = len(answers)
    columns = [[*answers], [NOON] * rows, [version] * rows, [*answers.values()], [7.0] * rows, [failed] * rows]
    return pa.table({name: pa.array(c, kind) for (name, kind), c in zip(SHADOW_TYPES.items(), columns, strict=True)})


def test_a_shadowed_record_comes_as_it_was_answered_with_the_shadows_answer_beside(
    store: PredictionStore, tmp_path: Path
) -> None:
    foreign(tmp_path, shadows({"c": 0.9, "b": 0.8, "nobody": 0.1}), part="shadows")
    store.append_labels("flights", labels({"c": 1}, NOON + HOUR))
    table = store.shadowed("flights", TODAY, NOON + HOUR, ["temp"])
    assert table.column_names == [*store.labelled("flights", TODAY, NOON, ["temp"]).column_names, *ADDED]
    assert table.select(["_id", "_version", "_label", *ADDED]).to_pylist() == [
        dict(zip(["_id", "_version", "_label", *ADDED], values, strict=True))
        for values in [("b", 3, 0.0, 4, 0.8, 7.0, None), ("c", 3, 1.0, 4, 0.9, 7.0, None)]
    ]


def test_a_record_without_a_label_or_without_a_shadow_answer_is_not_shadowed(
    store: PredictionStore, tmp_path: Path
) -> None:
    assert store.shadowed("flights", TODAY, NOON, []).num_rows == 0
    foreign(tmp_path, shadows({"b": 0.8, "c": 0.9}), part="shadows")
    assert store.shadowed("flights", TODAY, NOON, [])["_id"].to_pylist() == ["b"]
    assert store.shadowed("flights", TODAY, NOON - MINUTE, []).num_rows == 0
    assert store.shadowed("flights", TODAY.shifted(DAY), NOON + DAY, []).num_rows == 0


def test_a_shadow_answer_that_was_written_twice_counts_once(store: PredictionStore, tmp_path: Path) -> None:
    foreign(tmp_path, shadows({"a": 0.7, "b": 0.8}), "1.parquet", part="shadows")
    foreign(tmp_path, shadows({"b": 0.1}), "2.parquet", part="shadows")
    table = store.shadowed("flights", TODAY, NOON, [])
    assert (table["_id"].to_pylist(), table["_shadow_prediction"].to_pylist()) == (["a", "b"], [0.7, 0.8])


def test_a_shadow_that_failed_has_no_answer_and_says_who_failed(store: PredictionStore, tmp_path: Path) -> None:
    foreign(tmp_path, shadows({"a": None}, failed=4), part="shadows")
    table = store.shadowed("flights", TODAY, NOON, [])
    assert table.select(["_shadow_prediction", "_shadow_failed"]).to_pylist() == [
        {"_shadow_prediction": None, "_shadow_failed": 4}
    ]


def test_a_shadow_answer_with_scores_comes_with_them_when_they_are_asked_for(
    store: PredictionStore, tmp_path: Path
) -> None:
    scored = shadows({"a": 1.0}).append_column(SCORES, pa.array([[0.2, 0.8]], SCORES_TYPE))
    foreign(tmp_path, scored, part="shadows")
    assert "_shadow_scores" not in store.shadowed("flights", TODAY, NOON, []).column_names
    assert store.shadowed("flights", TODAY, NOON, [SCORES])["_shadow_scores"].to_pylist() == [[0.2, 0.8]]


def test_shadow_answers_are_in_no_window_and_in_no_outcomes(store: PredictionStore, tmp_path: Path) -> None:
    before = store.window(look())
    foreign(tmp_path, shadows({"a": 0.7, "new": 0.8}), part="shadows")
    after = store.window(look())
    assert (after.rows, after.profile, after.trouble) == (before.rows, before.profile, ())
    assert after.outcomes.expected == before.outcomes.expected


def test_a_broken_file_of_shadow_answers_costs_no_other(store: PredictionStore, tmp_path: Path) -> None:
    foreign(tmp_path, b"half a file", "0.parquet", part="shadows")
    foreign(tmp_path, shadows({"a": 0.7}), "1.parquet", part="shadows")
    assert store.shadowed("flights", TODAY, NOON, []).num_rows == 1


def test_records_say_who_failed_and_how_many_each_stands_for_whether_it_was_written_or_not(
    store: PredictionStore,
) -> None:
    thinned = records(["d", "e"], NOON + HOUR).append_column("_weight", pa.array([4.0, None]))
    store.append("flights", thinned.append_column("_failed", pa.array([None, 4], pa.int32())))
    table = store.records("flights", TODAY, ["temp"])
    assert table["_weight"].to_pylist() == [1.0, 1.0, 1.0, 4.0, 1.0]
    assert table["_failed"].to_pylist() == [None, None, None, None, 4]
    assert store.labelled("flights", TODAY, NOON, [])["_weight"].to_pylist() == [1.0, 1.0]
    assert store.records("flights", TODAY.shifted(DAY), []).schema.field("_failed").type == pa.int64()


def test_weights_and_failures_of_a_foreign_file_that_cannot_be_right_are_as_good_as_none(
    store: PredictionStore, tmp_path: Path
) -> None:
    odd = records(["x", "y"]).append_column("_weight", pa.array([0.0, float("inf")]))
    foreign(tmp_path, odd.append_column("_failed", pa.array(["canary", None])))
    table = store.records("flights", TODAY, [])
    assert (table["_weight"].to_pylist(), table["_failed"].null_count) == ([1.0] * 5, 5)

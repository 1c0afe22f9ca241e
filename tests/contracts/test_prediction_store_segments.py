"""Segments are read in the same pass: counts and outcomes of each."""

from dataclasses import replace
from pathlib import Path

import numpy as np

from tests.contracts.records import MINUTE, NOON, TODAY, labels, look, records
from watchkeeper.adapters.parquet_predictions import ParquetPredictions
from watchkeeper.profiles import Segments

APART = Segments("carrier", ("AA", "DL"))


def test_a_window_comes_with_the_counts_and_outcomes_of_its_segments(tmp_path: Path) -> None:
    store = ParquetPredictions(tmp_path)
    names = [f"r{n}" for n in range(10)]  # the odd ones are AA's, the others UA's
    store.append("flights", records(names))
    store.append_labels("flights", labels({name: n % 3 == 0 for n, name in enumerate(names[:8])}))
    seen = store.window(replace(look(), segments=APART))
    assert {name: part.rows for name, part in seen.profile.segments.items()} == {
        "carrier=AA": 5,
        "carrier=DL": 0,
        "carrier=other": 5,
    }
    mine = seen.outcomes.segments["carrier=AA"]
    assert (mine.expected, len(mine.labels), seen.outcomes.expected) == (5, 4, 10)
    np.testing.assert_array_equal(mine.predictions, [0.1, 0.3, 0.5, 0.7])
    np.testing.assert_array_equal(mine.labels, [0.0, 1.0, 0.0, 0.0])
    assert seen.outcomes.segments["carrier=DL"].expected == 0


def test_without_segments_a_window_has_none(tmp_path: Path) -> None:
    store = ParquetPredictions(tmp_path)
    store.append("flights", records(["a", "b"]))
    seen = store.window(look())
    assert (seen.profile.segments, seen.outcomes.segments) == ({}, {})


def test_every_record_of_an_interval_can_be_asked_for(tmp_path: Path) -> None:
    store = ParquetPredictions(tmp_path)
    store.append("flights", records(["c", "d"], NOON + MINUTE))
    store.append("flights", records(["a", "b", "c"], NOON - 2 * MINUTE))
    found = store.records("flights", TODAY, ["temp", "fare"])
    assert found["_id"].to_pylist() == ["a", "b", "c", "d"]
    assert found["temp"].to_pylist() == [0.0, 1.0, 2.0, 1.0]
    assert found["fare"].null_count == 4
    assert found.column_names[-2:] == ["temp", "fare"]

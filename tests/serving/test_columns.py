"""What is turned at once is what would have been turned with care."""

import math
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from watchkeeper.serving.columns import records_table
from watchkeeper.serving.features import feature_columns
from watchkeeper.serving.values import as_float, missing, text, tried

NAMES = ("a", "b", "ü", "c d")
plain = st.one_of(
    st.floats(),
    st.integers(-(2**70), 2**70),
    st.text(st.characters(), max_size=3),
    st.booleans(),
    st.none(),
    st.sampled_from([np.float32(1.5), np.float64(2.5), np.int64(3), 2**60 + 1]),
)
same = st.lists(st.fixed_dictionaries(dict.fromkeys(NAMES, plain)), min_size=1, max_size=6)
of_one_type = st.sampled_from([st.floats(), st.integers(-5, 5), st.text(max_size=2), st.booleans()]).flatmap(
    lambda values: st.lists(st.fixed_dictionaries(dict.fromkeys(NAMES, values | st.none())), min_size=1, max_size=6)
)
mixed = st.lists(st.dictionaries(st.sampled_from(NAMES), plain, max_size=4), min_size=1, max_size=6)


def careful(values: list[Any]) -> pa.Array:
    """The column of values that are looked at one by one."""
    found = tried(pa.array, values)
    if found is not None and (pa.types.is_integer(found.type) or pa.types.is_floating(found.type)):
        wide = pa.int64() if pa.types.is_integer(found.type) else pa.float64()
        return found.cast(wide)
    if found is not None and found.type in (pa.bool_(), pa.string(), pa.null()):
        return found
    try:
        return pa.array([None if missing(value) else as_float(value) for value in values], pa.float64())
    except (TypeError, ValueError, OverflowError):
        return pa.array([None if missing(value) else text(value) for value in values], pa.string())


@settings(max_examples=300, deadline=None)
@given(rows=same | of_one_type | mixed)
def test_features_turned_at_once_are_those_turned_one_by_one(rows: list[dict[str, Any]]) -> None:
    columns = feature_columns(rows)
    assert set(columns) == {name for row in rows for name in row}
    for name, column in columns.items():
        expected = careful([row.get(name) for row in rows])
        assert column.type == expected.type
        assert str(column.to_pylist()) == str(expected.to_pylist())


def test_a_whole_number_in_the_first_record_cuts_no_fraction_off() -> None:
    assert feature_columns([{"x": 1, "y": 0.5}, {"x": 2.5, "y": 0.5}])["x"].to_pylist() == [1.0, 2.5]


def test_records_of_several_shapes_are_null_where_they_lack_a_name() -> None:
    columns = feature_columns([{"a": 1.0, "b": 2.0}, {"b": 3.0, "c": 4.0}, {"a": 5.0, "c": 6.0}])
    assert {name: column.to_pylist() for name, column in columns.items()} == {
        "a": [1.0, None, 5.0],
        "b": [2.0, 3.0, None],
        "c": [None, 4.0, 6.0],
    }


def test_a_large_batch_comes_in_the_order_it_was_logged() -> None:
    rows = [{"n": n, "x": n / 2, "s": str(n)} for n in range(1_000)]
    columns = feature_columns(rows)
    assert columns["n"].to_pylist() == list(range(1_000))
    assert columns["x"].to_pylist() == [n / 2 for n in range(1_000)]
    assert columns["s"].to_pylist() == [str(n) for n in range(1_000)]


@pytest.mark.parametrize("latency", [3, 2.5, np.float64(1.5), None, math.nan, "slow", 2**70, True])
def test_a_latency_is_a_number_or_missing(latency: object) -> None:
    fields = [[0, 0], ["r1", "r2"], ["k", None], [1, 1], [{}, {}], [0.5, 0.5], [1.0, latency], [None] * 2, [None] * 2]
    found = records_table(fields)["_latency_ms"].to_pylist()[1]
    known = isinstance(latency, (int, float)) and not math.isnan(latency)
    assert found == (float(latency) if known else None)

"""Every Arrow type in every kind of column: counted right, counted as wrong, never an error."""

import math
from datetime import UTC, date, datetime
from decimal import Decimal

import numpy as np
import pyarrow as pa
import pytest

from tests.profiles.tables import categorical, numeric
from watchkeeper.profiles import MOST_CATEGORIES, Grid, Kind, NumericColumn, fit_grids, profile_batches
from watchkeeper.profiles.shares import quantile

MOMENT = datetime(2013, 7, 1, tzinfo=UTC)

STRANGE = {
    "boolean": pa.array([True, False, None]),
    "string": pa.array(["1", "2.5", None]),
    "large_string": pa.array(["1", "2", None], pa.large_string()),
    "dictionary": pa.array(["a", "a", None]).dictionary_encode(),
    "dictionary_of_numbers": pa.array([7, 7, None]).dictionary_encode(),
    "int8": pa.array([1, 2, None], pa.int8()),
    "uint64": pa.array([2**63, 1, None], pa.uint64()),
    "float16": pa.array(np.array([1, 2, np.nan], np.float16)),
    "float32": pa.array([1.5, float("nan"), None], pa.float32()),
    "decimal": pa.array([Decimal("1.25"), Decimal("2.50"), None]),
    "date32": pa.array([date(2013, 7, 1), date(2013, 7, 2), None]),
    "date64": pa.array([date(2013, 7, 1), date(2013, 7, 2), None], pa.date64()),
    "timestamp": pa.array([MOMENT, MOMENT, None], pa.timestamp("us", "UTC")),
    "timestamp_without_zone": pa.array([MOMENT.replace(tzinfo=None)] * 2 + [None], pa.timestamp("ns")),
    "time": pa.array([1, 2, None], pa.time32("s")),
    "duration": pa.array([1, 2, None], pa.duration("s")),
    "list": pa.array([[1], [2, 3], None]),
    "struct": pa.array([{"a": 1}, {"a": 2}, None]),
    "binary": pa.array([b"x", b"y", None]),
    "null": pa.array([None, None, None]),
}
RIGHT = {
    Kind.NUMERIC: {"dictionary_of_numbers", "int8", "uint64", "float16", "float32", "decimal", "null"},
    Kind.DATETIME: {"date32", "date64", "timestamp", "timestamp_without_zone", "null"},
    Kind.TEXT: {"string", "large_string", "dictionary", "null"},
    Kind.BOOLEAN: {"boolean", "null"},
    Kind.CATEGORICAL: STRANGE.keys() - {"time", "duration", "list", "struct", "binary"},
}


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("type_name", STRANGE)
def test_every_type_is_counted_in_every_kind_of_column(type_name: str, kind: Kind) -> None:
    column = profile_batches([pa.table({"x": STRANGE[type_name]})], {"x": kind}, {}).columns["x"]
    assert column.size == 3
    assert column.nulls >= 1
    if type_name in RIGHT[kind]:
        assert column.wrong == 0
    elif kind is not Kind.BOOLEAN:
        assert column.wrong == 3 - column.nulls > 0


def test_nan_and_null_are_both_missing_and_infinities_are_counted_apart() -> None:
    column = numeric(pa.array([1.0, None, math.nan, math.inf, -math.inf, 3.0])).columns["x"]
    assert (column.finite, column.nulls, column.infinite, column.wrong) == (2, 2, 2, 0)
    assert (column.low, column.high, column.total) == (1.0, 3.0, 4.0)


def test_strings_of_digits_are_wrong_in_a_numeric_column() -> None:
    column = numeric(pa.array(["1", "2", None])).columns["x"]
    assert (column.finite, column.wrong, column.nulls) == (0, 2, 1)


def test_a_type_that_changes_between_batches_costs_only_the_wrong_values() -> None:
    batches = [pa.table({"x": [1.0, 2.0]}), pa.table({"x": ["3"]}), pa.table({"x": [True]}), pa.table({"x": [4]})]
    column = profile_batches(batches, {"x": Kind.NUMERIC}, {}).columns["x"]
    assert (column.finite, column.wrong, column.high) == (3, 2, 4.0)


def test_a_column_that_a_batch_does_not_have_is_absent_for_its_rows() -> None:
    batches = [pa.table({"x": [1.0, 2.0], "new": ["a", "b"]}), pa.table({"new": ["a"]})]
    whole = profile_batches(batches, {"x": Kind.NUMERIC, "y": Kind.TEXT}, {})
    assert (whole.rows, whole.absent) == (3, {"x": 1, "y": 3})
    assert (whole.columns["x"].size, whole.columns["y"].size) == (2, 0)


def test_a_name_that_stands_twice_is_read_once() -> None:
    twice = pa.Table.from_arrays([pa.array([1.0]), pa.array([2.0])], names=["x", "x"])
    assert profile_batches([twice], {"x": Kind.NUMERIC}, {}).columns["x"].total == 1.0


def test_whole_numbers_are_the_same_categories_however_they_are_stored() -> None:
    assert categorical([12, 7, 12]) == categorical([12.0, 7.0, 12.0]) == categorical(["12", "7", "12"])
    assert categorical([12.0, None, math.nan]).columns["x"].nulls == 2


def test_booleans_may_be_written_as_zero_and_one() -> None:
    column = profile_batches([pa.table({"x": [0, 1, 1, 2, None]})], {"x": Kind.BOOLEAN}, {}).columns["x"]
    assert (column.counts, column.wrong, column.nulls) == ({"false": 1, "true": 2}, 1, 1)


def test_dictionaries_that_differ_between_chunks_are_one_column() -> None:
    parts = [pa.array(["a", "b"]).dictionary_encode(), pa.array(["c", "b", None]).dictionary_encode()]
    column = categorical(pa.chunked_array(parts)).columns["x"]
    assert (column.counts, column.nulls) == ({"a": 1, "b": 2, "c": 1}, 1)


def test_a_dictionary_may_repeat_a_name_and_name_null() -> None:
    odd = pa.DictionaryArray.from_arrays(pa.array([0, 1, 2, None]), pa.array(["a", "a", None]))
    column = categorical(odd).columns["x"]
    assert (column.counts, column.nulls) == ({"a": 2}, 2)


def test_of_too_many_categories_the_most_frequent_are_kept_the_same_ones_every_time() -> None:
    names = [f"id{i:05}" for i in range(5000)] + ["often"] * 3
    column = categorical(names).columns["x"]
    assert (len(column.counts), column.other, column.counts["often"]) == (MOST_CATEGORIES, 4001, 3)
    assert set(column.counts) == {"often", *(f"id{i:05}" for i in range(MOST_CATEGORIES - 1))}
    assert column == categorical(names[::-1]).columns["x"]


def test_datetimes_are_seconds_since_1970_whatever_their_unit() -> None:
    seconds = {}
    for unit in ("s", "ms", "us", "ns"):
        table = pa.table({"x": pa.array([MOMENT, None], pa.timestamp(unit, "UTC"))})
        column = profile_batches([table], {"x": Kind.DATETIME}, {}).columns["x"]
        seconds[unit] = (column.low, column.nulls)
    assert set(seconds.values()) == {(MOMENT.timestamp(), 1)}


def test_texts_are_counted_by_their_length_in_characters() -> None:
    column = profile_batches([pa.table({"x": ["", "äöü", None]})], {"x": Kind.TEXT}, {}).columns["x"]
    assert (column.low, column.high, column.nulls) == (0.0, 3.0, 1)


def test_grids_are_centred_on_the_median_and_as_wide_as_the_quartiles_or_the_next_best() -> None:
    table = pa.table(
        {
            "spread": np.arange(101.0),
            "mostly_zero": np.where(np.arange(101) == 0, 101.0, 0.0),
            "constant": np.full(101, -7.0),
            "words": ["a"] * 101,
            "nothing": pa.nulls(101, pa.float64()),
        }
    )
    kinds = dict.fromkeys(table.column_names, Kind.NUMERIC) | {"letters": Kind.CATEGORICAL, "gone": Kind.TEXT}
    grids = fit_grids(table, kinds)
    assert grids["spread"] == Grid(50.0, 50.0)
    assert grids["mostly_zero"].scale == pytest.approx(10.0, rel=0.01)
    assert grids["constant"] == Grid(-7.0, 7.0)
    assert grids["words"] == grids["nothing"] == grids["gone"] == Grid()
    assert "letters" not in grids


def test_a_grid_without_a_usable_scale_is_refused() -> None:
    for center, scale in ((math.nan, 1.0), (0.0, 0.0), (0.0, math.inf), (0.0, -1.0)):
        with pytest.raises(ValueError, match="a grid needs"):
            Grid(center, scale)


def test_the_largest_numbers_there_are_stay_finite_and_in_order() -> None:
    column = numeric([-1e308, -1.0, 0.0, 1.0, 1e308]).columns["x"]
    assert isinstance(column, NumericColumn)
    assert (column.finite, column.infinite) == (5, 0)
    assert list(column.counts) == [1, 1, 1, 1, 1]
    assert (quantile(column, 0.0), quantile(column, 1.0)) == (-1e308, 1e308)


def test_many_rows_and_few_rows_are_counted_alike() -> None:
    values = np.random.default_rng(0).standard_t(2, 50_000) * 1e6
    parts = [pa.table({"x": part}) for part in np.split(values, 50)]
    fine = sum((numeric(part["x"]) for part in parts), start=numeric(np.empty(0)))
    assert np.array_equal(fine.columns["x"].bins, numeric(values).columns["x"].bins)
    assert np.array_equal(fine.columns["x"].counts, numeric(values).columns["x"].counts)

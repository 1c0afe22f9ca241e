"""Columns before they are drawn."""

from datetime import UTC, date, datetime

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchkeeper.adapters._drawable import MOST_CATEGORIES, OTHER, Undrawable, column_of, drawable, thinned
from watchkeeper.profiles import Kind


def test_infinities_and_text_that_is_no_number_are_not_drawn() -> None:
    before, now = drawable(
        pa.array([1, None, 3]), pa.array(["1e3", "-.5", "+7 ", "x", "1,5", "inf", "nan", ""]), Kind.NUMERIC
    )
    assert before.to_pylist() == [1.0, None, 3.0]
    assert now.to_pylist() == [1_000.0, -0.5, 7.0, None, None, None, None, None]


@given(st.lists(st.floats(), min_size=1), st.lists(st.text(), min_size=1))
def test_numbers_are_finite_or_nothing_can_be_drawn(numbers: list[float], texts: list[str]) -> None:
    try:
        both = drawable(pa.array(numbers), pa.array(texts), Kind.NUMERIC)
    except Undrawable:
        return
    drawn = [value for column in both for value in column.drop_null().to_pylist()]
    assert all(abs(value) < float("inf") for value in drawn)


@given(st.lists(st.integers(0, 200), min_size=1), st.lists(st.integers(0, 200), min_size=1))
def test_of_many_categories_the_largest_stay_and_no_row_is_lost(before: list[int], now: list[int]) -> None:
    columns = [pa.array([str(number) for number in sample]) for sample in (before, now)]
    drawn = drawable(*columns, Kind.CATEGORICAL)
    assert len({value for column in drawn for value in column.to_pylist()} - {OTHER}) <= MOST_CATEGORIES
    for given_column, column in zip(columns, drawn, strict=True):
        pairs = list(zip(given_column.to_pylist(), column.to_pylist(), strict=True))
        assert all(shown in (true, OTHER) for true, shown in pairs)


def test_a_missing_category_stays_missing() -> None:
    many = pa.array([None, *map(str, range(100))])
    before, _ = drawable(many, many, Kind.CATEGORICAL)
    assert before.null_count == 1
    assert before.to_pylist().count(OTHER) == 100 - MOST_CATEGORIES


def test_times_are_seconds_and_texts_are_lengths() -> None:
    moments = pa.array([datetime(1970, 1, 2, tzinfo=UTC)])
    days = pa.array([date(1970, 1, 2)])
    assert [c.to_pylist() for c in drawable(moments, days, Kind.DATETIME)] == [[86_400.0], [86_400.0]]
    assert drawable(pa.array(["late"]), pa.array(["länger"]), Kind.TEXT)[1].to_pylist() == [6.0]


def test_a_column_is_found_once_whatever_its_encoding() -> None:
    table = pa.table([pa.array(["a"]).dictionary_encode(), [1], [2], [0.5]], ["carrier", "x", "x", "_prediction"])
    assert column_of(table, "carrier", "window").to_pylist() == ["a"]
    assert column_of(table, "prediction", "window").to_pylist() == [0.5]
    with pytest.raises(Undrawable, match="is in the window twice"):
        column_of(table, "x", "window")
    with pytest.raises(Undrawable, match="is not in the window"):
        column_of(table, "y", "window")


def test_a_table_is_thinned_evenly() -> None:
    table = pa.table({"x": range(1_000)})
    assert thinned(table, 3).column("x").to_pylist() == [0, 499, 999]
    assert thinned(table, 1_000) is table

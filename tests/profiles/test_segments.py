"""Rows are told apart in the same pass, and no row is lost or counted twice."""

from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings

from tests.profiles.tables import GRIDS, KINDS, profile, tables
from watchkeeper.profiles import (
    CategoricalColumn,
    Column,
    Kind,
    Profile,
    Segments,
    from_bytes,
    profile_batches,
    to_bytes,
)

LETTERS = Segments("letter", ("a", "b"))


def apart(*batches: pa.Table, by: Segments = LETTERS) -> Profile:
    return profile_batches(batches, KINDS, GRIDS, by)


def _without_sum(column: Column) -> Column:
    if isinstance(column, CategoricalColumn):
        return column
    return replace(column, total=0.0, low=column.low + 0.0, high=column.high + 0.0)  # -0.0 is 0.0


def without_sums(profile: Profile) -> Profile:
    """The same without the sums of values, which agree up to rounding, and the signs of zeros."""
    columns = {n: _without_sum(c) for n, c in profile.columns.items()}
    return Profile(profile.rows, columns, {n: count for n, count in profile.absent.items() if count})


@settings(max_examples=60, deadline=None)
@given(tables())
def test_the_whole_is_the_same_whether_segments_are_told_apart_or_not(table: pa.Table) -> None:
    assert without_sums(apart(table)) == without_sums(profile(table))


@settings(max_examples=60, deadline=None)
@given(tables())
def test_every_row_is_in_one_segment(table: pa.Table) -> None:
    found = apart(table)
    letters = table["letter"].to_pylist()
    rows = {name: part.rows for name, part in found.segments.items()}
    others = sum(letter not in ("a", "b") for letter in letters)
    assert rows == {"letter=a": letters.count("a"), "letter=b": letters.count("b"), "letter=other": others}


@settings(max_examples=60, deadline=None)
@given(tables())
def test_a_segment_is_the_profile_of_its_rows(table: pa.Table) -> None:
    mine = table.filter(pa.array([letter == "a" for letter in table["letter"].to_pylist()], pa.bool_()))
    assert without_sums(apart(table).segments["letter=a"]) == without_sums(profile(mine))


@settings(max_examples=40, deadline=None)
@given(tables(), tables())
def test_adding_profiles_adds_their_segments_and_bytes_keep_them(one: pa.Table, two: pa.Table) -> None:
    whole = apart(one, two)
    total = apart(one) + apart(two)
    for name, part in whole.segments.items():
        assert without_sums(total.segments[name]) == without_sums(part)
    assert from_bytes(to_bytes(whole)) == whole


@pytest.mark.parametrize("kept", [[], ["a"], ["a", "b"]])
def test_the_most_frequent_values_are_told_apart(kept: list[str]) -> None:
    counted = profile(pa.table({"letter": ["c", "a", "a", "b", "a", "b"]}))
    assert Segments.most_frequent("letter", len(kept), counted).values == tuple(kept)


@pytest.mark.parametrize(
    "values",
    [
        pa.array([True, False, None, True]),
        pa.array([1, 0, None, 1]),
        pa.array([1.0, 0.0, np.nan, 1.0]),
        pa.array([True, False, None, True]).cast(pa.string()).dictionary_encode(),
    ],
)
def test_booleans_are_told_apart_however_they_are_written(values: pa.Array) -> None:
    by = Segments("flag", ("false", "true"), Kind.BOOLEAN)
    found = profile_batches([pa.table({"flag": values})], {"number": Kind.NUMERIC}, {}, by)
    strings = pa.types.is_dictionary(values.type)
    assert found.segments["flag=true"].rows == (0 if strings else 2)
    assert found.segments["flag=other"].rows == (4 if strings else 1)


@pytest.mark.parametrize("table", [pa.table({"number": [1.0]}), pa.table({"number": [1.0], "letter": [["a"]]})])
def test_rows_without_a_category_are_others(table: pa.Table) -> None:
    assert apart(table).segments["letter=other"].rows == 1


def test_a_value_called_other_counts_among_the_others() -> None:
    found = apart(pa.table({"letter": ["other", "a", "z"]}), by=Segments("letter", ("a", "other")))
    assert {name: part.rows for name, part in found.segments.items()} == {"letter=a": 1, "letter=other": 2}


def test_chunks_with_dictionaries_of_their_own_are_split_alike() -> None:
    chunks = [pa.array(["a", "b"]).dictionary_encode(), pa.array(["b", "a", "c"]).dictionary_encode()]
    found = apart(pa.table({"letter": pa.chunked_array(chunks)}))
    assert [part.rows for part in found.segments.values()] == [2, 2, 1]

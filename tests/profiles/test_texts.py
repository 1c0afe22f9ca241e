"""Long columns of texts: looked up among the first ones, and still counted as if one by one."""

from collections import Counter

import numpy as np
import pyarrow as pa
import pytest

from tests.profiles.tables import categorical
from watchkeeper.profiles import MOST_CATEGORIES, CategoricalColumn
from watchkeeper.profiles.texts import BLOCK, FIRST, MANY, tally

ROWS = 2 * BLOCK + 77


def counted(values: pa.ChunkedArray) -> Counter[str | None]:
    names, counts = tally(values)
    told: Counter[str | None] = Counter()
    for name, count in zip(names.to_pylist(), counts.tolist(), strict=True):
        told[name] += count
    return told


def texts(levels: int, seed: int = 0) -> list[str | None]:
    codes = np.random.default_rng(seed).integers(0, levels, ROWS)
    return [None if code % 10 == 9 else f"level {code}" for code in codes]


@pytest.mark.parametrize("levels", [1, 5, 200, MANY, 50_000])
@pytest.mark.parametrize("type_", [pa.string(), pa.large_string(), pa.string_view()], ids=str)
def test_texts_are_counted_as_if_one_by_one(levels: int, type_: pa.DataType) -> None:
    values = texts(levels)
    assert counted(pa.chunked_array([pa.array(values, type_)])) == Counter(values)


def test_texts_that_come_later_are_counted_as_well() -> None:
    values = [*texts(5), *(f"late {i % 3}" for i in range(FIRST))]
    assert counted(pa.chunked_array([pa.array(values)])) == Counter(values)


def test_how_a_column_is_cut_does_not_matter() -> None:
    values = texts(20)
    chunks = [values[:10], [], values[10 : FIRST + 5], values[FIRST + 5 :]]
    cut = pa.chunked_array([pa.array(chunk, pa.string()) for chunk in chunks])
    assert counted(cut) == Counter(values)
    assert counted(cut.slice(3, ROWS - 9)) == Counter(values[3 : ROWS - 6])


def test_a_column_that_is_missing_throughout_has_no_text() -> None:
    assert counted(pa.chunked_array([pa.nulls(ROWS, pa.string())])) == Counter({None: ROWS})


def test_ids_are_bounded_and_no_value_is_lost() -> None:
    column = categorical([f"id {i}" for i in range(300_000)] + ["often"] * 5).columns["x"]
    assert isinstance(column, CategoricalColumn)
    assert len(column.counts) == MOST_CATEGORIES
    assert column.counts["often"] == 5
    assert column.size == 300_005

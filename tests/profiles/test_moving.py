"""Moving a column is counting it again."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from watchkeeper.profiles import Kind, NumericColumn, fit_grids, profile_batches
from watchkeeper.profiles.distances import ks
from watchkeeper.profiles.moving import moved


def counted(values: np.ndarray, grid_of: np.ndarray) -> NumericColumn:
    table, other = (pa.table({"x": pa.array(v, pa.float64())}) for v in (values, grid_of))
    kinds = {"x": Kind.NUMERIC}
    column = profile_batches([table], kinds, fit_grids(other, kinds)).columns["x"]
    assert isinstance(column, NumericColumn)
    return column


@settings(max_examples=40, deadline=None)
@given(scale=st.floats(0.3, 3), offset=st.floats(-2, 2), rows=st.integers(1, 3_000), seed=st.integers(0, 99))
def test_a_moved_column_is_the_one_counted_after_the_move(scale: float, offset: float, rows: int, seed: int) -> None:
    values = np.random.default_rng(seed).normal(0, 1, rows)
    by = lambda x: scale * x + offset
    before, after = counted(values, values), counted(by(values), values)
    found = moved(before, by)
    assert (found.finite, found.grid, found.size) == (after.finite, after.grid, after.size)
    assert (found.low, found.high) == (pytest.approx(after.low), pytest.approx(after.high))
    assert found.total == pytest.approx(after.total, abs=0.02 * rows)
    assert ks(found, after) < 0.05 + 2 / rows


def test_missing_values_stay_missing_and_an_empty_column_stays_empty() -> None:
    holes = counted(np.array([1.0, np.nan, np.inf, 2.0]), np.array([1.0, 2.0]))
    found = moved(holes, lambda x: x + 1)
    assert (found.nulls, found.infinite, found.finite, found.high) == (1, 1, 2, 3.0)
    none = counted(np.array([np.nan]), np.array([1.0]))
    assert moved(none, lambda x: x + 1) == none

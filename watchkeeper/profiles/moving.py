"""A column as it would have been counted, had every value been another."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from watchkeeper.profiles.codes import MIDPOINTS, bins_of
from watchkeeper.profiles.merging import add_bins
from watchkeeper.profiles.profile import NumericColumn

__all__ = ["moved"]

Floats = npt.NDArray[np.float64]


def moved(column: NumericColumn, by: Callable[[Floats], Floats]) -> NumericColumn:
    """The column after a growing function of its values, on the grid it was on.

    Counts and extremes are exact; within, every bin is moved as its midpoint, so that values are right to a bin.

    Args:
        by: takes and gives finite values, shape (n,); larger ones for larger ones.
    """
    if not column.bins.size:
        return column
    grid = column.grid
    values = by(np.clip(grid.center + grid.scale * MIDPOINTS[column.bins], column.low, column.high))
    bins, counts = add_bins([(bins_of(values, grid.center, grid.scale), column.counts)])
    low, high = by(np.array([column.low, column.high]))
    return replace(
        column, bins=bins, counts=counts, low=float(low), high=float(high), total=float(values @ column.counts)
    )

"""Single numbers about one column: shares of its values, quantiles, mean."""

import math

import numpy as np

from watchkeeper.profiles.codes import LOWER_EDGES, MIDPOINTS, UPPER_EDGES
from watchkeeper.profiles.profile import CategoricalColumn, Column, NumericColumn

__all__ = [
    "beyond",
    "infinite_share",
    "is_single_valued",
    "mean",
    "mode_share",
    "null_share",
    "out_of_range_share",
    "quantile",
    "unseen",
    "unseen_share",
    "wrong_share",
]


def null_share(column: Column) -> float:
    """The share of missing values; NaN when nothing was counted."""
    return _share(column.nulls, column.size)


def wrong_share(column: Column) -> float:
    """The share of values of a wrong type; NaN when nothing was counted."""
    return _share(column.wrong, column.size)


def infinite_share(column: Column) -> float:
    """The share of infinite values, 0 for categories; NaN when nothing was counted."""
    return _share(column.infinite if isinstance(column, NumericColumn) else 0, column.size)


def is_single_valued(column: Column) -> bool:
    """Whether the values that are there are all the same; False when there is none."""
    if isinstance(column, NumericColumn):
        return column.low == column.high
    return len(column.counts) == 1 and not column.other


def mode_share(column: Column) -> float:
    """The share of the most frequent value (for numbers: of the fullest bin) among those that are there; else NaN."""
    if isinstance(column, NumericColumn):
        return _share(int(column.counts.max(initial=0)), column.finite)
    return _share(max(column.counts.values(), default=0), sum(column.counts.values()) + column.other)


def beyond(column: NumericColumn, low: float, high: float) -> int:
    """How many finite values are surely below `low` or above `high`: whole bins, and the extremes themselves."""
    lower = column.grid.center + column.grid.scale * UPPER_EDGES[column.bins] < low
    upper = column.grid.center + column.grid.scale * LOWER_EDGES[column.bins] > high
    extremes = int(column.low < low) + int(column.high > high)
    return max(int(column.counts[lower | upper].sum()), min(extremes, column.finite))


def out_of_range_share(column: NumericColumn, low: float, high: float) -> float:
    """The share of finite values below `low` or above `high`, up to a bin; NaN when there is none."""
    return _share(beyond(column, low, high), column.finite)


def unseen(column: CategoricalColumn, *references: CategoricalColumn) -> int:
    """How many values have a category that no reference has.

    Where a reference had more categories than are told apart, as large a share of unnamed ones is forgiven as its
    own `other`.
    """
    known = {name for reference in references for name in reference.counts}
    strange = sum(count for name, count in column.counts.items() if name not in known) + column.other
    usual = max((r.other / r.size for r in references if r.size), default=0.0)
    return max(0, strange - math.ceil(usual * column.size))


def unseen_share(column: CategoricalColumn, *references: CategoricalColumn) -> float:
    """The share of values, missing ones apart, of a category that no reference has; NaN when there is none."""
    return _share(unseen(column, *references), sum(column.counts.values()) + column.other)


def quantile(column: NumericColumn, share: float) -> float:
    """The value that this share of the finite values does not exceed, up to a bin; NaN for no values."""
    if not column.bins.size:
        return math.nan
    if share <= 0 or share >= 1:
        return column.low if share <= 0 else column.high
    reached = np.cumsum(column.counts)
    place = min(int(np.searchsorted(reached, share * reached[-1])), column.bins.size - 1)
    value = column.grid.center + column.grid.scale * MIDPOINTS[column.bins[place]]
    return float(np.clip(value, column.low, column.high))


def mean(column: NumericColumn) -> float:
    """The mean of the finite values; NaN when there is none."""
    return column.total / column.finite if column.finite else math.nan


def _share(part: int, whole: int) -> float:
    return part / whole if whole else math.nan

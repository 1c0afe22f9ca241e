"""How far a column is from its reference.

Every distance is NaN when either side has nothing to compare, or when one is numeric and the other categorical. In
`js` and `psi` missing, infinite and wrong values are cells of their own, so that a growing share of them is seen; `ks`
and `wasserstein` look at the finite numbers alone. For many columns or all distances at once see `scoring`.
"""

import math

import numpy as np
import numpy.typing as npt

from watchkeeper.profiles.cells import NumberCells, by_category
from watchkeeper.profiles.profile import CategoricalColumn, Column, NumericColumn
from watchkeeper.profiles.steps import Steps

__all__ = ["divergence", "js", "ks", "psi", "stability", "variation", "wasserstein"]

Counts = npt.NDArray[np.int64]


def ks(reference: Column, column: Column) -> float:
    """The largest distance between the two distribution functions, 0 to 1 (Kolmogorov 1933, Smirnov 1939).

    For categories, where no such function exists, the total variation distance. Numbers in one bin are not told
    apart, so that a true difference within a bin is missed: the error is at most the largest share of a bin.
    """
    if isinstance(reference, NumericColumn) and isinstance(column, NumericColumn):
        return Steps.of(reference).gaps(*column.on(reference.grid))[0]
    counts = _counts(reference, column)
    return variation(*counts) if counts else math.nan


def wasserstein(reference: Column, column: Column) -> float:
    """The mean distance that values must be moved, in units of the reference grid's scale (Kantorovich 1942).

    The error is at most the mean width of the bins in which the values of both sides lie.
    """
    if not (isinstance(reference, NumericColumn) and isinstance(column, NumericColumn)):
        return math.nan
    return Steps.of(reference).gaps(*column.on(reference.grid))[1]


def js(reference: Column, column: Column) -> float:
    """The Jensen-Shannon distance in natural units, 0 to sqrt(ln 2) = 0.833 (Lin 1991; Endres & Schindelin 2003)."""
    counts = _counts(reference, column)
    return divergence(*counts) if counts else math.nan


def psi(reference: Column, column: Column) -> float:
    """The population stability index, 0 and up, every cell's count raised by one half (Jeffreys 1946).

    The half keeps an empty cell from deciding alone, which the usual floor of 0.0001 lets it do.
    """
    counts = _counts(reference, column)
    return stability(*counts) if counts else math.nan


def variation(ours: Counts, theirs: Counts) -> float:
    """The total variation distance of counts in the same cells, each of them with a sum above 0."""
    return float(np.abs(ours / ours.sum() - theirs / theirs.sum()).sum() / 2)


def divergence(ours: Counts, theirs: Counts) -> float:
    """The Jensen-Shannon distance of counts in the same cells, each of them with a sum above 0."""
    shares = np.stack([ours / ours.sum(), theirs / theirs.sum()])
    middle = (shares[0] + shares[1]) / 2
    ratios = np.divide(shares, middle, out=np.ones_like(shares), where=shares > 0)
    return math.sqrt(max(0.0, float((shares * np.log(ratios)).sum()) / 2))


def stability(ours: Counts, theirs: Counts) -> float:
    """The population stability index of counts in the same cells."""
    before, now = ((counts + 0.5) / (counts.sum() + 0.5 * counts.size) for counts in (ours, theirs))
    return float(((now - before) * np.log(now / before)).sum())


def _counts(reference: Column, column: Column) -> tuple[Counts, Counts] | None:
    """Counts by cell, the same cells on both sides; None when there is nothing to compare."""
    if not (reference.size and column.size):
        return None
    if isinstance(reference, NumericColumn) and isinstance(column, NumericColumn):
        cells = NumberCells.of(reference)
        return cells.counts, cells.count(column, *column.on(reference.grid))
    if isinstance(reference, CategoricalColumn) and isinstance(column, CategoricalColumn):
        return by_category(reference, column)
    return None

"""How far a column is from its reference.

Every distance is NaN when either side has nothing to compare, or when one is numeric and the other categorical. In
`js` and `psi` missing, infinite and wrong values are cells of their own, so that a growing share of them is seen; `ks`
and `wasserstein` look at the finite numbers alone.
"""

import math

import numpy as np
import numpy.typing as npt

from watchkeeper.profiles.codes import MIDPOINTS
from watchkeeper.profiles.profile import CategoricalColumn, Column, NumericColumn

__all__ = ["js", "ks", "psi", "wasserstein"]

Floats = npt.NDArray[np.float64]
Counts = npt.NDArray[np.int64]

CELLS = 20
"""Numbers are compared in cells that each hold about this part of the reference."""


def ks(reference: Column, column: Column) -> float:
    """The largest distance between the two distribution functions, 0 to 1 (Kolmogorov 1933, Smirnov 1939).

    For categories, where no such function exists, the total variation distance. Numbers in one bin are not told
    apart, so that a true difference within a bin is missed.
    """
    if isinstance(reference, NumericColumn) and isinstance(column, NumericColumn):
        _, ours, theirs = _distribution_functions(reference, column)
        return float(np.abs(ours - theirs).max()) if ours.size else math.nan
    shares = _shares(reference, column)
    return float(np.abs(shares[0] - shares[1]).sum() / 2) if shares else math.nan


def wasserstein(reference: Column, column: Column) -> float:
    """The mean distance that values must be moved, in units of the reference grid's scale (Kantorovich 1942)."""
    if not (isinstance(reference, NumericColumn) and isinstance(column, NumericColumn)):
        return math.nan
    bins, ours, theirs = _distribution_functions(reference, column)
    return float((np.abs(ours - theirs)[:-1] * np.diff(MIDPOINTS[bins])).sum()) if bins.size else math.nan


def js(reference: Column, column: Column) -> float:
    """The Jensen-Shannon distance in natural units, 0 to sqrt(ln 2) = 0.833 (Lin 1991; Endres & Schindelin 2003)."""
    shares = _shares(reference, column)
    if shares is None:
        return math.nan
    ours, theirs = shares
    middle = (ours + theirs) / 2
    return math.sqrt(max(0.0, (_divergence(ours, middle) + _divergence(theirs, middle)) / 2))


def psi(reference: Column, column: Column) -> float:
    """The population stability index, 0 and up, every cell's count raised by one half (Jeffreys 1946).

    The half keeps an empty cell from deciding alone, which the usual floor of 0.0001 lets it do.
    """
    counts = _counts(reference, column)
    if counts is None:
        return math.nan
    ours, theirs = ((c + 0.5) / (c.sum() + 0.5 * c.size) for c in counts)
    return float(((theirs - ours) * np.log(theirs / ours)).sum())


def _divergence(shares: Floats, middle: Floats) -> float:
    filled = shares > 0
    return float((shares[filled] * np.log(shares[filled] / middle[filled])).sum())


def _distribution_functions(
    reference: NumericColumn, column: NumericColumn
) -> tuple[npt.NDArray[np.uint16], Floats, Floats]:
    """The bins filled on either side, and the share of finite values up to each; all empty when a side is."""
    sides = [reference.on(reference.grid), column.on(reference.grid)]
    if not (sides[0][0].size and sides[1][0].size):
        return np.empty(0, np.uint16), np.empty(0), np.empty(0)
    bins = np.union1d(sides[0][0], sides[1][0])
    ours, theirs = (_cumulated(bins, *side) for side in sides)
    return bins, ours, theirs


def _cumulated(bins: npt.NDArray[np.uint16], filled: npt.NDArray[np.uint16], counts: Counts) -> Floats:
    spread = np.zeros(bins.size)
    spread[np.searchsorted(bins, filled)] = counts
    reached: Floats = np.cumsum(spread) / counts.sum()
    return reached


def _shares(reference: Column, column: Column) -> tuple[Floats, Floats] | None:
    counts = _counts(reference, column)
    return (counts[0] / counts[0].sum(), counts[1] / counts[1].sum()) if counts else None


def _counts(reference: Column, column: Column) -> tuple[Counts, Counts] | None:
    """Counts by cell, the same cells on both sides; None when there is nothing to compare."""
    if not (reference.size and column.size):
        return None
    if isinstance(reference, NumericColumn) and isinstance(column, NumericColumn):
        ends = _cell_ends(reference)
        return _by_cell(ends, reference, reference), _by_cell(ends, column, reference)
    if isinstance(reference, CategoricalColumn) and isinstance(column, CategoricalColumn):
        return _by_category(reference, column)
    return None


def _cell_ends(reference: NumericColumn) -> npt.NDArray[np.int64]:
    """The last bin of every cell but the uppermost.

    Cells are cut at the reference's quantiles; a bin that holds a cell's worth alone is a cell alone; and what lies
    below or above all that the reference holds has cells of its own.
    """
    bins, counts = reference.bins.astype(np.int64), reference.counts
    if not bins.size:
        return np.empty(0, np.int64)
    reached = np.cumsum(counts) / counts.sum()
    cuts = bins[np.searchsorted(reached, np.arange(1, CELLS) / CELLS)]
    heavy = bins[counts * CELLS >= counts.sum()]
    return np.unique(np.concatenate([cuts, heavy, heavy - 1, bins[:1] - 1, bins[-1:]]))


def _by_cell(ends: npt.NDArray[np.int64], column: NumericColumn, reference: NumericColumn) -> Counts:
    bins, counts = column.on(reference.grid)
    cells = np.bincount(np.searchsorted(ends, bins.astype(np.int64)), weights=counts, minlength=ends.size + 1)
    return np.concatenate([cells.astype(np.int64), [column.nulls, column.infinite, column.wrong]])


def _by_category(reference: CategoricalColumn, column: CategoricalColumn) -> tuple[Counts, Counts]:
    """Where a side has `other`, a category that one side alone names may be in the other's `other`, and joins it."""
    capped = reference.other or column.other
    shared = reference.counts.keys() & column.counts.keys()
    names = sorted(shared if capped else reference.counts.keys() | column.counts.keys())
    return _named(names, reference), _named(names, column)


def _named(names: list[str], column: CategoricalColumn) -> Counts:
    told = [column.counts.get(name, 0) for name in names]
    rest = sum(column.counts.values()) - sum(told) + column.other
    return np.array([*told, rest, column.nulls, column.wrong], np.int64)

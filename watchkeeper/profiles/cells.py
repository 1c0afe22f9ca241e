"""Two columns counted in the same cells, whose shares can then be compared.

Missing, infinite and wrong values are cells of their own.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from watchkeeper.profiles.profile import CategoricalColumn, NumericColumn

__all__ = ["NumberCells", "by_category"]

Counts = npt.NDArray[np.int64]

CELLS = 20
"""Numbers are compared in cells that each hold about this part of the reference."""


@dataclass(frozen=True, slots=True, eq=False)
class NumberCells:
    """The cells of a reference of numbers.

    Attributes:
        ends: the last bin of every cell but the uppermost, growing, shape (k - 1,).
        counts: of the reference, shape (k + 3,).
    """

    ends: npt.NDArray[np.uint16]
    counts: Counts

    @classmethod
    def of(cls, reference: NumericColumn) -> "NumberCells":
        """Cells cut at the reference's quantiles.

        A bin that holds a cell's worth alone is a cell alone; and what lies below or above all that the reference holds
        has cells of its own.
        """
        ends = _ends(reference)
        return cls(ends, _counted(ends, reference, reference.bins, reference.counts))

    def count(self, column: NumericColumn, bins: npt.NDArray[np.uint16], counts: Counts) -> Counts:
        """Another column in the same cells, shape (k + 3,), its bins being those of the reference's grid."""
        return _counted(self.ends, column, bins, counts)


def _ends(reference: NumericColumn) -> npt.NDArray[np.uint16]:
    bins, counts = reference.bins.astype(np.int64), reference.counts
    if not bins.size:
        return np.empty(0, np.uint16)
    reached = np.cumsum(counts)
    cuts = bins[np.searchsorted(reached / reached[-1], np.arange(1, CELLS) / CELLS)]
    heavy = bins[counts * CELLS >= reached[-1]]
    return np.unique(np.concatenate([cuts, heavy, heavy - 1, bins[:1] - 1, bins[-1:]])).astype(np.uint16)


def _counted(
    ends: npt.NDArray[np.uint16], column: NumericColumn, bins: npt.NDArray[np.uint16], counts: Counts
) -> Counts:
    reached = np.concatenate([[0], np.cumsum(counts)])
    upto = reached[np.searchsorted(bins, ends, side="right")]
    missing = [column.nulls, column.infinite, column.wrong]
    return np.concatenate([np.diff(upto, prepend=0, append=reached[-1]), missing])


def by_category(reference: CategoricalColumn, column: CategoricalColumn) -> tuple[Counts, Counts]:
    """Both sides by category, then the unnamed, the missing and the wrong ones.

    Where a side has `other`, a category that one side alone names may be in the other's `other`, and joins it.
    """
    capped = reference.other or column.other
    shared = reference.counts.keys() & column.counts.keys()
    names = sorted(shared if capped else reference.counts.keys() | column.counts.keys())
    return _named(names, reference), _named(names, column)


def _named(names: list[str], column: CategoricalColumn) -> Counts:
    told = [column.counts.get(name, 0) for name in names]
    rest = sum(column.counts.values()) - sum(told) + column.other
    return np.array([*told, rest, column.nulls, column.wrong], np.int64)

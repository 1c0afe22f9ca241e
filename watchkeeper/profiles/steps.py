"""Distribution functions of binned numbers: steps that two columns climb at different bins."""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from watchkeeper.profiles.codes import MIDPOINTS
from watchkeeper.profiles.profile import NumericColumn

__all__ = ["Steps"]


@dataclass(frozen=True, slots=True, eq=False)
class Steps:
    """The distribution function of a reference.

    Attributes:
        bins: filled ones in growing order, shape (k,).
        falls: minus the share of finite values in each, shape (k,).
    """

    bins: npt.NDArray[np.uint16]
    falls: npt.NDArray[np.float64]

    @classmethod
    def of(cls, reference: NumericColumn) -> "Steps":
        """Those of a column on its own grid."""
        return cls(reference.bins, -reference.counts / max(reference.finite, 1))

    def gaps(self, bins: npt.NDArray[np.uint16], counts: npt.NDArray[np.int64]) -> tuple[float, float]:
        """The largest gap between the two functions, and the area between them in units of the grid's scale.

        Args:
            bins: filled ones of the other column on the same grid, growing, shape (m,).
            counts: finite values in each, shape (m,).

        Returns:
            Kolmogorov-Smirnov's and Wasserstein's distance; NaN for both when either side is empty.
        """
        if not (self.bins.size and bins.size):
            return math.nan, math.nan
        at = np.concatenate([self.bins, bins])
        order = np.argsort(at, kind="stable")
        at = at[order]
        gap = np.abs(np.cumsum(np.concatenate([self.falls, counts / counts.sum()])[order])[:-1])
        complete = at[1:] != at[:-1]  # within a bin that both sides fill, the gap is that after both
        area = float((gap * np.diff(MIDPOINTS[at])).sum())
        return float(gap[complete].max(initial=0.0)), area

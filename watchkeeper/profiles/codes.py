"""Bins of a numeric column: the sign, exponent and first 7 mantissa bits of a float, as one growing number.

A value is moved and scaled by its column's grid, rounded to 32 bits, and the upper 16 bits are its bin. Bins are so
fine near the grid's center (and 2**-7 of the distance elsewhere) that no outlier can squash the others together.
Numbered so that larger values have larger bins; the sign is folded in as sortable keys usually are.
"""

import numpy as np
import numpy.typing as npt

__all__ = [
    "FIRST_BIN",
    "LAST_BIN",
    "LOWER_EDGES",
    "MIDPOINTS",
    "UPPER_EDGES",
    "bin_counts",
    "bins_of",
    "filled",
    "tally",
]

Floats = npt.NDArray[np.float64]
Bins = npt.NDArray[np.uint16]
Counts = npt.NDArray[np.int64]

ALL_BINS, SIGN = 0x10000, 0x8000
FIRST_BIN, LAST_BIN = 0x0080, 0xFF7F
"""The bins of the most negative and the largest finite 32-bit number."""

BLOCK = 131_072
"""Values coded at a time, so that what is at work stays in the processor's cache."""

FEW = 1_024
"""Below this many values, sorting their bins is faster than counting into all 65,536."""

_BITS = np.arange(ALL_BINS, dtype=np.uint32)
_BITS_OF_BIN = np.where(_BITS >= SIGN, _BITS ^ SIGN, ALL_BINS - 1 - _BITS)
_BIN_OF_BITS = np.argsort(_BITS_OF_BIN).astype(np.uint16)


def _edges() -> tuple[Floats, Floats]:
    """The smallest and the largest value of every bin, in units of the grid's scale; those of no number repeat."""
    upper = _BITS_OF_BIN[np.clip(_BITS, FIRST_BIN, LAST_BIN)].astype(np.uint32) << 16
    inner, outer = (bits.view(np.float32).astype(np.float64) for bits in (upper, upper | 0xFFFF))
    return np.minimum(inner, outer), np.maximum(inner, outer)


LOWER_EDGES, UPPER_EDGES = _edges()
MIDPOINTS = (LOWER_EDGES + UPPER_EDGES) / 2


def bins_of(values: npt.NDArray[np.generic], center: float, scale: float) -> Bins:
    """The bin of each value, shape (n,); what is beyond the 32-bit range falls in the outermost bins."""
    bins = _BIN_OF_BITS[_coded(values, center, scale)]
    return np.clip(bins, np.uint16(FIRST_BIN), np.uint16(LAST_BIN))


def bin_counts(values: npt.NDArray[np.generic], center: float, scale: float) -> tuple[Bins, Counts]:
    """The filled bins in growing order, and how many values each holds.

    Args:
        values: finite numbers, shape (n,); what is beyond the 32-bit range counts in the outermost bins.
        center: of the grid.
        scale: of the grid, not zero.
    """
    if values.size < FEW:
        found, counts = np.unique(bins_of(values, center, scale), return_counts=True)
        return found, counts.astype(np.int64)
    return filled(tally(values, center, scale))


def tally(values: npt.NDArray[np.generic], center: float, scale: float) -> Counts:
    """How many finite values have each pattern of upper bits, shape (65536,), for at most some 100,000 values."""
    return np.bincount(_coded(values, center, scale), minlength=ALL_BINS)


def filled(patterns: Counts) -> tuple[Bins, Counts]:
    """The filled bins in growing order and their counts, out of counts by pattern of upper bits."""
    found = np.flatnonzero(patterns != 0)
    positive = np.searchsorted(found, SIGN)
    found = np.concatenate([found[positive:][::-1], found[:positive]])
    return _within_range(_BIN_OF_BITS[found], patterns[found])


def _within_range(bins: Bins, counts: Counts) -> tuple[Bins, Counts]:
    """The same, with what lies outside the 32-bit range in the outermost bins."""
    if not bins.size or (bins[0] >= FIRST_BIN and bins[-1] <= LAST_BIN):
        return bins, counts
    inner, places = np.unique(np.clip(bins, np.uint16(FIRST_BIN), np.uint16(LAST_BIN)), return_inverse=True)
    return inner, np.bincount(places, weights=counts).astype(np.int64)


def _coded(values: npt.NDArray[np.generic], center: float, scale: float) -> Bins:
    """The upper halves of the values as 32-bit floats."""
    moved = np.empty(values.size, np.float64)
    short = np.empty(values.size, "<f4")
    with np.errstate(over="ignore", under="ignore"):
        np.subtract(values, center, out=moved, casting="unsafe")
        np.multiply(moved, 1.0 / scale, out=moved)
        short[:] = moved
    upper: Bins = short.view("<u2")[1::2]
    return upper

"""Adding counts.

What holds: addition is commutative, always. It is associative for every count as long as the columns share a grid and
have together at most `MOST_CATEGORIES` categories. Beyond that a category that was put into `other` once stays there,
so its kept count may be low; the sum over the kept ones and `other` is still exact. Columns on different grids are
moved onto the smallest grid (by center, then scale) among the filled ones: sizes and extremes stay exact, values move
by at most a bin.
"""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import numpy.typing as npt

from watchkeeper.profiles.codes import MIDPOINTS, bins_of

__all__ = ["MOST_CATEGORIES", "add_bins", "add_counts", "capped", "regrid"]

MOST_CATEGORIES = 1000
"""So many categories are told apart in a column, the most frequent ones; the rest is `other`."""

Bins = npt.NDArray[np.uint16]
Counts = npt.NDArray[np.int64]


def add_bins(parts: Sequence[tuple[Bins, Counts]]) -> tuple[Bins, Counts]:
    """The sum of several sparse histograms on one grid: filled bins in growing order, and their counts."""
    bins = np.concatenate([b for b, _ in parts])
    counts = np.concatenate([c for _, c in parts])
    if not bins.size:
        return bins, counts
    order = np.argsort(bins, kind="stable")
    bins, counts = bins[order], counts[order]
    firsts = np.flatnonzero(np.concatenate([[True], bins[1:] != bins[:-1]]))
    return bins[firsts], np.add.reduceat(counts, firsts)


def regrid(
    bins: Bins, counts: Counts, old: tuple[float, float], new: tuple[float, float], within: tuple[float, float]
) -> tuple[Bins, Counts]:
    """The histogram on another grid, every bin moved as its midpoint.

    Args:
        bins: filled bins in growing order.
        counts: of the bins.
        old, new: center and scale of the grids.
        within: the smallest and largest value that were counted.
    """
    with np.errstate(over="ignore"):
        values = np.clip(old[0] + old[1] * MIDPOINTS[bins], *within)
    return add_bins([(bins_of(values, *new), counts)])


def add_counts(parts: Iterable[Mapping[str, int]]) -> dict[str, int]:
    """The sum of several counts by name."""
    whole: dict[str, int] = {}
    for part in parts:
        for name, count in part.items():
            whole[name] = whole.get(name, 0) + count
    return whole


def capped(counts: Mapping[str, int]) -> tuple[dict[str, int], int]:
    """The most frequent categories (among equals the first by name), and how many values all others have."""
    if len(counts) <= MOST_CATEGORIES:
        return dict(counts), 0
    kept = dict(sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:MOST_CATEGORIES])
    return kept, sum(counts.values()) - sum(kept.values())

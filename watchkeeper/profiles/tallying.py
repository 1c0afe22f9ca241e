"""Numbers counted in blocks that stay in the processor's cache: bins, extremes and sum in the same pass."""

import math
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from watchkeeper.profiles.codes import BLOCK, FEW, bin_counts, filled, tally
from watchkeeper.profiles.profile import Grid, NumericColumn

__all__ = ["count_numbers"]

Numbers = npt.NDArray[np.generic]


@dataclass(slots=True)
class Pass:
    """What has been seen of a column so far."""

    grid: Grid
    patterns: npt.NDArray[np.int64] | None = None
    finite: int = 0
    infinite: int = 0
    low: float = math.inf
    high: float = -math.inf
    total: float = 0.0

    def over(self, block: Numbers) -> None:
        """Count a block; its sum is finite in most blocks that hold no missing and no infinite number."""
        total = float(block.sum(dtype=np.float64))
        if not math.isfinite(total):
            mask = np.isfinite(block)
            self.infinite += int(np.isinf(block).sum()) if not mask.all() else 0
            block = block[mask]
            total = float(block.sum(dtype=np.float64))
        if block.size:
            self.finite += block.size
            self.low, self.high = min(self.low, float(block.min())), max(self.high, float(block.max()))
            self.total += total
            found = tally(block, self.grid.center, self.grid.scale)
            self.patterns = found if self.patterns is None else np.add(self.patterns, found, out=found)


def count_numbers(values: Numbers, grid: Grid) -> NumericColumn:
    """The column of these numbers, shape (n,), of any width; NaN counts as null."""
    with np.errstate(over="ignore", invalid="ignore"):
        return _counted_at_once(values, grid) if values.size < FEW else _counted_in_blocks(values, grid)


def _counted_in_blocks(values: Numbers, grid: Grid) -> NumericColumn:
    seen = Pass(grid)
    for start in range(0, values.size, BLOCK):
        seen.over(values[start : start + BLOCK])
    nulls = values.size - seen.finite - seen.infinite
    if seen.patterns is None:
        return replace(NumericColumn.empty(grid, nulls=nulls), infinite=seen.infinite)
    bins, counts = filled(seen.patterns)
    return NumericColumn(grid, bins, counts, nulls, seen.infinite, 0, seen.low, seen.high, seen.total)


def _counted_at_once(values: Numbers, grid: Grid) -> NumericColumn:
    finite = values[np.isfinite(values)]
    infinite = int(np.isinf(values).sum())
    bins, counts = bin_counts(finite, grid.center, grid.scale)
    nulls = values.size - finite.size - infinite
    extremes = (float(finite.min()), float(finite.max())) if finite.size else (math.nan, math.nan)
    return NumericColumn(grid, bins, counts, nulls, infinite, 0, *extremes, float(finite.sum(dtype=np.float64)))

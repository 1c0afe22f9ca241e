"""False pages where nothing is wrong: traffic without a single fault, and the pages that the whole policy sends.

Every cell is a model of 20 columns and its answers, watched for 400 windows after 60 windows of training, by all checks
that need no labels, under a stated budget. Its records follow an AR(1) process in one of two ways:

* `rows`: each record of a column remembers the one before, so that 5,000 records may be worth 260;
* `windows`: a tenth of a column's variance is a level that all records of a window share, and that remembers the
  window before, as weather does.

The pages of a cell are held against the 95 % interval of a Poisson count around the budget: too many are noise, too
few are power that was given away.
"""

import argparse
import json
import os
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from itertools import product
from multiprocessing import get_context

import numpy as np
from rich.console import Console
from rich.table import Table
from scipy.signal import lfilter
from scipy.stats import poisson

from benchmarks.channel import CHANNEL, day, replayer, spec_of, window_of
from watchkeeper.profiles import Grid, Kind, NumericColumn, Profile
from watchkeeper.profiles.codes import bin_counts
from watchkeeper.window import PREDICTION, Floats

__all__ = ["Cell", "main", "measure"]

BUDGET, PER_WINDOW = "1 in 30d", 1 / 30
"""Windows are a day long."""

TRAINING, WINDOWS, COLUMNS = 60, 400, 20
MEMORIES, ROWS = (0.0, 0.5, 0.9), (100, 500, 5000)
SHARED = 0.1
"""The part of a column's variance that lies between windows, where levels are shared."""

GRID = Grid(0.0, 1.35)
"""Around the median of a standard normal column, in units of the distance between its quartiles."""

Draw = np.random.Generator


@dataclass(frozen=True, slots=True)
class Cell:
    """What was counted.

    Attributes:
        remembers: `rows` or `windows`.
        phi: how much of the value before is kept.
        rows: records of a window.
        expected: pages that the budget allows in all windows of all streams.
        low, high: the 95 % interval around them.
        pages: by stream.
    """

    remembers: str
    phi: float
    rows: int
    expected: float
    low: int
    high: int
    pages: tuple[int, ...]

    @property
    def inside(self) -> bool:
        """Whether the pages are neither too many nor too few."""
        return self.low <= sum(self.pages) <= self.high


def main(arguments: Sequence[str] | None = None) -> None:
    """Count every cell, show the grid, and print the figures."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.null_grid", description=__doc__)
    parser.add_argument("--streams", type=int, default=1, help="streams a cell")
    parser.add_argument("--quick", action="store_true", help="leave out the windows of 5,000 records")
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    asked = parser.parse_args(arguments)
    sizes = ROWS[:-1] if asked.quick else ROWS
    whole = list(product(("rows", "windows"), MEMORIES, sizes))
    began = time.perf_counter()
    cells = _counted(whole, asked.streams, asked.processes)
    Console(width=110).print(_shown(cells))
    told = [asdict(cell) | {"inside": cell.inside} for cell in cells]
    seconds = round(time.perf_counter() - began)
    print(json.dumps({"budget": BUDGET, "cells": told, "met": all(c.inside for c in cells), "seconds": seconds}))


def _counted(whole: Sequence[tuple[str, float, int]], streams: int, processes: int) -> list[Cell]:
    """Every cell, largest windows first, as they take longest."""
    progress = Console(stderr=True)
    order = sorted(whole, key=lambda cell: -cell[2])
    asked = [(*cell, stream) for cell in order for stream in range(streams)]
    pages: dict[tuple[str, float, int], list[int]] = {cell: [] for cell in whole}
    with ProcessPoolExecutor(processes, get_context("spawn")) as pool:
        for (remembers, phi, rows, stream), count in zip(
            asked, pool.map(measure, *zip(*asked, strict=True)), strict=True
        ):
            progress.print(f"{remembers} phi {phi}, {rows:,} records, stream {stream}: {count} pages")
            pages[remembers, phi, rows].append(count)
    expected = PER_WINDOW * WINDOWS * streams
    low, high = (int(edge) for edge in poisson.interval(0.95, expected))
    return [Cell(*cell, round(expected, 1), low, high, tuple(counts)) for cell, counts in pages.items()]


def measure(remembers: str, phi: float, rows: int, stream: int) -> int:
    """The pages of one stream.

    Args:
        remembers: `rows` or `windows`.
        phi: from 0 to below 1.
        rows: records of a window.
        stream: its number, from which it is made.
    """
    names = [f"x{n:02d}" for n in range(COLUMNS)]
    draw = np.random.default_rng([stream, rows, round(100 * phi), remembers == "rows"])
    columns = {name: _column(draw, remembers, phi, rows) for name in (*names, PREDICTION)}
    windows = [
        (day(n), Profile(rows, {name: _counts(values[n]) for name, values in columns.items()}))
        for n in range(TRAINING + WINDOWS)
    ]
    spec = spec_of(dict.fromkeys(names, Kind.NUMERIC), BUDGET, (*CHANNEL, "prediction_drift"))
    replay = replayer(spec, windows[:TRAINING])
    for interval, profile in windows[TRAINING:]:
        replay.step(window_of(interval, profile))
    return len(replay.pages)


def _column(draw: Draw, remembers: str, phi: float, rows: int) -> Floats:
    """All values of a column, shape (windows, rows), each standard normal."""
    windows = TRAINING + WINDOWS
    if remembers == "rows":
        return _remembering(draw, phi, windows * rows).reshape(windows, rows)
    level = np.sqrt(SHARED) * _remembering(draw, phi, windows)
    return level[:, None] + np.sqrt(1 - SHARED) * draw.normal(size=(windows, rows))


def _remembering(draw: Draw, phi: float, count: int) -> Floats:
    fresh = draw.normal(size=count)
    fresh[1:] *= np.sqrt(1 - phi * phi)
    values: Floats = lfilter([1.0], [1.0, -phi], fresh)
    return values


def _counts(values: Floats) -> NumericColumn:
    bins, counts = bin_counts(values, GRID.center, GRID.scale)
    extremes = {"low": float(values.min()), "high": float(values.max()), "total": float(values.sum())}
    return NumericColumn(GRID, bins, counts, **extremes)


def _shown(cells: Sequence[Cell]) -> Table:
    table = Table(title=f"Pages in {WINDOWS} windows without a fault; the budget is {BUDGET}, windows are days")
    for name in ("remembers", "phi", "records", "expected", "95 % of counts", "pages", "inside"):
        table.add_column(name, justify="right")
    for c in cells:
        told = " + ".join(map(str, c.pages)) + (f" = {sum(c.pages)}" if len(c.pages) > 1 else "")
        within = f"{c.low} to {c.high}"
        table.add_row(
            c.remembers, f"{c.phi:g}", f"{c.rows:,}", f"{c.expected:.1f}", within, told, "yes" if c.inside else "NO"
        )
    return table


if __name__ == "__main__":
    main()

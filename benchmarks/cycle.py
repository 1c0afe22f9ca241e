"""What one monitoring cycle of one window costs, beside Evidently's DataDriftPreset on the same rows.

A cycle is what a sweep does for one model: read the window and its late labels from Parquet, check all 50 columns
against months of history, settle the verdict, write everything down. `--quick` leaves out Evidently's largest run,
which takes minutes.
"""

import argparse
import json
import os
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from statistics import median

from rich.console import Console
from rich.table import Table

from benchmarks.children import last_line
from benchmarks.machine import machine

__all__ = ["Cell", "main"]

WINDOWS = {10_000: 5, 100_000: 5, 1_000_000: 3}
"""By records of a window, how many windows are looked at."""

PEER_RUNS = {10_000: 3, 100_000: 1, 1_000_000: 1}
SLOW = 1_000_000
"""Evidently takes minutes from so many rows on."""

WIDTH = 110


@dataclass(frozen=True, slots=True)
class Cell:
    """The figures of one size.

    Attributes:
        seconds: of a cycle, the median.
        first_seconds: of the first cycle of its process.
        peak_mb: by how much memory grew at most.
        peer_seconds, peer_peak_mb: the same of Evidently; None when it was left out.
        ratio: how many cycles fit into one run of Evidently.
        load: processes that wanted the processor in the minute before, this one included.
    """

    rows: int
    columns: int
    seconds: float
    first_seconds: float
    peak_mb: float
    peer_seconds: float | None
    peer_peak_mb: float | None
    ratio: float | None
    load: float


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure every size, show the table, and print the figures."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.cycle", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="leave out Evidently on a million rows")
    parser.add_argument("--rows", type=int, nargs="+", choices=list(WINDOWS), default=list(WINDOWS))
    asked = parser.parse_args(arguments)
    progress = Console(stderr=True)
    cells = [_cell(rows, progress, with_peer=not (asked.quick and rows >= SLOW)) for rows in asked.rows]
    Console(width=WIDTH).print(_shown(cells))
    print(json.dumps({"cells": [asdict(cell) for cell in cells], "machine": machine()}))


def _cell(rows: int, progress: Console, *, with_peer: bool) -> Cell:
    with tempfile.TemporaryDirectory(prefix="watchkeeper-cycle-") as place:
        progress.print(f"[bold]{rows:,} records a window[/bold]: furnishing the house ...")
        last_line("houses", place, rows, WINDOWS[rows])
        load = os.getloadavg()[0]
        progress.print(f"  looking at {WINDOWS[rows]} windows ...")
        looks = json.loads(last_line("looking", place, WINDOWS[rows]))
        progress.print(f"  {median(looks['seconds']):.3f} s a cycle" + ("; Evidently ..." if with_peer else ""))
        peer = json.loads(last_line("peer", place, PEER_RUNS[rows])) if with_peer else None
    ours, theirs = median(looks["seconds"]), median(peer["seconds"]) if peer else None
    return Cell(
        rows=rows,
        columns=50,
        seconds=round(ours, 4),
        first_seconds=round(looks["seconds"][0], 4),
        peak_mb=round(looks["peak_mb"], 1),
        peer_seconds=round(theirs, 3) if theirs else None,
        peer_peak_mb=round(peer["peak_mb"], 1) if peer else None,
        ratio=round(theirs / ours, 1) if theirs else None,
        load=round(load, 2),
    )


def _shown(cells: Sequence[Cell]) -> Table:
    table = Table(title="One monitoring cycle of one window x 50 columns, beside Evidently's DataDriftPreset")
    for name in ("records", "cycle", "first cycle", "memory", "Evidently", "memory", "ratio", "load"):
        table.add_column(name, justify="right")
    for c in cells:
        ours = (f"{c.seconds:.3f} s", f"{c.first_seconds:.3f} s", f"+{c.peak_mb:,.0f} MB")
        theirs = (
            (f"{c.peer_seconds:.1f} s", f"+{c.peer_peak_mb:,.0f} MB", f"{c.ratio:,.0f}x") if c.ratio else 3 * ("-",)
        )
        table.add_row(f"{c.rows:,}", *ours, *theirs, f"{c.load:.1f}")
    table.caption = ", ".join(f"{name} {value}" for name, value in machine().items())
    return table


if __name__ == "__main__":
    main()

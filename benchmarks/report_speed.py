"""How long people wait for a verdict with its picture, beside Evidently drawing the same window directly.

Ours judges all rows by all checks and has Evidently draw a bounded sample of the most telling columns, with our
scores and limits in it. Evidently runs its DataDriftPreset on all rows and saves its page. `--quick` leaves out a
million rows.
"""

import argparse
import json
import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from statistics import median

from rich.console import Console
from rich.table import Table

from benchmarks.children import last_line

__all__ = ["Cell", "main"]

OURS, EVIDENTLY = {100_000: 6, 1_000_000: 6}, {100_000: 3, 1_000_000: 1}
"""Rounds by rows; the first of ours is told apart, as it waits for Evidently's import."""

TARGETS = {100_000: 7.0, 1_000_000: 90.0}
LARGEST_PAGE = 5.0
"""In MB."""


@dataclass(frozen=True, slots=True)
class Cell:
    """The figures of one size.

    Attributes:
        seconds: of verdict and page, the median of all rounds but the first.
        first_seconds: of the first, which waits until the drawing process has imported Evidently.
        evidently_seconds: of its run and page, the median.
        ratio: how many of ours fit into one of Evidently's.
        html_mb, evidently_html_mb: size of the pages.
    """

    rows: int
    columns: int
    seconds: float
    first_seconds: float
    evidently_seconds: float
    ratio: float
    target: float
    html_mb: float
    evidently_html_mb: float
    met: bool
    load: float


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure both sizes, show the table, and print the figures."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.report_speed", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="leave out a million rows, which take Evidently minutes")
    asked = parser.parse_args(arguments)
    cells = [_cell(rows) for rows in ([100_000] if asked.quick else OURS)]
    Console(width=110).print(_shown(cells))
    print(json.dumps({"cells": [asdict(cell) for cell in cells], "met": all(cell.met for cell in cells)}))


def _cell(rows: int) -> Cell:
    console, load = Console(stderr=True), os.getloadavg()[0]
    console.print(f"{rows:,} rows: ours ...")
    ours = json.loads(last_line("reporting", "ours", rows, OURS[rows]))
    console.print(f"  {median(ours['seconds'][1:]):.2f} s; Evidently directly ...")
    theirs = json.loads(last_line("reporting", "evidently", rows, EVIDENTLY[rows]))
    mine, direct = median(ours["seconds"][1:]), median(theirs["seconds"])
    return Cell(
        rows=rows,
        columns=50,
        seconds=round(mine, 3),
        first_seconds=round(ours["seconds"][0], 3),
        evidently_seconds=round(direct, 2),
        ratio=round(direct / mine, 1),
        target=TARGETS[rows],
        html_mb=round(ours["html_mb"], 2),
        evidently_html_mb=round(theirs["html_mb"], 2),
        met=direct / mine >= TARGETS[rows] and ours["html_mb"] <= LARGEST_PAGE,
        load=round(load, 2),
    )


def _shown(cells: Sequence[Cell]) -> Table:
    table = Table(title="Verdict and page of a window x 50 columns, beside Evidently")
    for name in ("rows", "ours", "first", "page", "Evidently", "page", "ratio", "target", "load"):
        table.add_column(name, justify="right")
    for c in cells:
        ours = (f"{c.seconds:.2f} s", f"{c.first_seconds:.2f} s", f"{c.html_mb:.2f} MB")
        theirs = (f"{c.evidently_seconds:.1f} s", f"{c.evidently_html_mb:.2f} MB")
        table.add_row(f"{c.rows:,}", *ours, *theirs, f"{c.ratio:.1f}x", f"{c.target:g}x", f"{c.load:.1f}")
    return table


if __name__ == "__main__":
    main()

"""Seconds for the drift scores of a window, beside five other projects on the same rows in the same run.

Every contender has one process of its own for all sizes, and in every round each scores once: first it takes in the
reference (cold is both), then the window against it (warm, as production does at every window). Frames are in memory
before the clock starts. What each computes stands at the head of its file in `benchmarks/contenders`. `--quick` leaves
out a million rows, which take half an hour.
"""

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median

from rich.console import Console
from rich.table import Table

from benchmarks.conversation import Worker
from benchmarks.drift_frames import draw
from benchmarks.machine import machine
from benchmarks.peers import environment_of

__all__ = ["Cell", "main"]

SIZES = dict.fromkeys((10_000, 100_000, 1_000_000), (10, 50))
LARGE = 1_000_000
ROUNDS, FEW_ROUNDS = 5, 2
SLOW = 60.0
"""A contender that takes longer than this many seconds runs in `FEW_ROUNDS` rounds only."""

CONTENDERS = {
    "watchkeeper": ("ours", "Contender"),
    "watchkeeper, categories": ("ours", "Category"),
    "watchkeeper, Arrow": ("ours", "Arrow"),
    "evidently": ("evidently", "Contender"),
    "nannyml": ("nannyml", "Contender"),
    "nannyml, JS alone": ("nannyml", "JensenShannon"),
    "whylogs": ("whylogs", "Contender"),
    "alibi-detect": ("alibi_detect", "Contender"),
    "scipy": ("scipy", "Contender"),
}
OURS, RIVAL = "watchkeeper", "evidently"
ELSEWHERE = ("nannyml", "whylogs", "alibi_detect")
"""Those that live in environments of their own."""

TARGETS = {10_000: (150.0, 40.0), 1_000_000: (450.0, 200.0)}
"""How many of ours, warm and cold, shall fit into one of Evidently's, by rows."""


@dataclass(frozen=True, slots=True)
class Cell:
    """The figures of one size.

    Attributes:
        warm, cold: seconds by contender, the median of its rounds.
        rounds: by contender.
        warm_ratio, cold_ratio: how many of ours fit into one of Evidently's.
        fastest_peer: of all other projects, warm or cold, as many times our seconds as its least is.
        met: whether the targets of this size are, and no peer is faster; without targets, only that.
        load: processes that wanted the processor in the minute before the first round.
    """

    rows: int
    columns: int
    warm: Mapping[str, float]
    cold: Mapping[str, float]
    rounds: Mapping[str, int]
    warm_ratio: float
    cold_ratio: float
    warm_target: float | None
    cold_target: float | None
    fastest_peer: float
    met: bool
    load: float


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure every size, show the tables, and print the figures."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.drift_speed", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="leave out a million rows, which take half an hour")
    parser.add_argument("--rows", type=int, nargs="+", choices=list(SIZES), default=list(SIZES))
    asked = parser.parse_args(arguments)
    sizes = [(rows, columns) for rows in asked.rows for columns in SIZES[rows] if not (asked.quick and rows == LARGE)]
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="watchkeeper-drift-")))
        workers = {name: stack.enter_context(_worker(*place)) for name, place in CONTENDERS.items()}
        cells = [_cell(workers, folder, *size) for size in sizes]
    console = Console(width=110)
    for kind in ("warm", "cold"):
        console.print(_shown(cells, kind))
    print(json.dumps({"cells": [asdict(c) for c in cells], "met": all(c.met for c in cells), "machine": machine()}))


def _worker(module: str, name: str) -> Worker:
    python = environment_of(module) if module in ELSEWHERE else Path(sys.executable)
    return Worker(python, "drift_worker", module, name)


def _cell(workers: Mapping[str, Worker], folder: Path, rows: int, columns: int) -> Cell:
    progress, load = Console(stderr=True), os.getloadavg()[0]
    progress.print(f"[bold]{rows:,} rows x {columns} columns[/bold]")
    sides = {"reference": 0, "window": 1}
    paths = {side: str(draw(folder / f"{side}.npz", rows, columns, seed)) for side, seed in sides.items()}
    for worker in workers.values():
        worker.ask(paths)
    seconds: dict[str, list[dict[str, float]]] = {name: [] for name in workers}
    for round_ in range(ROUNDS):
        for name, worker in workers.items():
            if round_ < FEW_ROUNDS or seconds[name][0]["cold"] < SLOW:
                seconds[name].append(worker.ask({}))
                progress.print(f"  round {round_ + 1}, {name}: {seconds[name][-1]['warm']:.4f} s warm")
    cell = _figures(rows, columns, seconds, load)
    progress.print(f"  {cell.warm_ratio:.0f}x Evidently warm, {cell.cold_ratio:.0f}x cold, load {load:.1f}")
    return cell


def _figures(rows: int, columns: int, seconds: Mapping[str, Sequence[Mapping[str, float]]], load: float) -> Cell:
    medians = {k: {name: median(s[k] for s in found) for name, found in seconds.items()} for k in ("warm", "cold")}
    ratios = {kind: times[RIVAL] / times[OURS] for kind, times in medians.items()}
    fastest = min(_least(times) / times[OURS] for times in medians.values())
    warm_target, cold_target = TARGETS.get(rows, (None, None))
    return Cell(
        rows=rows,
        columns=columns,
        warm={name: round(value, 5) for name, value in medians["warm"].items()},
        cold={name: round(value, 5) for name, value in medians["cold"].items()},
        rounds={name: len(found) for name, found in seconds.items()},
        warm_ratio=round(ratios["warm"], 1),
        cold_ratio=round(ratios["cold"], 1),
        warm_target=warm_target,
        cold_target=cold_target,
        fastest_peer=round(fastest, 2),
        met=ratios["warm"] >= (warm_target or 0) and ratios["cold"] >= (cold_target or 0) and fastest > 1,
        load=round(load, 2),
    )


def _least(times: Mapping[str, float]) -> float:
    return min(value for name, value in times.items() if not name.startswith(OURS))


def _shown(cells: Sequence[Cell], kind: str) -> Table:
    table = Table(title=f"Seconds for the drift scores of a window, {kind}")
    table.add_column("contender")
    for cell in cells:
        table.add_column(f"{cell.rows:,} x {cell.columns}", justify="right")
    for name in CONTENDERS:
        table.add_row(name, *(f"{getattr(cell, kind)[name]:.4g}" for cell in cells))
    targets = [getattr(cell, f"{kind}_target") for cell in cells]
    table.add_row("Evidently / Watchkeeper", *(f"{getattr(cell, f'{kind}_ratio'):.0f}x" for cell in cells))
    table.add_row("target", *("" if target is None else f"{target:.0f}x" for target in targets))
    return table


if __name__ == "__main__":
    main()

"""What one look costs after a month of one-minute windows, and at other lengths.

`python -m benchmarks.window_lengths [--quick]`. A model of 15 columns is trained. What thirty days of looks leave
behind is written in one go: every window has its profile, its verdict and its measures, as a real look wrote them.
Then real looks at the windows that follow are timed. The first of them makes the sums by hour and day, which
otherwise are made one by one as time goes by.
"""

import argparse
import json
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from statistics import median

from rich.console import Console
from rich.table import Table

from benchmarks.length_house import FIRST, MODEL, house_of, live, serve
from watchkeeper.domain.intervals import Interval, interval_ending
from watchkeeper.domain.reaches import held_against
from watchkeeper.story.baselines import recall_anchor
from watchkeeper.story.house import House
from watchkeeper.story.watching import look

GONE = {"1m": timedelta(days=30), "1h": timedelta(days=30), "1d": timedelta(days=90), "30d": timedelta(days=360)}
A_WINDOW = {"1m": 100, "1h": 1_000, "1d": 5_000, "30d": 20_000}
"""Records a window."""

LOOKS, QUICK = 10, ("1m", "30d")
TARGET = 1.0
"""Seconds of computing: a look at a minute that takes longer leaves no time for other models."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What looks at windows of one length cost."""

    every: str
    windows: int
    read: int
    first: float
    later: float
    computing: float
    kilobytes: float


def measured(every: str, folder: Path) -> Cost:
    """Thirty days of windows of one length, and the looks after them."""
    house = house_of(folder, every)
    spec, step = house.model(MODEL), house.model(MODEL).every
    begins = interval_ending(FIRST, step)
    for number in range(-1, LOOKS + 1):
        serve(house, begins.shifted(number * step), A_WINDOW[every])
    count = GONE[every] // step
    live(house, look(house, spec, begins), count)
    windows = [begins.shifted(step * n) for n in range(1, LOOKS + 1)]
    anchor = recall_anchor(house, spec, 1, windows[0])
    size = _size(folder)
    seconds, computing = zip(*[_seconds(house, window) for window in windows], strict=True)
    read = len(house.predictions.sums(MODEL, held_against(windows[-1]), step)) + len(anchor.windows)
    grown = (_size(folder) - size) / LOOKS / 1e3
    return Cost(every, count, read, seconds[0], median(seconds[1:]), median(computing[1:]), grown)


def _size(folder: Path) -> int:
    """Bytes that the house takes, without its records."""
    return sum(f.stat().st_size for f in (folder / "kept").rglob("*") if f.is_file() and f.suffix != ".parquet")


def _seconds(house: House, window: Interval) -> tuple[float, float]:
    """How long a look takes, and for how long of that it computes."""
    begun, computed = time.perf_counter(), time.process_time()
    look(house, house.model(MODEL), window)
    return time.perf_counter() - begun, time.process_time() - computed


def _shown(costs: list[Cost]) -> Table:
    table = Table(title="One look, after windows of one length")
    for name in (
        "every",
        "windows gone by",
        "profiles read",
        "first look [s]",
        "later [s]",
        "computing [s]",
        "kept [kB]",
    ):
        table.add_column(name, justify="right")
    for c in costs:
        cells = (
            f"{c.windows:,}",
            str(c.read),
            f"{c.first:.2f}",
            f"{c.later:.3f}",
            f"{c.computing:.3f}",
            f"{c.kilobytes:,.0f}",
        )
        table.add_row(c.every, *cells)
    return table


def main() -> None:
    """Measure, show, and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="minutes and months alone")
    lengths = QUICK if parser.parse_args().quick else tuple(A_WINDOW)
    costs = []
    for every in lengths:
        sys.stderr.write(f"windows of {every}\n")
        with tempfile.TemporaryDirectory() as folder:
            costs.append(measured(every, Path(folder) / "house"))
    Console().print(_shown(costs))
    minutes = costs[0]
    names = ("first", "later", "computing", "kilobytes")
    figures = {c.every: {"read": c.read} | {name: round(getattr(c, name), 3) for name in names} for c in costs}
    print(
        json.dumps(
            {"benchmark": "window-lengths", "looks": figures, "target": TARGET, "met": minutes.computing <= TARGET}
        )
    )


if __name__ == "__main__":
    main()

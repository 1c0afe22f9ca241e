"""Drift scores of a window of a million records x 50 columns straight from Parquet, beside pyarrow's own read of it.

Ours reads through the prediction store as a look at a window does: ids surveyed, times held against the interval, all
columns counted, and every distance from a fitted reference computed. Pyarrow reads the same columns into one table,
texts as they are and as dictionaries, and computes nothing. Each has a fresh process, which reads a small file first,
so that libraries which load late do not count as memory. The scores must be those of the same rows in memory.
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

__all__ = ["Reading", "main"]

COLUMNS, ROUNDS = 50, 3
MOST_MB = 64.0
READERS = {"watchkeeper": "ours", "pyarrow": "arrow", "pyarrow, dictionaries": "dictionaries"}


@dataclass(frozen=True, slots=True)
class Reading:
    """The figures of one reader.

    Attributes:
        seconds: of a whole pass over the file, the median.
        cpu_seconds: of the processor in it, the median.
        peak_mb: by how much memory grew at most, over what was in use before.
    """

    seconds: float
    cpu_seconds: float
    peak_mb: float


def main(arguments: Sequence[str] | None = None) -> None:
    """Write the file, let every reader read it, show the table, and print the figures."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.drift_parquet", description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    asked = parser.parse_args(arguments)
    progress = Console(stderr=True)
    with tempfile.TemporaryDirectory(prefix="watchkeeper-parquet-") as place:
        progress.print(f"writing {asked.rows:,} records x {COLUMNS} columns ...")
        file = json.loads(last_line("drift_reading", "write", place, asked.rows, COLUMNS))
        load = os.getloadavg()[0]
        found = {}
        for name, kind in READERS.items():
            progress.print(f"{name} reads ...")
            found[name] = json.loads(last_line("drift_reading", kind, place, ROUNDS))
    readings = {name: _reading(told) for name, told in found.items()}
    same = found["watchkeeper"]["scores"] == file["scores"]
    met = same and readings["watchkeeper"].peak_mb <= MOST_MB
    Console(width=110).print(_shown(readings, file["mb"], asked.rows))
    figures = {
        "rows": asked.rows,
        "columns": COLUMNS,
        "file_mb": file["mb"],
        "same_scores": same,
        "load": round(load, 2),
    }
    figures |= {"readers": {name: asdict(r) for name, r in readings.items()}, "target_mb": MOST_MB, "met": met}
    print(json.dumps(figures | {"machine": machine()}))


def _reading(told: dict[str, list[float]]) -> Reading:
    return Reading(round(median(told["seconds"]), 3), round(median(told["cpu"]), 3), round(max(told["peak_mb"]), 1))


def _shown(readings: dict[str, Reading], file_mb: float, rows: int) -> Table:
    table = Table(title=f"{rows:,} records x {COLUMNS} columns from one Parquet file of {file_mb:.0f} MB")
    for name in ("reader", "seconds", "processor", "memory"):
        table.add_column(name, justify="left" if name == "reader" else "right")
    for name, r in readings.items():
        table.add_row(name, f"{r.seconds:.2f} s", f"{r.cpu_seconds:.2f} s", f"+{r.peak_mb:,.0f} MB")
    table.caption = f"ours with every distance of every column; at most +{MOST_MB:g} MB is the target"
    return table


if __name__ == "__main__":
    main()

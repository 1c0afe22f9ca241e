"""What logging a prediction costs the host, beside what else it may be logged with: `python -m benchmarks.logger`.

One process, 20 features (16 numbers, 4 texts), a healthy sink, 5,000 records a second in bursts of 1,000, or as many
as a contender can take. A call's time is what a clock around it says, less what the clock says around nothing;
processor time is all of the process, its threads and children, less that of the loop alone, until everything is
written. Every contender has a fresh process in every round; figures are medians of the rounds.
"""

import argparse
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from statistics import median

from rich.console import Console
from rich.table import Table

from benchmarks.children import last_line
from benchmarks.logging_contenders import CONTENDERS
from benchmarks.machine import machine
from benchmarks.peers import environment_of

RECORDS, RATE, LONGEST = 50_000, 5_000, 12.0
ROUNDS, QUICK_ROUNDS = 3, 1
OURS, LOOP = "watchkeeper", "nothing"
TARGETS = {"p50_us": 1.0, "p99_us": 10.0, "cpu_us": 5.0}
FIGURES = ("p50_ns", "p99_ns", "p999_ns", "cpu_us")

Figures = dict[str, float]


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure all, show the table, and print the figures."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.logger", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="one round")
    rounds = QUICK_ROUNDS if parser.parse_args(arguments).quick else ROUNDS
    pythons = {name: environment_of("whylogs") if "whylogs" in name else Path(sys.executable) for name in CONTENDERS}
    load = os.getloadavg()[0]
    found: dict[str, list[Figures]] = {name: [] for name in CONTENDERS}
    for number in range(rounds):
        for name, python in pythons.items():
            Console(stderr=True).print(f"round {number + 1}, {name}")
            found[name].append(json.loads(last_line("logger_worker", name, RECORDS, RATE, LONGEST, python=python)))
    medians = {name: {key: median(one[key] for one in all_) for key in FIGURES} for name, all_ in found.items()}
    costs = {name: _cost(figures, medians[LOOP]) for name, figures in medians.items() if name != LOOP}
    Console(width=110).print(_shown(costs))
    met = all(costs[OURS][name] <= target for name, target in TARGETS.items())
    sizes = {name: found[name][0]["records"] for name in costs}
    print(
        json.dumps(
            {"costs": costs, "records": sizes, "rounds": rounds, "targets": TARGETS, "met": met, "load": load}
            | {"machine": machine()}
        )
    )


def _cost(figures: Figures, loop: Figures) -> Figures:
    """Microseconds, without those of the loop and its clock."""
    clock = loop["p50_ns"]
    times = {name.replace("_ns", "_us"): round((figures[name] - clock) / 1e3, 2) for name in FIGURES[:3]}
    return times | {"cpu_us": round(figures["cpu_us"] - loop["cpu_us"], 2)}


def _shown(costs: dict[str, Figures]) -> Table:
    table = Table(title="Microseconds to log a prediction of 20 features")
    table.add_column("logged with")
    for head in ("call, median", "99 %", "99.9 %", "processor a record"):
        table.add_column(head, justify="right")
    for name, cost in costs.items():
        table.add_row(name, *(f"{value:,.2f}" for value in cost.values()))
    table.add_row("target", f"{TARGETS['p50_us']}", f"{TARGETS['p99_us']}", "", f"{TARGETS['cpu_us']}")
    return table


if __name__ == "__main__":
    main()

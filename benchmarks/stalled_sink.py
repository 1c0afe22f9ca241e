"""A host whose store stalls for ten minutes: `python -m benchmarks.stalled_sink`.

Records of 20 features come one by one, 1,000 a second on the real clock: for a minute with a healthy store, ten with
one that keeps every write waiting, and one more with a store that answers again. The buffer takes 50,000 rows, the
default, and is full after less than a minute. `--quick` stalls for 30 seconds, with a buffer of 5,000.

A machine is not the same for twelve minutes: every record also goes to a second logger whose store is healthy all the
time, in turns before and after the other one, and calls are held against those.
"""

import argparse
import gc
import json
import time
from array import array
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from tempfile import TemporaryDirectory

import numpy as np
from rich.console import Console
from rich.table import Table

from benchmarks.logger_worker import rows
from benchmarks.machine import machine
from benchmarks.memory import forget_peak, peak_mb
from benchmarks.stalls import ANSWERS, rows_in
from watchkeeper.serving import PredictionLogger

RATE = 1_000
HEALTHY, STALL, CAPACITY = 60.0, 600.0, 50_000
QUICK_HEALTHY, QUICK_STALL, QUICK_CAPACITY = 15.0, 30.0, 5_000
WITHIN_NOISE = 1.5
"""The 99th percentile of calls may be so many times that of the second logger's at the same time."""

ROW_KB = 2.5
"""Memory that a waiting row of 20 features may take."""


@dataclass(frozen=True, slots=True)
class Phase:
    """One stretch of time.

    Attributes:
        p50_us, p99_us: of its calls.
        twin_p50_us, twin_p99_us: of the second logger's.
        memory_mb: by how much the process had grown at most since the beginning.
    """

    name: str
    records: int
    p50_us: float
    p99_us: float
    twin_p50_us: float
    twin_p99_us: float
    memory_mb: float


def main(arguments: Sequence[str] | None = None) -> None:
    """Stall the store, show what calls cost, and print the figures."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.stalled_sink", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="stall for half a minute")
    quick = parser.parse_args(arguments).quick
    healthy, stall, capacity = (QUICK_HEALTHY, QUICK_STALL, QUICK_CAPACITY) if quick else (HEALTHY, STALL, CAPACITY)
    with TemporaryDirectory(prefix="watchkeeper-twin-") as folder:
        logger = PredictionLogger("stalling://bench", "bench", capacity=capacity, every=1.0)
        both = (logger, PredictionLogger(folder, "bench", capacity=capacity, every=1.0))
        ANSWERS.set()
        for one in both:
            one.log("warm", "user", 1, rows()[0], 0.5)
            one.flush(60)
        gc.collect()
        before = forget_peak()
        phases = [_phase("healthy", both, healthy, before)]
        ANSWERS.clear()
        phases += [
            _phase("stalled, filling", both, stall / 5, before),
            _phase("stalled, full", both, stall * 4 / 5, before),
        ]
        in_stall = logger.counts()
        ANSWERS.set()
        phases.append(_phase("answering again", both, healthy, before))
        for one in both:
            one.close(60)
    Console(width=110).print(_shown(phases))
    figures = _figures(logger, phases, capacity) | {"stall_seconds": stall, "pending_in_stall": in_stall.pending}
    print(json.dumps(figures | {"machine": machine()}))


def _phase(name: str, both: tuple[PredictionLogger, PredictionLogger], seconds: float, before: float) -> Phase:
    asked, clock, records = rows(), time.perf_counter_ns, int(seconds * RATE)
    spent, began = [array("q", bytes(8 * records)) for _ in both], time.perf_counter()
    turns = tuple(zip(both, spent, strict=True))
    orders = turns, turns[::-1]  # the first call after a pause takes longer, whoever's it is
    for n in range(records):
        row, identity = asked[n % len(asked)], f"{name}-{n}"
        time.sleep(max(0.0, began + n / RATE - time.perf_counter()))
        for logger, times in orders[n % 2]:
            start = clock()
            logger.log(identity, "user", 1, row, 0.5, latency_ms=3.5)
            times[n] = clock() - start
    found = [np.quantile(np.frombuffer(times, np.int64), (0.5, 0.99)).tolist() for times in spent]
    p50, p99, twin_p50, twin_p99 = (round(quantile / 1e3, 2) for quantiles in found for quantile in quantiles)
    return Phase(name, records, p50, p99, twin_p50, twin_p99, round(peak_mb() - before, 1))


def _figures(logger: PredictionLogger, phases: Sequence[Phase], capacity: int) -> dict[str, object]:
    counts, there = logger.counts(), rows_in("predictions")
    produced = 1 + sum(phase.records for phase in phases)
    exact = counts.produced == produced == counts.delivered + counts.dropped and counts.delivered == there
    healthy, filling, full, _ = phases
    bound = capacity * ROW_KB / 1024
    ratio = max(phase.p99_us / phase.twin_p99_us for phase in (filling, full))
    grown = full.memory_mb - filling.memory_mb
    return {
        "phases": [asdict(phase) for phase in phases],
        "counts": asdict(counts),
        "reasons": {reason: rows for reason, rows in logger.totals().reasons.items() if rows},
        "rows_in_store": there,
        "accounting_exact": exact,
        "p99_ratio": round(ratio, 2),
        "memory_mb": full.memory_mb - healthy.memory_mb,
        "memory_grown_once_full_mb": round(grown, 1),
        "targets": {"p99_ratio": WITHIN_NOISE, "memory_mb": round(bound, 1), "accounting_exact": True},
        "met": exact and ratio <= WITHIN_NOISE and full.memory_mb - healthy.memory_mb <= bound,
    }


def _shown(phases: Sequence[Phase]) -> Table:
    table = Table(title="A host whose store stalls")
    for head in ("store", "records", "call, median", "99 %", "twin's median", "its 99 %", "memory"):
        table.add_column(head, justify="left" if head == "store" else "right")
    for p in phases:
        times = (f"{value:.2f} us" for value in (p.p50_us, p.p99_us, p.twin_p50_us, p.twin_p99_us))
        table.add_row(p.name, f"{p.records:,}", *times, f"+{p.memory_mb:.0f} MB")
    return table


if __name__ == "__main__":
    main()

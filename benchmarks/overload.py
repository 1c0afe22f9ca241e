"""More records than a logger takes: 100,000 a second for a minute: `python -m benchmarks.overload`.

One process offers records of 20 features in bursts of 1,000 on the real clock, to a logger as it comes: at most a
quarter of a core for its thread, 50,000 rows that may wait. What it cannot take within that is dropped and counted.
"""

import argparse
import gc
import json
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import pyarrow.parquet as pq
from rich.console import Console

from benchmarks.logger_worker import rows
from benchmarks.machine import machine
from benchmarks.memory import forget_peak, peak_mb
from watchkeeper.serving import PredictionLogger

RATE, SECONDS, QUICK_SECONDS, BURST = 100_000, 60.0, 10.0, 1_000
OVERHEAD = 0.25
ROW_KB = 2.5


def main(arguments: Sequence[str] | None = None) -> None:
    """Offer them, and print what became of them."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.overload", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="ten seconds")
    seconds = QUICK_SECONDS if parser.parse_args(arguments).quick else SECONDS
    with tempfile.TemporaryDirectory(prefix="watchkeeper-overload-") as folder:
        logger = PredictionLogger(folder, "bench", overhead=OVERHEAD)
        logger.log("warm", "user", 1, rows()[0], 0.5)
        logger.flush(60)
        gc.collect()
        before, spent = forget_peak(), logger.seconds
        took = _offer(logger, int(seconds * RATE))
        share, memory = (logger.seconds - spent) / took, peak_mb() - before
        logger.close(60)
        there = sum(pq.read_metadata(file).num_rows for file in Path(folder).glob("bench/predictions/*/*.parquet"))
        accounts = [json.loads(file.read_text()) for file in Path(folder).glob("bench/accounts/*/*.json")]
    figures = _figures(logger, int(seconds * RATE), there, accounts)
    figures |= {"seconds": round(took, 1), "offered_a_second": round(seconds * RATE / took)}
    figures |= {"thread_share": round(share, 3), "memory_mb": round(memory, 1)}
    bound = logger_bound()
    met = bool(figures["accounting_exact"]) and bool(figures["stated"]) and memory <= bound and share <= OVERHEAD * 1.2
    targets = {"offered_a_second": RATE, "thread_share": OVERHEAD, "memory_mb": bound, "accounting_exact": True}
    met = met and seconds * RATE / took >= RATE * 0.95
    Console(width=110).print(figures)
    print(json.dumps(figures | {"targets": targets, "met": met, "machine": machine()}))


def logger_bound() -> float:
    """Megabytes that the waiting rows and the batch on its way may take."""
    return 2 * 50_000 * ROW_KB / 1024


def _offer(logger: PredictionLogger, records: int) -> float:
    asked, began = rows(), time.perf_counter()
    for start in range(0, records, BURST):
        time.sleep(max(0.0, began + start / RATE - time.perf_counter()))
        for n in range(start, start + BURST):
            logger.log(f"request-{n}", "user", 1, asked[n % len(asked)], 0.5, latency_ms=3.5)
    return time.perf_counter() - began


def _figures(
    logger: PredictionLogger, offered: int, there: int, accounts: Sequence[dict[str, int]]
) -> dict[str, object]:
    counts, reasons = logger.counts(), logger.totals().reasons
    told = {name: sum(account[name] for account in accounts) for name in ("produced", "delivered", "dropped")}
    exact = counts.produced == offered + 1 == counts.delivered + counts.dropped and counts.delivered == there
    return {
        "counts": asdict(counts),
        "reasons": {reason: rows for reason, rows in reasons.items() if rows},
        "rows_on_disk": there,
        "accounts": told,
        "accounting_exact": exact,
        "stated": told["dropped"] == counts.dropped == sum(reasons.values()),
    }


if __name__ == "__main__":
    main()

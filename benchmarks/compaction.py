"""What compacting a day of small files gains: files, bytes, and how long a window of that day takes to read.

`python -m benchmarks.compaction [--quick]`: one model of twenty numbers and five categories, a file of each of some
hosts every ten seconds. Ends with one line of JSON.
"""

import json
import statistics
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa

from watchkeeper.adapters.parquet_predictions import ParquetPredictions
from watchkeeper.domain.intervals import Interval
from watchkeeper.ports import Look
from watchkeeper.profiles import Kind
from watchkeeper.serving.tables import MICROSECOND

DAY = Interval(datetime(2026, 1, 5, tzinfo=UTC), datetime(2026, 1, 6, tzinfo=UTC))
NUMBERS, WORDS = 20, 5
KINDS = {f"x{n}": Kind.NUMERIC for n in range(NUMBERS)} | {f"w{n}": Kind.CATEGORICAL for n in range(WORDS)}
ROWS = 200
"""Records of a file: what a host of twenty requests a second writes every ten seconds."""

LOOKS = 3


def records(number: int, files: int) -> pa.Table:
    """One small file."""
    draw = np.random.default_rng(number)
    begin = int(DAY.start.timestamp() * 1e6) + number * 86_000_000_000 // files
    columns = {
        "_id": pa.array([f"{draw.integers(1 << 62):016x}" for _ in range(ROWS)]),
        "_at": pa.array(begin + np.sort(draw.integers(0, 10_000_000, ROWS))).cast(MICROSECOND),
        "_key": pa.array([f"k{draw.integers(100_000)}" for _ in range(ROWS)]),
        "_version": pa.array(np.full(ROWS, 3)),
        "_prediction": pa.array(draw.beta(2, 6, ROWS)),
        "_latency_ms": pa.array(draw.gamma(4, 2, ROWS)),
    }
    numbers = {f"x{n}": pa.array(draw.normal(50, 10, ROWS).round(n % 4)) for n in range(NUMBERS)}
    words = {f"w{n}": pa.array(draw.choice([f"word {w}" for w in range(20)], ROWS)) for n in range(WORDS)}
    return pa.table(columns | numbers | words)


def seconds_to_read(store: ParquetPredictions) -> tuple[float, int]:
    """The median time of a look at the day, and the records it finds."""
    look, taken, rows = Look("m", DAY, KINDS, {}, DAY), [], 0
    for _ in range(LOOKS):
        begun = time.perf_counter()
        rows = store.window(look).rows
        taken.append(time.perf_counter() - begun)
    return statistics.median(taken), rows


def size_of(root: Path) -> tuple[int, int]:
    """How many files there are, and their bytes."""
    files = [*root.glob("m/predictions/day=*/*.parquet")]
    return len(files), sum(file.stat().st_size for file in files)


def measured(root: Path, files: int) -> dict[str, float]:
    """A day of small files before and after."""
    store = ParquetPredictions(root, grace=timedelta(0))
    for number in range(files):
        store.append("m", records(number, files))
    (many, large), (slow, found) = size_of(root), seconds_to_read(store)
    begun = time.perf_counter()
    done = store.compact("m", DAY.end + timedelta(days=2))
    took = time.perf_counter() - begun
    store.compact("m", DAY.end + timedelta(days=2))
    (few, small), (fast, still) = size_of(root), seconds_to_read(store)
    if not found == still == done.rows == files * ROWS:
        raise SystemExit(f"records were lost: {found}, {still}, {done.rows}")
    return {
        "records": found,
        "files_before": many,
        "files_after": few,
        "megabytes_before": round(large / 1e6, 2),
        "megabytes_after": round(small / 1e6, 2),
        "bytes_ratio": round(large / small, 2),
        "read_s_before": round(slow, 3),
        "read_s_after": round(fast, 3),
        "read_ratio": round(slow / fast, 1),
        "compaction_s": round(took, 2),
    }


def main() -> None:
    """Measure once and say so."""
    files = 200 if "--quick" in sys.argv else 1_000
    with tempfile.TemporaryDirectory() as folder:
        sys.stdout.write(json.dumps({"benchmark": "compaction", **measured(Path(folder), files)}) + "\n")


if __name__ == "__main__":
    main()

"""A host that logs until it is killed: `python -m benchmarks.kill_worker RECORDS STATE SAID BATCH EVERY RATE LIFE`.

After every call it writes down how many records it has logged, into memory that outlives it.
"""

import mmap
import sys
import time
from pathlib import Path

from benchmarks.logger_worker import rows
from watchkeeper.serving import PredictionLogger


def log_for_ever(arguments: list[str]) -> None:
    """Never comes back."""
    records, state, said, batch, every, rate, life = arguments
    logger = PredictionLogger(records, "bench", batch=int(batch), every=float(every), state=Path(state))
    with Path(said).open("r+b") as file:
        done = memoryview(mmap.mmap(file.fileno(), 8)).cast("q")
    asked, began, n = rows(), time.perf_counter(), 0
    while True:
        logger.log(f"{life}-{n}", "user", 1, asked[n % len(asked)], 0.5)
        n += 1
        done[0] = n
        time.sleep(max(0.0, began + n / float(rate) - time.perf_counter()))


if __name__ == "__main__":
    log_for_ever(sys.argv[1:])

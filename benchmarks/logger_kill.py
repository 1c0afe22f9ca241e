"""Hosts that are killed while they log: `python -m benchmarks.logger_kill`.

In every life a fresh process logs 500 records a second, writing twice a second, with a batch of 2,000, and is killed
with SIGKILL at a moment drawn evenly from the five seconds after its first record. Then everything delivered is read
in full, and a new logger of the same place says what was lost; the host itself wrote down how many records it logged.
"""

import argparse
import json
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import pyarrow.parquet as pq
from rich.console import Console

from benchmarks.children import PROJECT
from benchmarks.machine import machine
from watchkeeper.serving import PredictionLogger

LIVES, QUICK_LIVES = 40, 8
BATCH, EVERY, RATE, LONGEST = 2_000, 0.5, 500, 5.0


def main(arguments: Sequence[str] | None = None) -> None:
    """Kill hosts, and print what was lost and counted."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.logger_kill", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="eight lives")
    lives = QUICK_LIVES if parser.parse_args(arguments).quick else LIVES
    draw = random.Random(7)  # noqa: S311 - when to kill
    with tempfile.TemporaryDirectory(prefix="watchkeeper-kill-") as folder:
        found = [_life(Path(folder), life, draw.uniform(0, LONGEST)) for life in range(lives)]
        files, broken = _readable(Path(folder))
        accounts = [json.loads(file.read_text()) for file in Path(folder).glob("records/bench/accounts/*/*.json")]
    lost, told = [one[0] for one in found], [one[1] for one in found]
    wrong = sum(not missing <= said <= missing + 1 for missing, said in found)
    figures = {
        "kills": lives,
        "files": files,
        "unreadable": broken,
        "batch": BATCH,
        "largest_loss": max(lost),
        "median_loss": sorted(lost)[lives // 2],
        "lost": sum(lost),
        "counted_on_restart": sum(told),
        "kills_counted_wrongly": wrong,
        "in_accounts": sum(account["lost_by_kill"] for account in accounts),
    }
    Console(width=110).print(figures)
    met = not broken and max(lost) <= BATCH and not wrong and figures["in_accounts"] == sum(told)
    targets = {"unreadable": 0, "largest_loss": BATCH, "kills_counted_wrongly": 0}
    print(json.dumps(figures | {"targets": targets, "met": met, "machine": machine()}))


def _life(folder: Path, life: int, after: float) -> tuple[int, int]:
    """Records that are missing after a kill, and how many the next logger says are; one may have been on its way."""
    said = folder / f"said-{life}"
    said.write_bytes(bytes(8))
    records, state = folder / "records", folder / "state"
    settings = (records, state, said, BATCH, EVERY, RATE, life)
    host = subprocess.Popen([sys.executable, "-m", "benchmarks.kill_worker", *map(str, settings)], cwd=PROJECT)
    while not any(said.read_bytes()):
        time.sleep(0.01)
    time.sleep(after)
    host.send_signal(signal.SIGKILL)
    host.wait()
    missing = int.from_bytes(said.read_bytes(), sys.byteorder) - _delivered(records, f"{life}-")
    heir = PredictionLogger(records, "bench", state=state)
    heir.close(60)
    return max(0, missing), heir.lost_by_kill


def _delivered(records: Path, prefix: str) -> int:
    files = records.glob("bench/predictions/*/*.parquet")
    return sum(
        name.startswith(prefix) for file in files for name in pq.read_table(file, columns=["_id"])["_id"].to_pylist()
    )


def _readable(folder: Path) -> tuple[int, int]:
    """Files that were delivered, and how many of them cannot be read to their end."""
    files, broken = [*folder.glob("records/bench/*/*/*.parquet")], 0
    for file in files:
        try:
            pq.ParquetFile(file, page_checksum_verification=True).read()
        except (OSError, ValueError):
            broken += 1
    return len(files), broken


if __name__ == "__main__":
    main()

"""Compaction beside readers, and killed anywhere: nothing is lost and nothing counts twice."""

import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.contracts.records import NOON, day_files, look, records
from tests.contracts.small_files import LATER, NOW, found, sown
from watchkeeper.adapters.parquet_predictions import ParquetPredictions
from watchkeeper.domain.keeping import Compaction

ROOT = Path(__file__).parents[2]


@contextmanager
def compacting(root: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Another process that compacts."""
    command = [sys.executable, "-m", "tests.contracts.small_files", str(root)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) as child:
        yield child
        child.kill()


def test_a_kill_at_any_moment_loses_nothing_and_the_next_run_goes_on(tmp_path: Path) -> None:
    before = found(sown(tmp_path, files=12))
    store = ParquetPredictions(tmp_path, grace=NOW)
    killed = 0
    for attempt in range(5):
        with compacting(tmp_path) as child:
            _wait_for(tmp_path, len(_made(tmp_path)) + 1, child)
            time.sleep(0.004 * attempt)
            child.send_signal(signal.SIGKILL)
        killed += child.returncode == -signal.SIGKILL
        assert found(store) == before
    while store.compact("flights", LATER) != Compaction():
        assert found(store) == before
    assert killed
    assert found(store) == before
    assert len(day_files(tmp_path)) == len(_made(tmp_path))


def _made(root: Path) -> list[Path]:
    return [*root.glob("flights/predictions/*/*-compact-*")]


def _wait_for(root: Path, count: int, child: subprocess.Popen[bytes]) -> None:
    """Until it has begun to put files in the place of others, or has nothing to do."""
    while child.poll() is None and len(_made(root)) < count:
        time.sleep(0.002)


def test_a_run_stopped_while_it_removes_goes_on_removing(tmp_path: Path) -> None:
    before = found(sown(tmp_path))
    ParquetPredictions(tmp_path).compact("flights", LATER)
    for file in [file for file in day_files(tmp_path) if "-compact-" not in file.name][::2]:
        file.unlink()
    store = ParquetPredictions(tmp_path, grace=NOW)
    assert found(store) == before
    assert store.compact("flights", LATER).removed
    assert found(store) == before


def test_a_reader_beside_it_finds_every_record_once_at_every_look(tmp_path: Path) -> None:
    store = sown(tmp_path, files=6)
    for number in range(40):
        store.append("flights", records([f"n{number}"], NOON))
    rows, seen, done = store.window(look()).rows, [], threading.Event()

    def read() -> None:
        while not done.is_set():
            window = store.window(look())
            seen.append((window.rows, window.trouble))

    readers = [threading.Thread(target=read) for _ in range(2)]
    for reader in readers:
        reader.start()
    try:
        while store.compact("flights", LATER) != Compaction():
            time.sleep(0.05)
    finally:
        done.set()
        for reader in readers:
            reader.join()
    assert len(seen) > len(readers)
    assert set(seen) == {(rows, ())}

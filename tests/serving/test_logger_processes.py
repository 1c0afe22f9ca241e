"""What is on disk after the end of a process, whichever way it ended."""

import signal
import subprocess
import sys
import time
from pathlib import Path

import pyarrow.parquet as pq

LOG_FOR_EVER = """
import sys, time
from watchkeeper.serving import PredictionLogger
logger = PredictionLogger(sys.argv[1], "flights", batch=20, every=0.001)
n = 0
while True:
    logger.log(f"r{n}", "k", 1, {"n": n, "carrier": "AA"}, 0.5)
    n += 1
    time.sleep(0.0002)
"""

LOG_AND_END = """
import sys
from watchkeeper.serving import PredictionLogger
logger = PredictionLogger(sys.argv[1], "flights")
logger.log("r1", "k", 1, {"n": 1}, 0.5)
"""

LOG_AND_FORK = """
import os, sys
from watchkeeper.serving import PredictionLogger
logger = PredictionLogger(sys.argv[1], "flights", every=3600)
logger.log("parent", "k", 1, {}, 0.5)
child = os.fork()
if child == 0:
    assert logger.counts().produced == 0
    logger.log("child", "k", 1, {}, 0.5)
    os._exit(0 if logger.close() and logger.delivered == 1 else 1)
assert os.waitpid(child, 0)[1] == 0
assert logger.flush() and logger.delivered == 1
"""

FORK_WHILE_WRITING = """
import os, sys
from watchkeeper.serving import PredictionLogger
logger = PredictionLogger(sys.argv[1], "flights", batch=20, every=0.001)
for life in range(8):
    for n in range(100):
        logger.log(f"{life}-{n}", "k", 1, {"n": n, "x": n / 2}, 0.5)
    child = os.fork()
    if child == 0:
        logger.log(f"child-{life}", "k", 1, {"n": 1, "x": 0.5}, 0.5)
        os._exit(0 if logger.close(30) and logger.delivered == 1 else 1)
    assert os.waitpid(child, 0)[1] == 0
assert logger.close()
"""

LOG_TO_A_STORE_WITH_THREADS = """
import concurrent.futures, sys
import fsspec
from fsspec.implementations.local import LocalFileSystem
from watchkeeper.serving import PredictionLogger
class Threaded(LocalFileSystem):
    protocol = "threaded"
    def pipe_file(self, path, value, **kwargs):
        with concurrent.futures.ThreadPoolExecutor(1) as pool:
            pool.submit(super().pipe_file, path, value, **kwargs).result()
fsspec.register_implementation("threaded", Threaded)
logger = PredictionLogger("threaded://" + sys.argv[1], "flights", every=3600)
logger.log("r1", "k", 1, {"n": 1}, 0.5)
"""

LOG_TO_A_STORE_THAT_STALLS = """
import sys, threading
import fsspec
from fsspec.implementations.memory import MemoryFileSystem
from watchkeeper.serving import PredictionLogger
class Stalled(MemoryFileSystem):
    protocol = "stalled"
    def pipe_file(self, path, value, **kwargs):
        threading.Event().wait()
fsspec.register_implementation("stalled", Stalled)
loggers = [PredictionLogger("stalled://a", f"flights-{n}", exit_within=0.5) for n in range(4)]
for logger in loggers:
    logger.log("r1", "k", 1, {"n": 1}, 0.5)
"""


def ids(root: Path) -> list[str]:
    files = root.glob("flights/predictions/day=*/*.parquet")
    return [name for file in files for name in pq.ParquetFile(file).read(["_id"]).column(0).to_pylist()]


def run(script: str, root: Path) -> None:
    subprocess.run(
        [sys.executable, "-W", "ignore::DeprecationWarning", "-c", script, str(root)], check=True, timeout=60
    )


def test_a_kill_leaves_every_delivered_file_readable_and_whole(tmp_path: Path) -> None:
    host = subprocess.Popen([sys.executable, "-c", LOG_FOR_EVER, str(tmp_path)])
    try:
        end = time.monotonic() + 30
        while len(list(tmp_path.glob("flights/predictions/day=*/*.parquet"))) < 20 and time.monotonic() < end:
            time.sleep(0.02)
    finally:
        host.send_signal(signal.SIGKILL)
        host.wait()
    found = ids(tmp_path)
    assert len(found) >= 20
    assert len(set(found)) == len(found)


def test_what_was_logged_just_before_the_end_is_written(tmp_path: Path) -> None:
    run(LOG_AND_END, tmp_path)
    assert ids(tmp_path) == ["r1"]


def test_a_forked_host_writes_its_own_records_and_only_those(tmp_path: Path) -> None:
    run(LOG_AND_FORK, tmp_path)
    assert sorted(ids(tmp_path)) == ["child", "parent"]


def test_a_store_whose_client_needs_threads_has_what_was_logged_just_before_the_end(tmp_path: Path) -> None:
    run(LOG_TO_A_STORE_WITH_THREADS, tmp_path)
    assert ids(tmp_path) == ["r1"]


def test_the_end_waits_for_a_stalled_store_no_longer_than_its_deadline(tmp_path: Path) -> None:
    began = time.monotonic()
    run("import pyarrow, pandas, watchkeeper.serving, fsspec", tmp_path)
    start = time.monotonic() - began
    began = time.monotonic()
    run(LOG_TO_A_STORE_THAT_STALLS, tmp_path)
    assert time.monotonic() - began < 3 * start + 4


def test_a_host_may_fork_whatever_its_writing_thread_is_about(tmp_path: Path) -> None:
    run(FORK_WHILE_WRITING, tmp_path)
    expected = [f"{life}-{n}" for life in range(8) for n in range(100)] + [f"child-{life}" for life in range(8)]
    assert sorted(ids(tmp_path)) == sorted(expected)

"""A killed host: every delivered file is whole, at most a batch is lost, and the next logger counts it."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from watchkeeper.serving import PredictionLogger
from watchkeeper.serving.books import Books
from watchkeeper.serving.counts import PRODUCED
from watchkeeper.serving.delivery import SINK_FAILED
from watchkeeper.serving.ledger import SIZE, Ledger, state_folder
from watchkeeper.serving.sinks import Folder

HOST = """
import os, sys, time
from pathlib import Path
from watchkeeper.serving import PredictionLogger
logger = PredictionLogger(sys.argv[1], "flights", batch=200, every=0.02, state=Path(sys.argv[2]))
said = os.open(sys.argv[3], os.O_WRONLY | os.O_CREAT)
n = 0
while True:
    os.pwrite(said, b"%9d" % n, 0) if n % 50 == 0 else time.sleep(0.0002)
    logger.log(f"r{n}", "k", 1, {"n": n, "carrier": "AA"}, 0.5)
    n += 1
"""

KILLED_WITH_PARCEL_THERE = """
import os, sys
from pathlib import Path
from watchkeeper.serving import PredictionLogger
from watchkeeper.serving.ledger import state_folder
from watchkeeper.serving.sinks import Folder
class Killer(Folder):
    def put(self, path, content):
        super().put(path, content)
        os.kill(os.getpid(), 9)
logger = PredictionLogger(sys.argv[1], "flights", state=Path(sys.argv[2]), every=3600)
logger._writer.delivery._sink = Killer(Path(sys.argv[1]))
for n in range(30):
    logger.log(f"r{n}", "k", 1, {"n": n}, 0.5)
logger.flush()
"""

FORKING = """
import os, sys
from pathlib import Path
from watchkeeper.serving import PredictionLogger
from watchkeeper.serving.ledger import state_folder
logger = PredictionLogger(sys.argv[1], "flights", every=3600, state=Path(sys.argv[2]))
logger.log("parent", "k", 1, {}, 0.5)
child = os.fork()
if child == 0:
    logger.log("child", "k", 1, {}, 0.5)
    logger.log("child too", "k", 1, {}, 0.5)
    os.kill(os.getpid(), 9)
assert os.waitpid(child, 0)[1] == 9
assert logger.flush(), logger.last_error
assert (logger.delivered, logger.lost_by_kill) == (1, 2), (logger.counts(), logger.lost_by_kill)
"""


def kept(root: Path) -> list[str]:
    files = root.glob("flights/predictions/day=*/*.parquet")
    return [name for file in files for name in pq.ParquetFile(file).read()["_id"].to_pylist()]


def accounts(root: Path) -> list[dict[str, int]]:
    return [json.loads(file.read_text()) for file in sorted(root.glob("flights/accounts/day=*/*.json"))]


def run(script: str, *arguments: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-W", "ignore::DeprecationWarning", "-c", script, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def kill(host: subprocess.Popen[bytes], root: Path, after: int) -> None:
    end = time.monotonic() + 30
    while len(list(root.glob("flights/predictions/day=*/*.parquet"))) < after and time.monotonic() < end:
        time.sleep(0.005)
    host.send_signal(signal.SIGKILL)
    host.wait()


def test_the_next_logger_counts_exactly_what_kills_have_lost(tmp_path: Path) -> None:
    root, state, said = tmp_path / "records", tmp_path / "state", tmp_path / "said"
    lost = 0
    for life in range(1, 4):
        before = len(kept(root))
        host = subprocess.Popen([sys.executable, "-c", HOST, str(root), str(state), str(said)])
        kill(host, root, 3 * life)
        missing = int(said.read_text()) - (len(kept(root)) - before)
        told = PredictionLogger(root, "flights", state=state)
        assert told.close()
        assert missing <= told.lost_by_kill <= missing + 50
        lost += told.lost_by_kill
    assert sum(account["lost_by_kill"] for account in accounts(root)) == lost
    assert sum(account["delivered"] for account in accounts(root)) == len(kept(root))
    assert all(a["produced"] == a["delivered"] + a["lost_by_kill"] for a in accounts(root))
    assert not list(state.iterdir())


def test_a_file_that_arrived_just_before_the_kill_is_not_counted_as_lost(tmp_path: Path) -> None:
    root, state = tmp_path / "records", tmp_path / "state"
    assert run(KILLED_WITH_PARCEL_THERE, root, state).returncode == -signal.SIGKILL
    assert len(kept(root)) == 30
    heir = PredictionLogger(root, "flights", state=state)
    assert heir.close()
    assert heir.lost_by_kill == 0
    assert [(a["produced"], a["delivered"], a["lost_by_kill"]) for a in accounts(root) if a["produced"]] == [
        (30, 30, 0)
    ]


def test_a_living_process_counts_what_its_killed_fork_has_lost(tmp_path: Path) -> None:
    done = run(FORKING, tmp_path / "records", tmp_path / "state")
    assert done.returncode == 0, done.stderr
    assert kept(tmp_path / "records") == ["parent"]
    assert sorted(a["lost_by_kill"] for a in accounts(tmp_path / "records")) == [0, 2]


def test_nobody_counts_for_a_process_that_lives(tmp_path: Path) -> None:
    first = PredictionLogger(tmp_path, "flights", state=tmp_path / "state", every=3_600)
    first.log("r1", "k", 1, {}, 0.5)
    second = PredictionLogger(tmp_path, "flights", state=tmp_path / "state", every=3_600)
    assert second.close()
    assert second.lost_by_kill == 0
    assert first.close()
    assert [a["delivered"] for a in accounts(tmp_path) if a["produced"]] == [1]


@pytest.mark.parametrize("content", [b"", b"no ledger", b"\0" * 4096])
def test_a_ledger_that_is_none_is_in_nobodys_way(tmp_path: Path, content: bytes) -> None:
    first = PredictionLogger(tmp_path, "flights", state=tmp_path / "state", every=3_600)
    first.log("r1", "k", 1, {}, 0.5)
    (ledger,) = (tmp_path / "state").glob("*.ledger")
    ledger.with_name(ledger.name.replace(str(os.getpid()), "1")).write_bytes(content)
    second = PredictionLogger(tmp_path, "flights", state=tmp_path / "state", every=3_600)
    second.log("r2", "k", 1, {}, 0.5)
    assert second.close()
    assert first.close()
    assert sorted(kept(tmp_path)) == ["r1", "r2"]


def test_without_a_place_for_its_counters_a_logger_logs_all_the_same(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("in the way")
    logger = PredictionLogger(tmp_path, "flights", state=tmp_path / "state", every=3_600)
    logger.log("r1", "k", 1, {}, 0.5)
    assert "cannot be counted" in logger.last_error
    assert logger.close()
    assert kept(tmp_path) == ["r1"]


def test_counters_are_where_the_environment_says_and_else_in_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WATCHKEEPER_STATE", "/somewhere")
    assert state_folder() == Path("/somewhere")
    monkeypatch.delenv("WATCHKEEPER_STATE")
    assert state_folder().name == f"watchkeeper-{os.getuid()}"


def left_behind(root: Path, state: Path) -> Ledger:
    """The ledger of a process that has offered ten rows; released, it is that of a dead one."""
    ledger = Ledger()
    Books(Folder(root), str(root), "flights", state).open(ledger)
    ledger.slots[PRODUCED] = 10
    return ledger


def test_a_ledger_that_cannot_be_read_keeps_nobody_from_their_own_account(tmp_path: Path) -> None:
    left_behind(tmp_path, tmp_path / "state").release()
    (ledger,) = (tmp_path / "state").glob("*.ledger")
    ledger.write_bytes(b"\0" * SIZE)
    logger = PredictionLogger(tmp_path, "flights", state=tmp_path / "state", every=3_600)
    logger.log("r1", "k", 1, {}, 0.5)
    assert logger.close()
    assert [(a["pid"], a["delivered"]) for a in accounts(tmp_path)] == [(os.getpid(), 1)]
    assert (logger.failed_writes, logger.lost_by_kill) == (0, 0)
    assert not list((tmp_path / "state").iterdir())


def test_a_file_that_arrived_though_its_put_was_given_up_is_not_counted_twice(tmp_path: Path) -> None:
    dead = left_behind(tmp_path, tmp_path / "state")
    dead.depart("flights/arrived", 10)
    Folder(tmp_path).put("flights/arrived", b"content")
    dead.slots[SINK_FAILED] = 10
    dead.release()
    heir = PredictionLogger(tmp_path, "flights", state=tmp_path / "state", every=3_600)
    assert heir.close()
    assert heir.lost_by_kill == 0
    told = [
        (a["delivered"], a["dropped"], a["lost_by_kill"], a["pending"]) for a in accounts(tmp_path) if a["produced"]
    ]
    assert told == [(0, 10, 0, 0)]

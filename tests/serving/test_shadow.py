"""Shadows: answered beside the requests, logged, never returned, and never in anybody's way."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.hosts import NOON, Host, raises, requests, says
from watchkeeper.domain.traffic import Split, shadowed
from watchkeeper.serving import Request, Shadow

FORK = """
import os, sys
from datetime import datetime, timezone
from pathlib import Path
from tests.hosts import Host, requests, says
host = Host(Path(sys.argv[1]), {1: says(0.1), 3: says(0.3)})
host.split(0.0, canary=None, shadow=3, shadow_share=1.0)
answerer = host.answerer(shadow=True)
answerer.answer_all(requests(3))
child = os.fork()
if child == 0:
    answerer.answer_all([r for r in requests(5)[3:]])
    os._exit(0 if answerer.close() else 1)
assert os.waitpid(child, 0)[1] == 0
assert answerer.flush()
"""


def test_a_sample_of_requests_is_answered_once_more_and_nobody_gets_it(tmp_path: Path) -> None:
    host = Host(tmp_path, {1: says(0.1), 3: says(0.3)})
    host.split(0.0, canary=None, shadow=3, shadow_share=0.5)
    answerer = host.answerer(shadow=True)
    answered = answerer.answer_all(requests(200))
    assert answerer.flush()
    assert {(a.version, a.prediction) for a in answered} == {(1, 0.1)}
    split = Split(1, None, 0.0, "r1", NOON, 3, 0.5)
    drawn = {f"r{n}" for n in range(200) if shadowed(f"r{n}", split)}
    shadows = host.kept("shadows")
    assert {row["_id"] for row in shadows} == drawn
    assert {(row["_version"], row["_prediction"], row["_at"]) for row in shadows} == {(3, 0.3, NOON)}
    assert len(host.kept()) == 200


def test_latencies_are_logged_but_those_of_a_replay(tmp_path: Path) -> None:
    host = Host(tmp_path, {1: says(0.1), 3: says(0.3)})
    host.split(0.0, canary=None, shadow=3, shadow_share=1.0)
    answerer, before = host.answerer(shadow=True), datetime.now(UTC)
    answerer.answer_all([Request("now", "k", {}), Request("then", "k", {}, NOON)])
    assert answerer.flush()
    for part in ("predictions", "shadows"):
        logged = {row["_id"]: row for row in host.kept(part)}
        assert logged["now"]["_latency_ms"] >= 0
        assert logged["now"]["_at"] >= before.replace(microsecond=0)
        assert (logged["then"]["_latency_ms"], logged["then"]["_at"]) == (None, NOON)


def test_who_answers_needs_no_shadow_of_itself(tmp_path: Path) -> None:
    host = Host(tmp_path, {1: says(0.1), 2: says(0.2)})
    host.split(0.5, shadow=2, shadow_share=1.0)
    answerer = host.answerer(shadow=True)
    answered = answerer.answer_all(requests(100))
    assert answerer.flush()
    assert {row["_id"] for row in host.kept("shadows")} == {f"r{n}" for n, a in enumerate(answered) if a.version == 1}


@pytest.mark.parametrize("broken", [raises(ValueError("broken")), OSError("cannot be loaded")])
def test_a_shadow_that_fails_breaks_no_request_and_says_so(tmp_path: Path, broken: object) -> None:
    host = Host(tmp_path, {1: says(0.1), 3: broken})
    host.split(0.0, canary=None, shadow=3, shadow_share=1.0)
    versions, logger = host.versions(), host.logger()
    shadow = Shadow(versions, logger)
    for request in requests(10):
        shadow.offer(3, request)
    assert shadow.flush()
    assert logger.flush()
    assert [(row["_failed"], row["_prediction"]) for row in host.kept("shadows")] == [(3, None)] * 10
    assert (shadow.counts().failed, shadow.counts().pending) == (10, 0)
    assert "v3" in shadow.last_error


def test_a_shadow_that_hangs_costs_a_request_nothing_and_what_is_dropped_is_counted(tmp_path: Path) -> None:
    go_on = threading.Event()

    def hangs(asked: Sequence[Mapping[str, object]]) -> list[float]:
        go_on.wait(30)
        return [0.3] * len(asked)

    host = Host(tmp_path, {3: hangs})
    shadow = Shadow(host.versions(), host.logger(), capacity=5, batch=1, busy=1.0)
    began = time.perf_counter()
    for request in requests(1_000):
        shadow.offer(3, request)
    assert time.perf_counter() - began < 1.0
    counts = shadow.counts()
    assert counts.offered == 1_000
    assert 5 <= counts.pending <= 6
    assert counts.dropped == 1_000 - counts.pending
    assert not shadow.flush(0.05)
    go_on.set()
    assert shadow.close()
    assert shadow.counts().answered + shadow.counts().dropped == 1_000


def test_a_closed_shadow_takes_nothing_and_drops_what_it_could_not_finish(tmp_path: Path) -> None:
    go_on = threading.Event()
    host = Host(tmp_path, {3: lambda asked: [0.3] * len(asked) if go_on.wait(30) else []})
    shadow = Shadow(host.versions(), host.logger(), batch=1)
    for request in requests(5):
        shadow.offer(3, request)
    assert not shadow.close(0.05)
    go_on.set()
    shadow.offer(3, requests(1)[0])
    assert shadow.flush()
    counts = shadow.counts()
    assert (counts.offered, counts.pending) == (6, 0)
    assert counts.answered <= 1


def test_the_thread_rests_so_that_it_works_no_more_than_its_share(tmp_path: Path) -> None:
    def works(asked: Sequence[Mapping[str, object]]) -> list[float]:
        time.sleep(0.02)
        return [0.3] * len(asked)

    host = Host(tmp_path, {3: works})
    shadow = Shadow(host.versions(), host.logger(), batch=1, busy=0.1)
    for request in requests(20):
        shadow.offer(3, request)
    time.sleep(0.5)
    # Ten times as long a rest as it works: no more than three answers in half a second.
    assert 1 <= shadow.counts().answered <= 3
    began = time.perf_counter()
    assert shadow.flush()
    assert time.perf_counter() - began < 3.0
    assert shadow.counts().answered == 20


@pytest.mark.parametrize("busy", [0.0, -1.0, 1.5])
def test_a_share_of_the_time_that_is_none_is_refused(tmp_path: Path, busy: float) -> None:
    host = Host(tmp_path, {})
    with pytest.raises(ValueError, match="`busy`"):
        Shadow(host.versions(), host.logger(), busy=busy)


def test_what_is_asked_may_change_after_the_offer_and_need_not_make_sense(tmp_path: Path) -> None:
    seen: list[object] = []
    host = Host(tmp_path, {3: lambda asked: seen.extend(row["n"] for row in asked) or [0.3] * len(asked)})
    shadow = Shadow(host.versions(), host.logger())
    features: dict[str, object] = {"n": 1}
    shadow.offer(3, Request("r1", "k", features))
    features["n"] = 2
    shadow.offer(3, Request("r2", "k", None))
    assert shadow.flush()
    assert seen == [1]
    assert shadow.counts().dropped == 1


def test_a_host_that_has_no_thread_to_give_drops_the_shadow_and_says_why(tmp_path: Path) -> None:
    host = Host(tmp_path, {3: says(0.3)})
    shadow = Shadow(host.versions(), host.logger())
    threading.stack_size(2**46)
    try:
        shadow.offer(3, requests(1)[0])
    finally:
        threading.stack_size(0)
    assert shadow.counts().dropped == 1
    assert "thread" in shadow.last_error
    shadow.offer(3, requests(1)[0])
    assert shadow.flush()
    assert shadow.counts().answered == 1


def test_a_forked_host_answers_its_own_shadows_and_only_those(tmp_path: Path) -> None:
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])}
    command = [sys.executable, "-W", "ignore::DeprecationWarning", "-c", FORK, str(tmp_path)]
    subprocess.run(command, check=True, timeout=60, env=environment)
    host = Host(tmp_path, {})
    for part in ("predictions", "shadows"):
        assert sorted(row["_id"] for row in host.kept(part)) == [f"r{n}" for n in range(5)]

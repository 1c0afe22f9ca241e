"""A request has an answer as long as any good version is loaded, and its record says who failed it."""

import math
import sys
import threading
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.hosts import NOON, Host, raises, requests, says
from watchkeeper.errors import NoAnswer
from watchkeeper.serving import Request

ONE = Request("r1", "k1", {"n": 1}, NOON)


def fates(host: Host) -> Counter[tuple[object, object, object]]:
    """Who answered, what, and who failed."""
    return Counter((row["_version"], row["_prediction"], row.get("_failed")) for row in host.kept())


def test_the_version_that_the_key_picks_answers_and_is_logged(tmp_path: Path) -> None:
    host = Host(tmp_path, {1: says(0.1), 2: says(0.2)})
    host.split(0.5)
    answerer = host.answerer()
    answered = [answerer.answer(request) for request in requests(200)]
    assert answerer.flush()
    assert {(a.version, a.prediction, a.failed) for a in answered} == {(1, 0.1, None), (2, 0.2, None)}
    logged = {row["_id"]: (row["_version"], row["_prediction"], row["n"]) for row in host.kept()}
    assert logged == {f"r{n}": (a.version, a.prediction, n) for n, a in enumerate(answered)}
    assert (answerer.fallbacks, answerer.unanswered) == (0, 0)


@pytest.mark.parametrize(
    "canary",
    [
        pytest.param(OSError("the disk is gone"), id="cannot be loaded"),
        pytest.param(raises(ZeroDivisionError("by nothing")), id="raises"),
        pytest.param(says(math.nan), id="answers NaN"),
        pytest.param(says(np.float32("nan")), id="answers NaN of numpy"),
        pytest.param(says(None), id="answers nothing"),
        pytest.param(lambda asked: [0.5] * (len(asked) + 1), id="answers too often"),
        pytest.param(lambda _: None, id="answers no list"),
    ],
)
def test_the_champion_answers_for_a_canary_that_fails_and_the_record_says_so(tmp_path: Path, canary: object) -> None:
    host = Host(tmp_path, {1: says(0.1), 2: canary})
    host.split(1.0)
    answerer = host.answerer()
    answered = answerer.answer(ONE)
    assert (answered.prediction, answered.version, answered.failed) == (0.1, 1, 2)
    assert answerer.flush()
    assert fates(host) == {(1, 0.1, 2): 1}
    assert (answerer.fallbacks, answerer.unanswered) == (1, 0)
    assert "v2" in answerer.last_error


def test_when_nobody_can_answer_the_host_is_told_and_the_record_says_who_should_have(tmp_path: Path) -> None:
    host = Host(tmp_path, {1: raises(ValueError("broken, too")), 2: raises(ValueError("broken"))})
    host.split(1.0)
    answerer = host.answerer()
    with pytest.raises(NoAnswer, match="r1: v2: ValueError: broken"):
        answerer.answer(ONE)
    assert answerer.flush()
    assert fates(host) == {(2, None, 2): 1}
    assert (answerer.fallbacks, answerer.unanswered) == (0, 1)


def test_a_new_champion_that_this_host_cannot_load_leaves_the_old_one_answering(tmp_path: Path) -> None:
    host = Host(tmp_path, {1: says(0.1), 2: OSError("half a file")})
    host.split(0.0)
    answerer = host.answerer()
    answerer.answer(ONE)
    host.split(0.0, champion=2, canary=None)
    answered = answerer.answer(ONE)
    assert (answered.version, answered.failed) == (1, 2)


def test_a_broken_version_is_not_loaded_at_every_request_but_is_tried_again(tmp_path: Path) -> None:
    host = Host(tmp_path, {1: says(0.1), 2: OSError("the registry is away")})
    host.split(1.0)
    patient, eager = host.answerer(retry=3_600), host.answerer(retry=0)
    patient.answer_all(requests(1))
    patient.answer_all(requests(1))
    assert host.loads.count(2) == 1
    eager.answer_all(requests(1))
    host.models[2] = says(0.2)
    assert eager.answer(ONE).version == 2


@settings(max_examples=40, deadline=None)
@given(poison=st.sets(st.integers(0, 19)), share=st.floats(0, 1), count=st.integers(0, 20))
def test_of_a_batch_only_what_the_canary_fails_falls_back(
    tmp_path_factory: pytest.TempPathFactory, poison: set[int], share: float, count: int
) -> None:
    def canary(asked: Sequence[Mapping[str, object]]) -> list[float]:
        if any(row["n"] in poison for row in asked):
            raise ValueError("poison")
        return [0.2] * len(asked)

    host = Host(tmp_path_factory.mktemp("host"), {1: says(0.1), 2: canary})
    host.split(share)
    answerer, router = host.answerer(), host.router()
    answered = answerer.answer_all(requests(count))
    for n, answer in enumerate(answered):
        picked = router.route(f"k{n}")
        failed = picked == 2 and n in poison
        assert (answer.version, answer.failed) == ((1, 2) if failed else (picked, None))
        assert answer.prediction == (0.1 if answer.version == 1 else 0.2)
    assert answerer.close()
    assert len(host.kept()) == count


def test_many_threads_are_answered_and_nothing_is_counted_twice(tmp_path: Path) -> None:
    host = Host(tmp_path, {1: says(0.1), 2: raises(ValueError("broken"))})
    host.split(0.5)
    answerer = host.answerer()
    threads = [threading.Thread(target=answerer.answer_all, args=([one],)) for one in requests(200)]
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        sys.setswitchinterval(interval)
    assert answerer.close()
    kept = host.kept()
    assert sorted(row["_id"] for row in kept) == sorted(f"r{n}" for n in range(200))
    assert answerer.fallbacks == sum(row["_failed"] == 2 for row in kept) > 0
    assert host.loads.count(1) == host.loads.count(2) == 1


def test_versions_are_loaded_before_anybody_asks(tmp_path: Path) -> None:
    host = Host(tmp_path, {1: says(0.1), 2: OSError("away"), 3: says(0.3)})
    host.split(0.5, shadow=3, shadow_share=0.1)
    answerer = host.answerer()
    answerer.warm()
    assert sorted(host.loads) == [1, 2, 3]
    answerer.answer_all(requests(50))
    assert sorted(host.loads) == [1, 2, 3]


def test_the_versions_in_memory_are_those_that_were_asked_last(tmp_path: Path) -> None:
    host = Host(tmp_path, {n: says(n) for n in range(5)})
    versions = host.versions(most=2)
    versions.warm(4, None)
    for number in (0, 1, 0, 2, 0, 3):
        versions.model(number)
    assert sorted(versions.loaded()) == [0, 3]


def test_the_figures_say_who_answers_and_who_failed(tmp_path: Path) -> None:
    host = Host(tmp_path, {1: says(0.1), 2: raises(ValueError("broken"))})
    host.split(0.25, canary=2, shadow=3, shadow_share=0.5)
    answerer = host.answerer(shadow=True)
    answerer.answer_all(requests(100))
    text = answerer.metrics()
    assert f'watchkeeper_failed_requests_total{{kind="fallback"}} {answerer.fallbacks}\n' in text
    assert 'watchkeeper_split_share{model="toy",role="champion",version="1"} 0.75\n' in text
    assert 'watchkeeper_split_share{model="toy",role="canary",version="2"} 0.25\n' in text
    assert 'watchkeeper_split_share{model="toy",role="shadow",version="3"} 0.5\n' in text
    assert 'watchkeeper_shadow_requests{fate="pending"}' in text
    answerer.close()

"""Requests are answered, whatever lies in the split file."""

import os
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from watchkeeper.adapters.file_router import FileRouter
from watchkeeper.domain.traffic import Split
from watchkeeper.errors import NotThere
from watchkeeper.serving import CanaryRouter

NOON = datetime(2013, 7, 1, 12, tzinfo=UTC)
KEYS = [f"flight-{n}" for n in range(4_000)]

shares = st.floats(0, 1)
salts = st.text(max_size=20)


def routed(
    root: Path, share: float, salt: str = "flights-r1", canary: int | None = 4, refresh: float = 0
) -> CanaryRouter:
    """A router on a split that was just set; it looks again before every answer unless told otherwise."""
    router = FileRouter(root)
    router.set_split("flights", Split(3, canary, share, salt, NOON))
    return CanaryRouter(router.file("flights"), None, refresh=refresh)


@settings(max_examples=40, deadline=None)
@given(share=shares, salt=salts, keys=st.lists(st.text(), max_size=20))
def test_a_key_is_answered_by_the_same_version_on_every_host(
    tmp_path_factory: pytest.TempPathFactory, share: float, salt: str, keys: list[str]
) -> None:
    root = tmp_path_factory.mktemp("splits")
    here, there = routed(root, share, salt), routed(root, share, salt)
    assert [here.route(key) for key in keys] == [there.route(key) for key in keys] == [here.route(key) for key in keys]


@settings(max_examples=40, deadline=None)
@given(two=st.tuples(shares, shares), salt=salts)
def test_a_key_that_the_canary_answers_stays_with_it_while_the_share_grows(
    tmp_path_factory: pytest.TempPathFactory, two: tuple[float, float], salt: str
) -> None:
    root = tmp_path_factory.mktemp("splits")
    router = routed(root, min(two), salt)
    before = {key for key in KEYS[:300] if router.route(key) == 4}
    FileRouter(root).set_split("flights", Split(3, 4, max(two), salt, NOON))
    assert before <= {key for key in KEYS[:300] if router.route(key) == 4}


@settings(max_examples=40, deadline=None)
@given(share=shares, salt=salts)
def test_the_canary_answers_its_share_of_keys(
    tmp_path_factory: pytest.TempPathFactory, share: float, salt: str
) -> None:
    router = routed(tmp_path_factory.mktemp("splits"), share, salt, refresh=60)
    answered = sum(router.route(key) == 4 for key in KEYS) / len(KEYS)
    # Seven standard deviations of a share among 4,000 keys: one wrong alarm in 10^11 examples.
    assert answered == pytest.approx(share, abs=7 * (max(share * (1 - share), 1e-4) / len(KEYS)) ** 0.5)


def test_without_a_canary_the_champion_answers_everything(tmp_path: Path) -> None:
    router = routed(tmp_path, 0.9, canary=None)
    assert {router.route(key) for key in KEYS} == {3}


def test_without_a_split_the_fallback_answers_until_one_is_set(tmp_path: Path) -> None:
    router = CanaryRouter(tmp_path / "flights.json", 2, refresh=0)
    assert router.route("a") == 2
    FileRouter(tmp_path).set_split("flights", Split(3, None, 0.0, "", NOON))
    assert router.route("a") == 3
    assert router.broken_reads == 0


def test_with_neither_split_nor_fallback_a_host_does_not_start(tmp_path: Path) -> None:
    with pytest.raises(NotThere, match="set a split"):
        CanaryRouter(tmp_path / "flights.json", None)


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"\xff\xfe",
        b"[" * 100_000,
        b"{}",
        b'{"champion": "3", "canary": null, "share": 0, "salt": "", "at": "2013-07-01T12:00:00+00:00"}',
        b'{"champion": true, "canary": null, "share": 0, "salt": "", "at": "2013-07-01T12:00:00+00:00"}',
        b'{"champion": 3, "canary": 4.0, "share": 0, "salt": "", "at": "2013-07-01T12:00:00+00:00"}',
        b'{"champion": 3, "canary": 4, "share": 1.5, "salt": "", "at": "2013-07-01T12:00:00+00:00"}',
        b'{"champion": 3, "canary": 4, "share": NaN, "salt": "", "at": "2013-07-01T12:00:00+00:00"}',
        b'{"champion": 3, "canary": 4, "share": true, "salt": "", "at": "2013-07-01T12:00:00+00:00"}',
        b'{"champion": 3, "canary": 4, "share": 1, "salt": 5, "at": "2013-07-01T12:00:00+00:00"}',
        b'{"champion": 3, "canary": 4, "share": 1, "salt": "", "at": "2013-07-01T12:00:00"}',
        b'{"champion": 3, "canary": 4, "share": 1, "salt": "", "at": 5}',
    ],
)
def test_a_broken_split_leaves_the_last_good_champion_alone_and_is_counted(tmp_path: Path, text: bytes) -> None:
    router = routed(tmp_path, 1.0)
    assert router.route("a") == 4
    (tmp_path / "flights.json").write_bytes(text)
    assert [router.route("a") for _ in range(3)] == [3, 3, 3]
    assert router.broken_reads == 3
    assert "flights.json" in router.last_error


def test_a_mended_split_counts_again(tmp_path: Path) -> None:
    router = routed(tmp_path, 1.0)
    (tmp_path / "flights.json").write_bytes(b"{")
    assert router.route("a") == 3
    FileRouter(tmp_path).set_split("flights", Split(3, 4, 1.0, "", NOON))
    assert router.route("a") == 4


def test_a_split_that_vanished_leaves_the_last_good_champion_alone(tmp_path: Path) -> None:
    router = routed(tmp_path, 1.0)
    (tmp_path / "flights.json").unlink()
    assert router.route("a") == 3
    assert router.broken_reads == 0


def test_a_split_that_nobody_wrote_again_is_stale(tmp_path: Path) -> None:
    routed(tmp_path, 1.0)
    file = tmp_path / "flights.json"
    os.utime(file, (1_000_000, 1_000_000))
    assert CanaryRouter(file, None, stale_after=60).route("a") == 3
    assert CanaryRouter(file, None).route("a") == 4
    os.utime(file)
    assert CanaryRouter(file, None, stale_after=60).route("a") == 4


def test_the_file_is_looked_at_no_more_often_than_asked(tmp_path: Path) -> None:
    FileRouter(tmp_path).set_split("flights", Split(3, None, 0.0, "", NOON))
    router = CanaryRouter(tmp_path / "flights.json", None, refresh=3_600)
    FileRouter(tmp_path).set_split("flights", Split(5, None, 0.0, "", NOON))
    assert router.route("a") == 3


class Unwritable:
    def __str__(self) -> str:
        raise RuntimeError("no text")


@pytest.mark.parametrize("key", [None, 5, b"a", "\ud800", Unwritable(), float("nan"), [], ""])
def test_any_key_is_answered(tmp_path: Path, key: object) -> None:
    assert routed(tmp_path, 0.5).route(key) in (3, 4)


def test_the_split_says_who_answers_in_the_shadow_as_long_as_it_counts(tmp_path: Path) -> None:
    router = routed(tmp_path, 0.5)
    assert {router.shadow(key) for key in KEYS[:50]} == {None}
    FileRouter(tmp_path).set_split("flights", Split(3, 4, 0.5, "s", NOON, shadow=5, shadow_share=0.5))
    assert {router.shadow(key) for key in KEYS[:50]} == {5, None}
    assert router.shadow(Unwritable()) is None
    os.utime(tmp_path / "flights.json", (1_000_000, 1_000_000))
    stale = CanaryRouter(tmp_path / "flights.json", None, stale_after=60)
    assert {stale.shadow(key) for key in KEYS[:50]} == {None}
    assert stale.split() is None
    (tmp_path / "flights.json").write_bytes(b"{")
    assert {router.shadow(key) for key in KEYS[:50]} == {None}


def test_many_threads_are_answered_while_the_split_changes(tmp_path: Path) -> None:
    router, answers, stop = routed(tmp_path, 0.0), [], threading.Event()

    def ask() -> None:
        while not stop.is_set():
            answers.append(router.route("a"))

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for share in [0.0, 1.0] * 8:
        FileRouter(tmp_path).set_split("flights", Split(3, 4, share, "s", NOON))
    stop.set()
    for thread in threads:
        thread.join()
    assert set(answers) <= {3, 4}
    assert router.broken_reads == 0
    assert router.route("a") == 4

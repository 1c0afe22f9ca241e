"""The law of the logger: produced = delivered + dropped + sampled out + pending, at every moment."""

import asyncio
import json
import os
import threading
from datetime import UTC, datetime
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from prometheus_client.parser import text_string_to_metric_families

from watchkeeper.adapters.parquet_predictions import ParquetPredictions
from watchkeeper.domain.intervals import Interval
from watchkeeper.serving import PredictionLogger

NOON = datetime(2013, 7, 1, 12, tzinfo=UTC)


def kept(root: Path, part: str = "predictions") -> list[str]:
    files = sorted(root.glob(f"flights/{part}/day=*/*.parquet"))
    return [name for file in files for name in pq.ParquetFile(file).read(["_id"])["_id"].to_pylist()]


def accounts(root: Path) -> list[dict[str, object]]:
    return [json.loads(file.read_text()) for file in sorted(root.glob("flights/accounts/day=*/*.json"))]


def balances(account: dict[str, int]) -> bool:
    settled = account["delivered"] + account["dropped"] + account["sampled_out"] + account["lost_by_kill"]
    return account["produced"] == settled + account["pending"] and account["dropped"] == sum(
        account["reasons"].values()
    )


steps = st.one_of(
    st.tuples(st.just("log"), st.integers(1, 30)),
    st.tuples(st.just("label"), st.integers(1, 30)),
    st.tuples(st.just("shadow"), st.integers(1, 30)),
    st.tuples(st.just("odd"), st.integers(1, 3)),
    st.tuples(st.sampled_from(["flush", "break", "mend"]), st.just(1)),
)


def lead(root: Path, to: Path) -> None:
    """Let the place that the logger writes to lead elsewhere, in one step."""
    (root / "next").symlink_to(to)
    (root / "next").rename(root / "place")


def play(logger: PredictionLogger, root: Path, step: str, n: int) -> None:
    """One step of a host's life."""
    if step in ("break", "mend"):
        lead(root, Path(os.devnull) if step == "break" else root / "real")
    elif step == "flush":
        logger.flush()
    elif step == "label":
        logger.log_label(f"r{n}", 1.0)
    elif step == "shadow":
        logger.log_shadow(f"r{n}", f"k{n}", 2, 0.5)
    else:
        logger.log(f"r{n}", f"k{n}", 1, {"n": n} if step == "log" else 5, 0.5)  # noqa: G004 - no logging module


@settings(max_examples=25, deadline=None)
@given(
    capacity=st.integers(1, 60),
    batch=st.integers(1, 40),
    sample=st.sampled_from([1.0, 0.5, 0.1]),
    life=st.lists(steps, max_size=12),
)
def test_the_books_balance_whatever_happens(
    tmp_path_factory: pytest.TempPathFactory, capacity: int, batch: int, sample: float, life: list[tuple[str, int]]
) -> None:
    root = tmp_path_factory.mktemp("life")
    (root / "real").mkdir()
    lead(root, root / "real")
    logger = PredictionLogger(root / "place", "flights", capacity=capacity, batch=batch, sample=sample, every=3_600)
    offered = 0
    for step, times in life:
        for n in range(times):
            play(logger, root, step, n)
            offered += step in ("log", "label", "shadow", "odd")
            counts = logger.counts()
            assert counts.produced == offered
            assert 0 <= counts.pending <= capacity
            assert min(counts.delivered, counts.dropped, counts.sampled_out) >= 0
    lead(root, root / "real")
    assert logger.close() or logger.dropped
    rows = sum(len(kept(root / "real", part)) for part in ("predictions", "labels", "shadows"))
    assert logger.counts().pending == 0
    assert logger.delivered == rows
    assert all(balances(account) for account in accounts(root / "real"))
    assert sum(account["produced"] for account in accounts(root / "real")) == offered


def test_the_account_says_what_was_dropped_and_why(tmp_path: Path) -> None:
    logger = PredictionLogger(tmp_path, "flights", capacity=3, every=3_600)
    for n in range(5):
        logger.log(f"r{n}", "k", 1, {}, 0.5)
    logger.log("r5", "k", 1, 5, 0.5)
    assert logger.close()
    (account,) = accounts(tmp_path)
    assert (account["produced"], account["delivered"], account["dropped"]) == (6, 3, 3)
    assert account["reasons"] == {"buffer full": 2, "not a record": 1}
    assert balances(account)


def test_the_store_reads_the_accounts(tmp_path: Path) -> None:
    before = datetime.now(UTC)
    logger = PredictionLogger(tmp_path, "flights", capacity=3, every=3_600)
    for n in range(5):
        logger.log(f"r{n}", "k", 1, {}, 0.5)
    assert logger.close()
    found = ParquetPredictions(tmp_path).accounts("flights", Interval(before, datetime.now(UTC)))
    assert (found.produced, found.lost) == (pytest.approx(5, rel=0.01), pytest.approx(2, rel=0.01))


def test_a_new_account_begins_when_its_time_is_over(tmp_path: Path) -> None:
    logger = PredictionLogger(tmp_path, "flights", every=3_600)
    logger._books.period = 1  # noqa: SLF001 - an hour is longer than a test
    for n in range(3):
        logger.log(f"r{n}", "k", 1, {}, 0.5)
        assert logger.flush()
    assert logger.close()
    assert [account["delivered"] for account in accounts(tmp_path)] == [1, 1, 1]
    assert all(balances(account) for account in accounts(tmp_path))


def test_an_account_that_has_not_changed_is_not_written_again(tmp_path: Path) -> None:
    logger = PredictionLogger(tmp_path, "flights", every=0.01)
    logger.log("r1", "k", 1, {}, 0.5)
    assert logger.flush()
    (file,) = tmp_path.glob("flights/accounts/day=*/*.json")
    before = file.stat().st_mtime_ns
    assert logger.close()
    assert file.stat().st_mtime_ns == before


def test_prometheus_reads_the_counters(tmp_path: Path) -> None:
    logger = PredictionLogger(tmp_path, "flights", capacity=3, every=3_600)
    for n in range(5):
        logger.log(f"r{n}", "k", 1, {}, "high" if n == 0 else 0.5)
    assert logger.close()
    families = {family.name: family for family in text_string_to_metric_families(logger.metrics())}
    values = {
        (sample.name, sample.labels.get("reason")): sample.value
        for family in families.values()
        for sample in family.samples
    }
    assert values["watchkeeper_logger_produced_total", None] == 5
    assert values["watchkeeper_logger_delivered_total", None] == 3
    assert values["watchkeeper_logger_dropped_total", "buffer full"] == 2
    assert values["watchkeeper_logger_unusable_total", None] == 1
    assert values["watchkeeper_logger_pending", None] == 0
    assert families["watchkeeper_logger_dropped"].type == "counter"


def test_the_counters_add_up_in_every_exposition_under_many_threads(tmp_path: Path) -> None:
    logger, seen = PredictionLogger(tmp_path, "flights", capacity=500, batch=100, every=0.01), []

    def log(name: int) -> None:
        for n in range(500):
            logger.log(f"{name}-{n}", "k", 1, {"n": n}, 0.5, at=NOON)
            if n % 50 == 0:
                seen.append(logger.metrics())

    threads = [threading.Thread(target=log, args=(name,)) for name in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert logger.close()
    for text in seen:
        values = dict(line.rsplit(" ", 1) for line in text.splitlines() if not line.startswith("#"))
        lost = sum(int(value) for name, value in values.items() if "_dropped_total" in name)
        rest = [int(value) for name, value in values.items() if any(w in name for w in ("delivered", "pending"))]
        assert int(values['watchkeeper_logger_produced_total{model="flights"}']) == lost + sum(rest)


def test_many_tasks_of_an_event_loop_log_and_are_all_there(tmp_path: Path) -> None:
    logger = PredictionLogger(tmp_path, "flights", every=3_600)

    async def ask(n: int) -> None:
        await asyncio.sleep(0)
        logger.log(f"r{n}", "k", 1, {"n": n}, 0.5)

    async def serve() -> bool:
        await asyncio.gather(*(ask(n) for n in range(500)))
        return await asyncio.to_thread(logger.flush)

    assert asyncio.run(serve())
    assert sorted(kept(tmp_path)) == sorted(f"r{n}" for n in range(500))
    logger.close()

"""Disks that say no, hosts at their end: nothing is raised, everything is counted."""

import threading
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from tests.hosts import comes_true
from watchkeeper.serving import Counts, PredictionLogger
from watchkeeper.serving.books import Books
from watchkeeper.serving.delivery import FIELDS, Encode
from watchkeeper.serving.layout import LABELS, SHADOWS, put_whole
from watchkeeper.serving.ledger import state_folder
from watchkeeper.serving.limits import Limits
from watchkeeper.serving.sampling import Sampling
from watchkeeper.serving.sinks import Folder
from watchkeeper.serving.tables import Parcel
from watchkeeper.serving.writer import Writer

NOON = datetime(2013, 7, 1, 12, tzinfo=UTC)


def rows(root: Path, part: str = "predictions") -> list[dict[str, object]]:
    """All rows on disk, in the order of their files."""
    files = sorted(root.glob(f"flights/{part}/day=*/*.parquet"))
    return [row for file in files for row in pq.ParquetFile(file).read().to_pylist()]


def a_logger(root: Path, **settings: float) -> PredictionLogger:
    return PredictionLogger(root, "flights", **{"every": 3_600} | settings)


def test_a_full_buffer_drops_the_new_and_keeps_the_old(tmp_path: Path) -> None:
    (tmp_path / "flights").write_text("in the way")
    logger = a_logger(tmp_path, capacity=10)
    for n in range(25):
        logger.log(f"r{n}", "k", 1, {}, 0.5, at=NOON)
    assert logger.counts() == Counts(25, 0, 15)
    (tmp_path / "flights").unlink()
    assert logger.flush()
    assert [row["_id"] for row in rows(tmp_path)] == [f"r{n}" for n in range(10)]


def test_a_disk_that_says_no_is_counted_and_loses_nothing_once_it_says_yes(tmp_path: Path) -> None:
    (tmp_path / "flights").write_text("a file where the folder should be")
    logger = a_logger(tmp_path)
    logger.log("r1", "k", 1, {}, 0.5)
    assert not logger.flush()
    logger.log_label("r1", 1.0)
    assert not logger.flush()
    assert logger.counts() == Counts(2, 0, 0)
    assert logger.failed_writes == 3
    assert "NotADirectoryError" in logger.last_error or "FileExistsError" in logger.last_error
    (tmp_path / "flights").unlink()
    assert logger.flush()
    assert logger.counts() == Counts(2, 2, 0)


def test_closing_on_a_disk_that_says_no_drops_what_waits(tmp_path: Path) -> None:
    (tmp_path / "flights").write_text("in the way")
    logger = a_logger(tmp_path)
    logger.log("r1", "k", 1, {}, 0.5)
    assert not logger.close()
    assert not logger.close()
    assert logger.counts() == Counts(1, 0, 1)


def test_a_closed_logger_takes_no_more(tmp_path: Path) -> None:
    logger = a_logger(tmp_path)
    assert logger.close()
    logger.log("r1", "k", 1, {}, 0.5)
    assert logger.counts() == Counts(1, 0, 1)
    assert logger.flush()


def test_features_that_are_no_mapping_are_dropped_and_counted(tmp_path: Path) -> None:
    logger = a_logger(tmp_path)
    logger.log("r1", "k", 1, 5, 0.5)
    logger.log("r2", "k", 1, {}, 0.5)
    assert logger.flush()
    assert logger.counts() == Counts(2, 1, 1)


def test_a_host_that_has_no_thread_to_give_keeps_the_rows_for_later(tmp_path: Path) -> None:
    logger = a_logger(tmp_path)
    threading.stack_size(2**46)
    try:
        logger.log("r1", "k", 1, {}, 0.5)
        assert not logger.flush(timeout=0.01)
        assert "thread" in logger.last_error
    finally:
        threading.stack_size(0)
    assert logger.flush()
    assert logger.counts() == Counts(1, 1, 0)


def a_writer(root: Path, encode: Encode) -> Writer:
    books = Books(Folder(root), str(root), "flights", state_folder())
    return Writer(encode, books, Limits(capacity=100, batch=50, every=3_600))


def parcel(kind: str, fields: Sequence[Sequence[object]]) -> list[Parcel]:
    if kind == LABELS:
        raise ValueError("not in this world")
    return [Parcel(f"flights/{kind}/{fields[1][0]}", b"content", len(fields[0]), 0)]


def test_a_batch_that_can_never_be_written_is_dropped_and_the_next_is_written(tmp_path: Path) -> None:
    writer = a_writer(tmp_path, parcel)
    for kind in (LABELS, SHADOWS, LABELS):
        writer.buffer.offer(kind, (kind,) * FIELDS[kind])
    assert not writer.flush(10)
    assert writer.buffer.totals().counts == Counts(3, 1, 2)
    assert writer.buffer.totals().reasons["cannot be kept"] == 2
    assert writer.delivery.last_error == "ValueError: not in this world"
    writer.buffer.offer(SHADOWS, ("again",) * FIELDS[SHADOWS])
    assert writer.flush(10)
    assert writer.close(10)
    assert {file.name for file in (tmp_path / "flights/shadows").iterdir()} == {"shadows", "again"}


def test_a_disk_that_answers_late_is_waited_for_no_longer_than_asked(tmp_path: Path) -> None:
    answer = threading.Event()

    def late(kind: str, fields: Sequence[Sequence[object]]) -> list[Parcel]:
        answer.wait(30)
        return parcel(kind, fields)

    writer = a_writer(tmp_path, late)
    writer.buffer.offer(SHADOWS, ("slow",) * FIELDS[SHADOWS])
    assert not writer.flush(0.05)
    assert writer.buffer.pending == 1
    answer.set()
    assert writer.close(10)
    assert writer.buffer.totals().counts == Counts(1, 1, 0)


def test_what_would_take_more_of_a_core_than_was_agreed_is_dropped_with_that_reason(tmp_path: Path) -> None:
    logger = a_logger(tmp_path, capacity=100, batch=20, overhead=0.0001)
    assert comes_true(lambda: _log_and_see(logger))
    assert logger.totals().reasons["overload"] > 0
    assert logger.seconds < 1.0
    assert logger.close()
    counts = logger.counts()
    assert counts.produced == counts.delivered + counts.dropped == len(rows(tmp_path)) + counts.dropped


def _log_and_see(logger: PredictionLogger) -> bool:
    for n in range(50):
        logger.log(f"{logger.produced}-{n}", "k", 1, {"n": n}, 0.5, at=NOON)
    return logger.totals().reasons["overload"] > 0


def test_one_file_that_is_refused_is_in_no_other_ones_way(tmp_path: Path) -> None:
    blocked = tmp_path / "flights/labels/day=2013-07-01"
    put_whole(blocked, b"in the way")
    logger = a_logger(tmp_path)
    logger.log_label("r1", 1.0, at=NOON)
    logger.log("r1", "k", 1, {}, 0.5, at=NOON)
    assert not logger.flush()
    assert logger.counts() == Counts(2, 1, 0)
    blocked.unlink()
    assert logger.close()
    assert [len(rows(tmp_path, part)) for part in ("predictions", "labels")] == [1, 1]


def test_a_buffer_smaller_than_half_a_batch_is_written_before_it_is_full(tmp_path: Path) -> None:
    logger = a_logger(tmp_path, capacity=10, batch=10_000)
    for n in range(5):
        logger.log(f"r{n}", "k", 1, {}, 0.5, at=NOON)
    assert comes_true(lambda: logger.delivered == 5)
    assert logger.close()


def test_a_write_begins_at_half_a_batch_of_what_waits_and_not_of_what_was_left_out(tmp_path: Path) -> None:
    logger, sampling = a_logger(tmp_path, batch=4, sample=0.5), Sampling(0.5)
    keys = [f"k{n}" for n in range(100)]
    kept, left = (next(k for k in keys if sampling.keeps(k, "") is whether) for whether in (True, False))
    for n, key in enumerate((kept, left) * 2):
        logger.log(f"r{n}", key, 1, {}, 0.5, at=NOON)
    assert comes_true(lambda: logger.delivered == 2)
    assert logger.close()


@pytest.mark.parametrize("settings", [{"overhead": 0.0}, {"overhead": 1.5}, {"capacity": 0}, {"every": -1}])
def test_limits_out_of_their_range_are_refused(tmp_path: Path, settings: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=next(iter(settings))):
        a_logger(tmp_path, **settings)

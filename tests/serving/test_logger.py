"""Every row is delivered, dropped or pending, and the books balance."""

import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.hosts import comes_true
from watchkeeper.serving import Counts, PredictionLogger

NOON = datetime(2013, 7, 1, 12, tzinfo=UTC)


def rows(root: Path, part: str = "predictions") -> list[dict[str, object]]:
    """All rows on disk, in the order of their files."""
    files = sorted(root.glob(f"flights/{part}/day=*/*.parquet"))
    return [row for file in files for row in pq.ParquetFile(file).read().to_pylist()]


def a_logger(root: Path, **settings: float) -> PredictionLogger:
    return PredictionLogger(root, "flights", **{"every": 3_600} | settings)


def test_a_flushed_record_is_on_disk_as_it_was_logged(tmp_path: Path) -> None:
    logger = a_logger(tmp_path)
    logger.log("r1", "user-7", 3, {"temp": 21.5, "carrier": "AA", "late": True}, 0.25, latency_ms=4.5, at=NOON)
    assert logger.flush()
    assert rows(tmp_path) == [
        {
            "_id": "r1",
            "_at": NOON,
            "_key": "user-7",
            "_version": 3,
            "_prediction": 0.25,
            "_latency_ms": 4.5,
            "temp": 21.5,
            "carrier": "AA",
            "late": True,
        }
    ]


def test_a_label_is_on_disk_under_the_day_it_became_known(tmp_path: Path) -> None:
    logger = a_logger(tmp_path)
    logger.log_label("r1", 1, at=NOON + timedelta(days=2))
    assert logger.flush()
    assert rows(tmp_path, "labels") == [{"_id": "r1", "_label": 1.0, "_at": NOON + timedelta(days=2)}]
    assert (tmp_path / "flights/labels/day=2013-07-03").is_dir()


def test_records_without_a_time_are_logged_now(tmp_path: Path) -> None:
    logger, before = a_logger(tmp_path), datetime.now(UTC)
    logger.log("r1", "k", 1, {}, 0.5)
    logger.flush()
    assert before - timedelta(milliseconds=1) <= rows(tmp_path)[0]["_at"] <= datetime.now(UTC)


def test_a_batch_is_split_by_utc_day(tmp_path: Path) -> None:
    logger = a_logger(tmp_path)
    for hours in (30, 0, 11.9, 13):
        logger.log(f"+{hours}", "k", 1, {}, 0.5, at=NOON + timedelta(hours=hours))
    logger.flush()
    days = {folder.name: len(list(folder.iterdir())) for folder in tmp_path.glob("flights/predictions/*")}
    assert days == {"day=2013-07-01": 1, "day=2013-07-02": 1}
    assert [row["_id"] for row in rows(tmp_path)] == ["+0", "+11.9", "+30", "+13"]


def test_changing_the_features_afterwards_changes_no_record(tmp_path: Path) -> None:
    logger, features = a_logger(tmp_path), {"temp": 1.0}
    logger.log("r1", "k", 1, features, 0.5)
    features["temp"] = 2.0
    logger.flush()
    assert rows(tmp_path)[0]["temp"] == 1.0


def test_texts_are_kept_as_dictionaries_in_packed_files(tmp_path: Path) -> None:
    logger = a_logger(tmp_path)
    for n in range(1_000):
        logger.log(f"r{n}", "k", 1, {"carrier": "AA" if n % 2 else "UA"}, 0.5, at=NOON)
    logger.flush()
    footer = pq.read_metadata(next(tmp_path.glob("flights/predictions/*/*.parquet")))
    column = footer.row_group(0).column(footer.schema.names.index("carrier"))
    assert column.has_dictionary_page
    assert column.compression == "ZSTD"


def test_a_full_batch_is_written_without_waiting(tmp_path: Path) -> None:
    logger = a_logger(tmp_path, batch=100)
    for n in range(100):
        logger.log(f"r{n}", "k", 1, {}, 0.5)
    assert comes_true(lambda: logger.delivered == 100)


def test_a_small_batch_is_written_when_its_time_is_over(tmp_path: Path) -> None:
    logger = a_logger(tmp_path, every=0.05)
    logger.log("r1", "k", 1, {}, 0.5)
    assert comes_true(lambda: logger.delivered == 1)
    logger.close()


def test_the_books_balance_at_every_moment_under_many_threads(tmp_path: Path) -> None:
    logger, seen = a_logger(tmp_path, capacity=700, batch=100, every=0.01), []

    def log(name: int) -> None:
        for n in range(1_000):
            logger.log(f"{name}-{n}", "k", 1, {"n": n}, 0.5, at=NOON)
            if n % 50 == 0:
                seen.append(logger.counts())

    threads = [threading.Thread(target=log, args=(name,)) for name in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert logger.close()
    assert all(0 <= counts.pending <= 700 for counts in seen)
    assert logger.counts() == Counts(6_000, len(rows(tmp_path)), logger.dropped)
    assert logger.delivered + logger.dropped == logger.produced == 6_000
    assert logger.pending == 0
    assert len({row["_id"] for row in rows(tmp_path)}) == logger.delivered


def test_a_name_that_is_no_folder_is_refused(tmp_path: Path) -> None:
    for name in ("", "..", "a/b", ".hidden"):
        with pytest.raises(ValueError, match="cannot name a model"):
            PredictionLogger(tmp_path, name)


def test_the_sdk_is_light_to_import() -> None:
    script = """
import sys, time
began = time.process_time()
import watchkeeper.serving
took = time.process_time() - began
heavy = {"pyarrow", "numpy", "pandas", "sklearn", "pydantic", "sqlalchemy", "prefect"} & set(sys.modules)
print(took < 0.15, sorted(heavy))
"""
    runs = [subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True) for _ in "123"]
    assert "True []\n" in [run.stdout for run in runs]


def test_an_arrow_table_reads_the_files_as_they_are(tmp_path: Path) -> None:
    logger = a_logger(tmp_path)
    logger.log("r1", "k", 1, {"n": 1}, 0.5, at=NOON)
    logger.flush()
    schema = pq.read_schema(next(tmp_path.glob("flights/predictions/*/*.parquet")))
    assert schema.field("_at").type == pa.timestamp("us", "UTC")
    assert schema.field("n").type == pa.int64()


def test_a_host_that_changes_its_folder_meanwhile_writes_where_it_began(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path)
    logger = a_logger(Path("records"))
    monkeypatch.chdir(tmp_path / "elsewhere")
    logger.log("r1", "k", 1, {}, 0.5)
    assert logger.flush()
    assert [row["_id"] for row in rows(tmp_path / "records")] == ["r1"]
    assert not list((tmp_path / "elsewhere").iterdir())

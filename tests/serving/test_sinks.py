"""Records go to any place that takes files, whole or not at all, and requests never notice what it says."""

import io
import json
import threading
import uuid
from pathlib import Path

import fsspec
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from fsspec.implementations.memory import MemoryFileSystem

from watchkeeper.serving import Counts, PredictionLogger
from watchkeeper.serving.books import Books
from watchkeeper.serving.bulk import import_labels
from watchkeeper.serving.counts import PRODUCED
from watchkeeper.serving.ledger import Ledger
from watchkeeper.serving.sinks import Bucket, Folder, name_of, sink_at


class Slow(MemoryFileSystem):
    """A store that does not answer until it is let."""

    protocol = "slow"
    answers = threading.Event()

    def pipe_file(self, path: str, value: bytes, mode: str = "overwrite", **kwargs: object) -> None:
        self.answers.wait(30)
        super().pipe_file(path, value, mode=mode, **kwargs)


class Full(MemoryFileSystem):
    """A store that says no as no file system does."""

    protocol = "full"
    broken = True

    def pipe_file(self, path: str, value: bytes, mode: str = "overwrite", **kwargs: object) -> None:
        if self.broken:
            raise RuntimeError("429 Slow Down")
        super().pipe_file(path, value, mode=mode, **kwargs)


class Blind(MemoryFileSystem):
    """A store whose credentials may write and not look."""

    protocol = "blind"

    def exists(self, path: str, **kwargs: object) -> bool:
        if path.endswith(".parquet"):
            raise PermissionError(f"403 HeadObject {path}")
        return bool(super().exists(path, **kwargs))


fsspec.register_implementation("slow", Slow, clobber=True)
fsspec.register_implementation("full", Full, clobber=True)
fsspec.register_implementation("blind", Blind, clobber=True)


@pytest.fixture
def bucket() -> str:
    return f"memory://{uuid.uuid4().hex}"


def in_memory(bucket: str, part: str) -> dict[str, bytes]:
    files = MemoryFileSystem()
    place = bucket.split("://")[1]
    return {path: files.cat_file(path) for path in files.find(f"/{place}/flights/{part}")}


def test_records_labels_and_accounts_go_to_a_url(bucket: str) -> None:
    logger = PredictionLogger(bucket, "flights", every=3_600)
    logger.log("r1", "k", 1, {"n": 1}, 0.5)
    logger.log_label("r1", 1.0)
    assert logger.close(), logger.last_error
    (records,) = in_memory(bucket, "predictions").values()
    assert pq.read_table(io.BytesIO(records))["_id"].to_pylist() == ["r1"]
    assert len(in_memory(bucket, "labels")) == 1
    (account,) = in_memory(bucket, "accounts").values()
    assert json.loads(account)["delivered"] == 2


def test_where_a_file_is_not_put_at_once_a_draft_is_moved(tmp_path: Path) -> None:
    sink = sink_at(f"local://{tmp_path}")
    assert isinstance(sink, Bucket)
    sink.put("flights/predictions/a.parquet", b"content")
    assert sink.has("flights/predictions/a.parquet")
    assert not sink.has("flights/predictions/b.parquet")
    assert [file.name for file in (tmp_path / "flights/predictions").iterdir()] == ["a.parquet"]
    sink.put("flights/predictions/a.parquet", b"newer")
    assert (tmp_path / "flights/predictions/a.parquet").read_bytes() == b"newer"


def test_a_path_needs_no_fsspec_however_it_is_written(tmp_path: Path) -> None:
    assert sink_at(str(tmp_path)) == sink_at(tmp_path) == sink_at(tmp_path.as_uri()) == Folder(tmp_path)


def test_a_store_that_does_not_answer_keeps_no_request_waiting_and_memory_is_bounded() -> None:
    Slow.answers.clear()
    logger = PredictionLogger(f"slow://{uuid.uuid4().hex}", "flights", capacity=100, batch=20, every=0.01)
    for n in range(1_000):
        logger.log(f"r{n}", "k", 1, {"n": n}, 0.5)
    assert logger.counts() == Counts(1_000, 0, 900)
    assert logger.totals().reasons["buffer full"] == 900
    assert not logger.flush(timeout=0.05)
    Slow.answers.set()
    assert logger.close()
    assert logger.counts() == Counts(1_000, 100, 900)


def test_what_a_store_refuses_is_tried_again_and_dropped_only_at_the_end() -> None:
    Full.broken = True
    logger = PredictionLogger(f"full://{uuid.uuid4().hex}", "flights", every=3_600)
    logger.log("r1", "k", 1, {}, 0.5)
    assert not logger.flush()
    assert "429 Slow Down" in logger.last_error
    Full.broken = False
    assert logger.flush()
    Full.broken = True
    logger.log("r2", "k", 1, {}, 0.5)
    assert not logger.close()
    assert logger.counts() == Counts(2, 1, 1)
    assert logger.totals().reasons["sink failed"] == 1


def test_a_folder_that_vanishes_comes_back_with_all_that_was_logged(tmp_path: Path) -> None:
    logger = PredictionLogger(tmp_path / "records", "flights", every=3_600)
    logger.log("r1", "k", 1, {}, 0.5)
    assert logger.flush()
    (tmp_path / "records").rename(tmp_path / "gone")
    (tmp_path / "records").write_text("in the way")
    logger.log("r2", "k", 1, {}, 0.5)
    assert not logger.flush()
    (tmp_path / "records").unlink()
    assert logger.close()
    assert logger.counts() == Counts(2, 2, 0)


def test_a_store_that_may_not_be_looked_into_keeps_nobody_from_their_own_account(tmp_path: Path) -> None:
    place, killed = uuid.uuid4().hex, Ledger()
    url = f"blind://{place}"
    Books(sink_at(url), url, "flights", tmp_path).open(killed)
    killed.slots[PRODUCED] = 10
    killed.depart("flights/predictions/a.parquet", 10)
    killed.release()
    logger = PredictionLogger(url, "flights", state=tmp_path, every=3_600)
    logger.log("r1", "k", 1, {}, 0.5)
    assert logger.close()
    (account,) = (file.getvalue() for path, file in Blind.store.items() if f"{place}/flights/accounts" in path)
    assert (json.loads(account)["produced"], json.loads(account)["delivered"]) == (1, 1)
    assert "403 HeadObject" in logger.last_error
    assert len(list(tmp_path.glob("*.ledger"))) == 1  # what the killed process has lost is still to be told


def test_a_url_may_end_in_a_slash(bucket: str) -> None:
    logger = PredictionLogger(f"{bucket}/", "flights", every=3_600)
    logger.log("r1", "k", 1, {}, 0.5)
    assert logger.close()
    assert import_labels(f"{bucket}/", "flights", pa.table({"id": ["r1"], "label": [1]})) == 1
    assert [len(in_memory(bucket, part)) for part in ("predictions", "labels", "accounts")] == [1, 1, 1]


def test_a_root_has_one_name_however_it_is_written(tmp_path: Path) -> None:
    assert name_of(f"file://{tmp_path}") == name_of(tmp_path) == name_of(f"{tmp_path}/") == str(tmp_path)
    (tmp_path / "link").symlink_to(tmp_path)
    assert name_of(tmp_path / "link") == name_of(f"{tmp_path}/link/../{tmp_path.name}") == str(tmp_path)
    assert name_of("memory://bucket/records/") == name_of("memory://bucket/records")

"""Reading a run's transaction log (`run-<id>.wandb`): LevelDB framing around protobuf records."""

import json
import struct
import time
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from wandb.proto.wandb_internal_pb2 import ArtifactRecord, MetricRecord, Record, RunRecord

BLOCK = 32 * 1024
CHUNK = struct.Struct("<IHB")
FILE = struct.Struct("<4sHB")
FULL, FIRST, LAST = 1, 2, 4
PATIENCE = 20.0


def _chunks(content: bytes) -> Iterator[tuple[int, bytes]]:
    """(kind, content) of every chunk, each checked against its checksum."""
    assert FILE.unpack_from(content) == (b":W&B", 0xBEE1, 0)
    place = FILE.size
    while place + CHUNK.size <= len(content):
        left = BLOCK - place % BLOCK
        crc, length, kind = CHUNK.unpack_from(content, place)
        if left < CHUNK.size or (kind, length) == (0, 0):
            place += left
            continue
        chunk = content[place + CHUNK.size : place + CHUNK.size + length]
        if len(chunk) < length:
            return
        assert zlib.crc32(chunk, zlib.crc32(bytes([kind]))) == crc
        yield kind, chunk
        place += CHUNK.size + length


def records_of(folder: str | Path) -> list[Record]:
    """Every record of a finished run; wandb's own process writes the last ones some moments after the run's end."""
    (file,) = Path(folder).glob("run-*.wandb")
    deadline = time.monotonic() + PATIENCE
    while True:
        records = list(_records(file))
        if any(r.WhichOneof("record_type") == "exit" for r in records):
            return records
        assert time.monotonic() < deadline, f"{file} has no end"
        time.sleep(0.005)


def _records(file: Path) -> Iterator[Record]:
    whole = b""
    for kind, chunk in _chunks(file.read_bytes()):
        whole = chunk if kind in (FULL, FIRST) else whole + chunk
        if kind in (FULL, LAST):
            yield Record.FromString(whole)


def rows_of(folder: str | Path) -> list[dict[str, Any]]:
    """What was logged, row by row, without what wandb adds of its own."""
    rows = [r.history.item for r in records_of(folder) if r.WhichOneof("record_type") == "history"]
    named = [{".".join(item.nested_key) or item.key: json.loads(item.value_json) for item in row} for row in rows]
    return [{name: value for name, value in row.items() if not name.startswith("_")} for row in named]


def artifacts_of(folder: str | Path) -> list[ArtifactRecord]:
    return [r.artifact for r in records_of(folder) if r.WhichOneof("record_type") == "artifact"]


def metrics_of(folder: str | Path) -> list[MetricRecord]:
    return [r.metric for r in records_of(folder) if r.WhichOneof("record_type") == "metric"]


def run_of(folder: str | Path) -> RunRecord:
    return next(r.run for r in records_of(folder) if r.WhichOneof("record_type") == "run")


def exit_of(folder: str | Path) -> int:
    return next(r.exit.exit_code for r in records_of(folder) if r.WhichOneof("record_type") == "exit")

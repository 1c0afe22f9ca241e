"""A fresh process that writes records or reads them: `python -m benchmarks.drift_reading KIND FOLDER ...`."""

import hashlib
import json
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.drift_frames import draw, frame_of, is_number
from benchmarks.memory import forget_peak, peak_mb
from watchkeeper.adapters.parquet_predictions import ParquetPredictions
from watchkeeper.domain.intervals import Interval
from watchkeeper.ports.records import Look
from watchkeeper.profiles import Kind, from_bytes, to_bytes
from watchkeeper.profiles.frames import table_of
from watchkeeper.profiles.scoring import Reference, Scores
from watchkeeper.serving.tables import MICROSECOND, write_records

__all__ = ["read", "write"]

MODEL, DAY, MICROSECONDS = "m", timedelta(days=1), 86_400_000_000
FIRST, SECOND = datetime(2026, 1, 5, tzinfo=UTC), datetime(2026, 1, 7, tzinfo=UTC)
"""A day of few records to warm up on, and the one that is measured."""

FEW = 1_000
REFERENCE, ANSWER = "reference.wkp", "prediction"


def write(folder: Path, rows: int, columns: int) -> dict[str, object]:
    """Write both days and a reference's profile; gives the size of the larger file, and its scores from memory."""
    reference = table_of(frame_of(draw(folder / "reference.npz", rows, columns, 0)))
    window = table_of(frame_of(draw(folder / "window.npz", rows, columns, 1)))
    fitted = Reference.fit(reference, _kinds(reference))
    (folder / REFERENCE).write_bytes(to_bytes(fitted.profile))
    write_records(folder, MODEL, _logged(window.slice(0, FEW), FIRST))
    write_records(folder, MODEL, _logged(window, SECOND))
    scores = fitted.scores(fitted.profile_of([window]))
    return {"mb": round(_file(folder).stat().st_size / 2**20, 1), "scores": _digest(scores)}


def _kinds(table: pa.Table) -> dict[str, Kind]:
    return {name: Kind.NUMERIC if is_number(name) else Kind.CATEGORICAL for name in table.column_names}


def _logged(features: pa.Table, day: datetime) -> pa.Table:
    """The same rows as records of a day, as a host's logger would write them."""
    rows = features.num_rows
    at = int(day.timestamp()) * 1_000_000 + np.arange(rows) * (MICROSECONDS // rows)
    own = {
        "_id": pa.array([f"{day:%d}-{row:08d}" for row in range(rows)]),
        "_at": pa.array(at).cast(MICROSECOND),
        "_key": pa.array([f"key {row % 1000}" for row in range(rows)]),
        "_version": pa.array(np.ones(rows, np.int64)),
        "_prediction": pa.array(np.linspace(0, 1, rows)),
        "_latency_ms": pa.array(np.ones(rows)),
    }
    return pa.table(own | {name: features.column(name) for name in features.column_names})


def _file(folder: Path) -> Path:
    return max(folder.rglob("*.parquet"), key=lambda file: file.stat().st_size)


def _digest(scores: dict[str, Scores]) -> str:
    return hashlib.sha256(repr(sorted((n, s) for n, s in scores.items() if n != ANSWER)).encode()).hexdigest()


def read(kind: str, folder: Path, times: int) -> dict[str, object]:
    """What every reading cost, in seconds, seconds of the processor, and MB."""
    passes: dict[str, Callable[[datetime], str]] = {
        "ours": _scored(folder),
        "arrow": lambda day: _table(folder, day, []),
        "dictionaries": lambda day: _table(folder, day, [n for n in _names(folder) if not is_number(n)]),
    }
    passes[kind](FIRST)
    pa.default_memory_pool().release_unused()
    before, told = forget_peak(), []
    for _ in range(times):
        start, cpu = time.perf_counter(), time.process_time()
        found = passes[kind](SECOND)
        told.append((time.perf_counter() - start, time.process_time() - cpu, peak_mb() - before))
    seconds, processor, peak = zip(*told, strict=True)
    return {"seconds": seconds, "cpu": processor, "peak_mb": peak, "scores": found}


def _scored(folder: Path) -> Callable[[datetime], str]:
    """How a day is scored through the prediction store."""
    profile = from_bytes((folder / REFERENCE).read_bytes())
    kinds = {name: Kind.NUMERIC if is_number(name) else Kind.CATEGORICAL for name in profile.columns}
    reference = Reference.of(profile, kinds)

    def scored(day: datetime) -> str:
        look = Look(MODEL, Interval(day, day + DAY), kinds, reference.grids, Interval(day - DAY, day))
        return _digest(reference.scores(ParquetPredictions(folder).window(look).profile))

    return scored


def _names(folder: Path) -> list[str]:
    return [name for name in pq.read_schema(_file(folder)).names if not name.startswith("_")]


def _table(folder: Path, day: datetime, texts: list[str]) -> str:
    (file,) = folder.rglob(f"day={day:%Y-%m-%d}/*.parquet")
    return str(pq.read_table(file, columns=_names(folder), read_dictionary=texts or None).num_rows)


if __name__ == "__main__":
    place, numbers = Path(sys.argv[2]), [int(number) for number in sys.argv[3:]]
    print(json.dumps(write(place, *numbers) if sys.argv[1] == "write" else read(sys.argv[1], place, *numbers)))

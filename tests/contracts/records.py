"""Records and labels for the tests of the prediction store."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from watchkeeper.domain.intervals import Interval
from watchkeeper.ports import Look
from watchkeeper.profiles import Grid, Kind

NOON = datetime(2013, 7, 1, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
TODAY = Interval(NOON.replace(hour=0), NOON.replace(hour=0) + DAY)
KINDS = {"temp": Kind.NUMERIC, "carrier": Kind.CATEGORICAL}


def records(
    ids: Sequence[str], since: datetime = NOON, every: timedelta = MINUTE, *, temps: Sequence[object] | None = None
) -> pa.Table:
    """One record an id, `every` apart."""
    count = len(ids)
    return pa.table(
        {
            "_id": pa.array(ids, pa.string()),
            "_at": pa.array([since + n * every for n in range(count)], pa.timestamp("us", "UTC")),
            "_key": pa.array([f"key of {name}" for name in ids], pa.string()),
            "_version": pa.array([3] * count, pa.int64()),
            "_prediction": pa.array([n / max(count, 1) for n in range(count)], pa.float64()),
            "_latency_ms": pa.array([4.5] * count, pa.float64()),
            "temp": pa.array([float(n) for n in range(count)] if temps is None else temps),
            "carrier": pa.array(["AA" if n % 2 else "UA" for n in range(count)], pa.string()),
        }
    )


def labels(known: dict[str, float], at: datetime = NOON) -> pa.Table:
    """Labels by record, all known since the same moment."""
    times = pa.array([at] * len(known), pa.timestamp("us", "UTC"))
    return pa.table(
        {"_id": pa.array(known, pa.string()), "_label": pa.array(known.values(), pa.float64()), "_at": times}
    )


def look(interval: Interval = TODAY, outcomes: Interval | None = None, model: str = "flights") -> Look:
    return Look(model, interval, KINDS, {"temp": Grid()}, outcomes or interval)


def day_files(root: Path, part: str = "predictions") -> list[Path]:
    return sorted(root.glob(f"flights/{part}/day=*/*.parquet"))


def foreign(root: Path, table: pa.Table | bytes, name: str = "theirs.parquet", part: str = "predictions") -> Path:
    """A file in today's folder that the store did not write."""
    path = root / "flights" / part / "day=2013-07-01" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    if isinstance(table, bytes):
        path.write_bytes(table)
    else:
        pq.write_table(table, path)
    return path

"""What is noted of records while they stream by."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

import pyarrow as pa

from watchkeeper.adapters._parquet_files import EPOCH, TICK, microseconds
from watchkeeper.profiles import Kind, NumericColumn, Profile
from watchkeeper.profiles.counting import profile_batches

__all__ = ["LATENCY", "Tally"]

LATENCY = "_latency_ms"


@dataclass(slots=True)
class Tally:
    """What is noted of records while they stream by."""

    rows: int = 0
    _newest: int | None = None
    latencies: Profile = field(default_factory=Profile)

    def of(self, tables: Iterator[pa.Table]) -> Iterator[pa.Table]:
        """The same tables, counted."""
        for table in tables:
            if table.num_rows:
                self.rows += table.num_rows
                newest = int(microseconds(table).max())
                self._newest = newest if self._newest is None else max(self._newest, newest)
                self.latencies += profile_batches([table], {LATENCY: Kind.NUMERIC}, {})
                yield table

    @property
    def newest(self) -> datetime | None:
        """The time of the last record."""
        return None if self._newest is None else EPOCH + self._newest * TICK

    @property
    def latency(self) -> NumericColumn | None:
        """The latencies of all records that have one."""
        column = self.latencies.columns.get(LATENCY)
        return column if isinstance(column, NumericColumn) and column.finite else None

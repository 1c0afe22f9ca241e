"""What each record says of two versions, by blocks of time: columns of a table as arrays."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from watchkeeper.domain.intervals import EPOCH
from watchkeeper.profiles import Kind
from watchkeeper.profiles.numbers import numbers_of
from watchkeeper.window import Floats

__all__ = ["Said", "ends_of", "moment_of", "numbers_in", "picked", "those_of", "ticks_of"]

Integers = npt.NDArray[np.int64]
Chosen = npt.NDArray[np.bool_]

TICK = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True, eq=False)
class Said:
    """What each record says of both versions, shapes (n,), in order of time: NaN where it says nothing.

    Attributes:
        ends: of the window of each, in microseconds since 1970.
    """

    ends: Integers
    canary: Floats
    champion: Floats

    @property
    def counts(self) -> dict[int, tuple[int, int]]:
        """How many records of either version each window has."""
        return {end: (a.size, b.size) for end, a, b in self.blocks}

    @property
    def blocks(self) -> list[tuple[int, Floats, Floats]]:
        """The values of either version by window, oldest first."""
        ends, first = np.unique(self.ends, return_index=True)
        both = (np.split(values, first[1:]) for values in (self.canary, self.champion))
        parts = zip(ends.tolist(), *both, strict=True) if ends.size else ()
        return [(end, a[np.isfinite(a)], b[np.isfinite(b)]) for end, a, b in parts]


def picked(records: pa.Table, version: int) -> Chosen:
    """Which requests a version was picked for."""
    return np.logical_or(those_of(records, "_version", version), those_of(records, "_failed", version))


def those_of(records: pa.Table, column: str, version: int) -> Chosen:
    """Which records have this version in a column."""
    return np.equal(numbers_in(records, column), version)


def numbers_in(records: pa.Table, column: str) -> Floats:
    """The numbers of a column, NaN where there is none; true is 1."""
    values = records[column] if column in records.column_names else None
    if values is not None and pa.types.is_boolean(values.type):
        values = values.cast(pa.int8())
    found = None if values is None else numbers_of(values, Kind.NUMERIC)
    return np.full(records.num_rows, np.nan) if found is None else np.asarray(found, np.float64)


def ends_of(records: pa.Table, every: timedelta) -> Integers:
    """The end of each record's block, in microseconds since 1970."""
    length = every // TICK
    ends: Integers = (ticks_in(records) // length + 1) * length
    return ends


def ticks_in(records: pa.Table) -> Integers:
    """When each record was made, in microseconds since 1970."""
    at: Integers = records["_at"].cast(pa.timestamp("us", "UTC")).cast(pa.int64()).to_numpy()
    return at


def ticks_of(moment: datetime) -> int:
    """A moment in microseconds since 1970."""
    return (moment - EPOCH) // TICK


def moment_of(ticks: int) -> datetime:
    """The moment so many microseconds after 1970."""
    return EPOCH + ticks * TICK

"""What each record says of the two versions of a rollout, by blocks of time: columns of a table as arrays."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from watchkeeper.domain.intervals import EPOCH
from watchkeeper.domain.rollouts import Rollout, Verb
from watchkeeper.judge import Block
from watchkeeper.profiles import Kind
from watchkeeper.profiles.numbers import numbers_of
from watchkeeper.window import Floats

__all__ = [
    "Integers",
    "Said",
    "blocks_of",
    "ends_in",
    "ends_of",
    "moment_of",
    "numbers_in",
    "picked",
    "said_of_both",
    "those_of",
    "ticks_in",
    "ticks_of",
    "with_otherwise",
]

Integers = npt.NDArray[np.int64]
Chosen = npt.NDArray[np.bool_]

TICK = timedelta(microseconds=1)

MOVES = (Verb.SHADOW, Verb.ADVANCE, Verb.PROMOTE)
"""What changes shares. Within a block they stay: else who got more of the afternoon is judged by its hours."""


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


def said_of_both(rollout: Rollout, records: pa.Table, ends: Integers, values: Floats) -> Said:
    """What the records say, shape (n,), each of the version that answered it."""
    versions = rollout.candidate, rollout.champion
    return Said(ends, *(np.where(those_of(records, "_version", v), values, np.nan) for v in versions))


def blocks_of(said: Said, missing: dict[int, tuple[int, int]] | None = None) -> tuple[Block, ...]:
    """The blocks as they are judged; `missing` says by end how many labels of either version have not come."""
    unlabelled = missing or {}
    known = {end: (a, b) for end, a, b in said.blocks}
    empty = np.empty(0)
    return tuple(
        Block(*known.get(end, (empty, empty)), moment_of(end), unlabelled.get(end, (0, 0)))
        for end in sorted(known.keys() | unlabelled.keys())
    )


def with_otherwise(values: Floats, blocks: Integers, otherwise: float | None) -> Floats:
    """Values, shape (n,), with `otherwise` for those that have not come, in every block of which some have.

    A block of which none has come tells nothing: its import may be late itself.

    Args:
        blocks: in which block each lies, shape (n,).
    """
    if otherwise is None:
        return values
    known = np.isfinite(values)
    filled: Floats = np.where(known | ~np.isin(blocks, blocks[known]), values, otherwise)
    return filled


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


def ends_in(rollout: Rollout, records: pa.Table, every: timedelta) -> Integers:
    """The end of each record's block: of its window, or of the step that ended within it, as shares differ."""
    at, ends = ticks_in(records), ends_of(records, every)
    for cut in (ticks_of(move.at) for move in rollout.history if move.verb in MOVES):
        ends = np.where((at < cut) & (cut < ends), cut, ends)
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

"""Records told apart by their ids: each counts once, and finds its label.

Ids are compared by a hash of 64 bits, so that a window costs eight bytes a record. Two of n different ids share one
with a chance of n^2 / 2^65: one in fifty million for a million records.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from watchkeeper.adapters._parquet_files import Integers, Trouble, footer_of, microseconds
from watchkeeper.serving.tables import UNIQUE
from watchkeeper.window import Floats

__all__ = ["Mask", "Seen", "Source", "floats", "hashed", "latest_labels", "surveyed"]

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Source:
    """A readable file of records.

    Attributes:
        doubtful: whether its records may occur in another one or twice in itself.
        weighted: whether it says for how many requests each record stands.
    """

    path: Path
    doubtful: bool
    weighted: bool = False


@dataclass(frozen=True, slots=True)
class Range:
    """The smallest and largest id of a file, and whether each occurs once in it."""

    path: Path
    low: str
    high: str
    unique: bool


def surveyed(paths: Sequence[Path], trouble: Trouble) -> list[Source]:
    """The readable files, in their order; those whose ids overlap with no other's need no second look."""
    readable: dict[Path, bool] = {}
    ranges: list[Range] = []
    for path in paths:
        with trouble.around(path):
            footer = footer_of(path, ["_id", "_at"])
            ranges.extend(_range(path, footer))
            readable[path] = "_weight" in footer.schema.names
    alone = _alone(sorted(ranges, key=lambda r: r.low)) if len(ranges) == len(readable) else set()
    return [Source(path, path not in alone, weighted) for path, weighted in readable.items()]


def _range(path: Path, footer: pq.FileMetaData) -> list[Range]:
    """The range of a file's ids as its footer tells it, none when it does not."""
    place = footer.schema.names.index("_id")
    groups = [footer.row_group(group).column(place).statistics for group in range(footer.num_row_groups)]
    if not groups or not all(s and s.has_min_max and isinstance(s.min, str) and not s.null_count for s in groups):
        return []
    unique = UNIQUE.items() <= (footer.metadata or {}).items()
    return [Range(path, min(s.min for s in groups), max(s.max for s in groups), unique)]


def _alone(ranges: Sequence[Range]) -> set[Path]:
    """The files that share no id with another and repeat none; `ranges` in order of their smallest id."""
    alone, highest = set(), ""
    for place, this in enumerate(ranges):
        clear_before = place == 0 or highest < this.low
        clear_after = place + 1 == len(ranges) or this.high < ranges[place + 1].low
        if this.unique and clear_before and clear_after:
            alone.add(this.path)
        highest = max(highest, this.high)
    return alone


def hashed(ids: pa.ChunkedArray) -> Integers:
    """A hash of every id, shape (n,); equal ids have equal hashes within one process."""
    texts = ids.cast(pa.string()).to_numpy()
    return np.fromiter(map(hash, texts), np.int64, len(texts))


@dataclass(slots=True)
class Seen:
    """The hashes met so far, in sorted runs of falling length, so that adding stays cheap however many there are."""

    runs: list[Integers] = field(default_factory=list)

    def fresh(self, ids: pa.ChunkedArray) -> Mask:
        """Which of these ids are met for the first time, shape (n,); a missing id always is."""
        hashes, places = np.unique(hashed(ids), return_index=True)
        new = np.ones(len(hashes), bool)
        for run in self.runs:
            new &= ~_contains(run, hashes)
        self._add(hashes[new])
        first = np.zeros(len(ids), bool)
        first[places[new]] = True
        return first | ids.is_null().to_numpy() if ids.null_count else first

    def _add(self, run: Integers) -> None:
        while self.runs and len(self.runs[-1]) <= 2 * len(run):
            run = np.sort(np.concatenate([self.runs.pop(), run]), kind="stable")
        if len(run):
            self.runs.append(run)


def _contains(run: Integers, hashes: Integers) -> Mask:
    found: Mask = run[np.minimum(np.searchsorted(run, hashes), len(run) - 1)] == hashes
    return found


def floats(column: pa.ChunkedArray) -> Floats:
    """The numbers of a column, NaN where there is none, and everywhere when it holds none."""
    numeric = pa.types.is_integer(column.type) or pa.types.is_floating(column.type) or pa.types.is_boolean(column.type)
    if not numeric:
        return np.full(len(column), np.nan)
    numbers: Floats = pc.cast(column, pa.float64(), safe=False).fill_null(np.nan).to_numpy()
    return numbers


def latest_labels(ids: Integers, labels: Iterable[pa.Table]) -> Floats:
    """The label of each record that was known last, shape (n,); NaN for a record without one.

    Args:
        ids: hashes of the records' ids, shape (n,); each may come more than once.
        labels: tables with `_id`, `_label` and `_at`; of two with one time the one read later counts.
    """
    order = np.argsort(ids, kind="stable")
    ordered = ids[order]
    if (ordered[1:] == ordered[:-1]).any():
        each, copies = np.unique(ids, return_inverse=True)
        return latest_labels(each, labels)[copies]
    found, known = np.full(len(ids), np.nan), np.full(len(ids), np.iinfo(np.int64).min)
    for table in labels if len(ids) else ():
        table = table.filter(table.column("_id").is_valid())  # noqa: PLW2901 - the same labels, all with an id
        hashes, at, values = hashed(table.column("_id")), microseconds(table), floats(table.column("_label"))
        turn = np.argsort(hashes, kind="stable")  # those sought one after the other then lie beside each other
        hashes, at, values = hashes[turn], at[turn], values[turn]
        place = np.minimum(np.searchsorted(ordered, hashes), len(ids) - 1)
        record = order[place]
        newer = np.flatnonzero((ordered[place] == hashes) & (at >= known[record]))
        newer = newer[np.argsort(at[newer], kind="stable")]
        found[record[newer]], known[record[newer]] = values[newer], at[newer]
    return found

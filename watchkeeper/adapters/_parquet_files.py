"""Day files of Parquet, read one by one: what is wrong with one of them is said, and costs no other."""

import errno
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from watchkeeper.errors import OutsideError
from watchkeeper.serving.layout import day_folder, day_of
from watchkeeper.serving.tables import MICROSECOND

__all__ = [
    "COMPACT",
    "EPOCH",
    "REPLACES",
    "STORE",
    "TICK",
    "Integers",
    "Span",
    "Swept",
    "Trouble",
    "day_files",
    "entries",
    "files_of",
    "footer_of",
    "is_text",
    "microseconds",
    "reaching",
    "replaced_by",
    "those",
]

STORE = "prediction store"
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
TICK = timedelta(microseconds=1)

MOST_FOOTERS = 128
"""So many footers are kept; one of a wide model takes 100 kB."""

OF_THE_FILE = (None, errno.EACCES, errno.EPERM, errno.EISDIR, errno.ENOENT)
"""Error numbers that say something about one file; Arrow gives none when the content is broken."""

Integers = npt.NDArray[np.int64]

COMPACT = "-compact-"
"""In the name of a file that took the place of others."""

REPLACES = b"watchkeeper.replaces"
"""In its footer: their names."""


class Swept(OutsideError):
    """A file went away between being listed and being read: its day was compacted, or is kept no longer."""


@dataclass(frozen=True, slots=True)
class Span:
    """Times from `start` (included) to `end` (not included), in microseconds since 1970."""

    start: int
    end: int

    @classmethod
    def of(cls, start: datetime, end: datetime) -> "Span":
        """The span between two moments."""
        return cls((start - EPOCH) // TICK, (end - EPOCH) // TICK)

    @property
    def days(self) -> tuple[str, str]:
        """The names of its first and last day's folders."""
        first, last = (EPOCH + TICK * tick for tick in (self.start, self.end - 1))
        return day_folder(day_of(first)), day_folder(day_of(last))


@dataclass(frozen=True, slots=True)
class Trouble:
    """What could not be read, by file, in the order it was met.

    Attributes:
        root: file names are given from here on.
    """

    root: Path
    reasons: dict[Path, str] = field(default_factory=dict)

    @contextmanager
    def around(self, path: Path) -> Iterator[None]:
        """Note a file that cannot be read and go on; OutsideError when the disk and not the file is at fault."""
        try:
            yield
        except FileNotFoundError as error:
            if not path.is_symlink():
                raise Swept(STORE, f"{path} went away while it was read; read again") from error
            self.reasons.setdefault(path, "it leads nowhere")
        except (pa.ArrowException, OSError, ValueError, KeyError) as error:
            if isinstance(error, OSError) and error.errno not in OF_THE_FILE:
                raise OutsideError(STORE, f"{path}: {error.strerror}") from error
            self.reasons.setdefault(path, " ".join(str(error).split())[:300])

    @property
    def sentences(self) -> tuple[str, ...]:
        """One a file."""
        return tuple(f"{path.relative_to(self.root)}: {reason}" for path, reason in self.reasons.items())


@contextmanager
def reaching(path: Path) -> Iterator[None]:
    """OutsideError for what the disk says about a place that is ours."""
    try:
        yield
    except OSError as error:
        raise OutsideError(STORE, f"{path}: {error.strerror or error}") from error


def day_files(folder: Path, span: Span) -> list[Path]:
    """The files of the days that a span touches, oldest day first; none when the folder is not there."""
    first, last = span.days
    with reaching(folder):
        days = [day for day in entries(folder) if first <= day.name <= last]
        return [file for day in days for file in files_of(day)]


def files_of(day: Path) -> list[Path]:
    """The files of a day's folder, by name, without those in whose place another one is there."""
    files = [file for file in entries(day) if file.name.endswith(".parquet")]
    gone = {name for file in files if COMPACT in file.name for name in replaced_by(file)}
    return [file for file in files if file.name not in gone]


def replaced_by(file: Path) -> frozenset[str]:
    """The names of the files in whose place a compacted one is; none while it cannot be read itself."""
    try:
        written = (_footer(file, _age(file)).metadata or {}).get(REPLACES, b"[]")
    except (pa.ArrowException, OSError):
        return frozenset()
    return frozenset(json.loads(written))


def entries(folder: Path) -> list[Path]:
    """What lies in a folder, by name; nothing when it is not there."""
    try:
        return sorted(folder.iterdir())
    except FileNotFoundError:
        return []


def footer_of(path: Path, needed: Sequence[str]) -> pq.FileMetaData:
    """What stands in a file's footer; ValueError when it is not one of ours, for it lacks a column or a type."""
    footer = _footer(path, _age(path))
    schema = footer.schema.to_arrow_schema()
    for name in needed:
        if name not in schema.names:
            raise ValueError(f"it has no column `{name}`; move it away if it is not one of ours")
        kind = schema.field(name).type
        if name == "_at" and getattr(kind, "tz", None) is None:
            raise ValueError(f"its column `_at` holds {kind}, not times with a zone; write it again with {MICROSECOND}")
        if name == "_id" and not (is_text(kind) or pa.types.is_integer(kind) or pa.types.is_dictionary(kind)):
            raise ValueError(f"its column `_id` holds {kind}, not ids; write it again with string")
    return footer


def _age(path: Path) -> tuple[int, ...]:
    """What changes when a file does."""
    status = path.stat()
    return status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns


@lru_cache(maxsize=MOST_FOOTERS)
def _footer(path: Path, _age: tuple[int, ...]) -> pq.FileMetaData:
    """Read once: a file is surveyed before it is read, and its day is looked at again when its labels are due."""
    return pq.read_metadata(path)


def is_text(kind: pa.DataType) -> bool:
    """Whether this Arrow type holds text."""
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))


def those(table: pa.Table, wanted: npt.NDArray[np.bool_]) -> pa.Table:
    """The rows that are wanted."""
    return table if wanted.all() else table.filter(pa.array(wanted))


def microseconds(table: pa.Table) -> Integers:
    """The times of a table in microseconds since 1970, shape (n,); one that is missing lies before all others."""
    ticks = table.column("_at").cast(MICROSECOND, safe=False).cast(pa.int64())
    numbers: Integers = ticks.fill_null(np.iinfo(np.int64).min).to_numpy()
    return numbers

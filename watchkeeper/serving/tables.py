"""Tables of records and labels, written as Parquet by day. Imports pyarrow: not for a serving host's start."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from watchkeeper.serving.answers import SCORES, SCORES_TYPE
from watchkeeper.serving.files import UNIQUE, file_of, put_file
from watchkeeper.serving.layout import LABELS, PREDICTIONS, SHADOWS, checked_name, day_folder, labels_part, rows_like

__all__ = [
    "LABEL_TYPES",
    "MICROSECOND",
    "OPTIONAL_TYPES",
    "RECORD_TYPES",
    "SHADOW_TYPES",
    "UNIQUE",
    "Parcel",
    "parcels",
    "write_labels",
    "write_records",
]

MICROSECOND = pa.timestamp("us", "UTC")
"""The type of every time."""

RECORD_TYPES: dict[str, pa.DataType] = {
    "_id": pa.string(),
    "_at": MICROSECOND,
    "_key": pa.string(),
    "_version": pa.int64(),
    "_prediction": pa.float64(),
    "_latency_ms": pa.float64(),
}
"""Our own columns of a table of records; one of a multiclass model also has `_scores`."""

OPTIONAL_TYPES: Mapping[str, pa.DataType] = {"_failed": pa.int64(), "_weight": pa.float64()}
"""Columns that a table of records may have: the version that was picked and failed, null where none did; and one over
the chance with which the record was kept, 1 where the column is not there."""

SHADOW_TYPES: Mapping[str, pa.DataType] = {
    name: (RECORD_TYPES | {"_failed": pa.int64()})[name]
    for name in ("_id", "_at", "_version", "_prediction", "_latency_ms", "_failed")
}
"""The columns of a table of shadow answers, `_id` being that of the record; of a multiclass model also `_scores`."""

LABEL_TYPES: Mapping[str, pa.DataType] = {"_id": pa.string(), "_label": pa.float64(), "_at": MICROSECOND}
"""The columns of a table of labels."""

DAY = 86_400_000_000

FOLDERS: Mapping[str, Mapping[str, pa.DataType]] = {
    PREDICTIONS: RECORD_TYPES,
    LABELS: LABEL_TYPES,
    SHADOWS: SHADOW_TYPES,
}
"""What lies in a folder of a model: our own columns of its tables."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """A file that is ready to be put anywhere; the same rows make the same parcel.

    Attributes:
        path: within the model's folder.
        unusable: rows whose answer or label could not be read.
    """

    path: str
    content: bytes
    rows: int
    unusable: int


def write_records(root: Path, model: str, records: pa.Table) -> None:
    """Write records into the files of their days; the same table again writes nothing.

    Of columns with one name all are kept, numbered (`age (1)`, `age (2)`), and the one that was meant is absent.

    Raises:
        ValueError: a column of ours is missing, has values of another type, or a record has no id or time.
        OSError: the disk said no; what was written so far is whole, and writing again completes it.
    """
    _write(root / checked_name(model), PREDICTIONS, records)


def write_labels(root: Path, model: str, labels: pa.Table, of: str | None = None) -> None:
    """Write labels, or values of a late column, into the files of the days on which they became known.

    Otherwise as `write_records`.
    """
    _write(root / checked_name(model), labels_part(of), labels)


def parcels(folder: str, table: pa.Table) -> Iterator[Parcel]:
    """The files of the days of a table of `predictions`, `labels`, `late/...` or `shadows`; raises as others here.

    Where the table's metadata are `UNIQUE` nobody counts its ids again.
    """
    own = _own(folder, table)
    if table.schema.metadata == UNIQUE:
        own = own.replace_schema_metadata(UNIQUE)
    for day, rows in _by_day(own):
        name, content = file_of(rows)
        yield Parcel(f"{folder}/{day_folder(day)}/{name}", content, rows.num_rows, _unusable(rows))


def _unusable(table: pa.Table) -> int:
    """Rows without an answer, though nobody failed, or without a label."""
    names = table.column_names
    known = table.column("_label" if "_label" in names else "_prediction")
    if not known.null_count or "_failed" not in names:
        return int(known.null_count)
    return int(pc.sum(pc.and_(known.is_null(), table.column("_failed").is_null())).as_py())


def _own(folder: str, table: pa.Table) -> pa.Table:
    also = {n: t for n, t in {SCORES: SCORES_TYPE, **OPTIONAL_TYPES}.items() if n in table.column_names}
    like = rows_like(folder)
    return _typed(table, {**FOLDERS[like], **(also if like != LABELS else {})}, folder)


def _typed(table: pa.Table, types: Mapping[str, pa.DataType], what: str) -> pa.Table:
    """The table with our columns in our types, the others as they are."""
    for name, wanted in types.items():
        place = table.schema.get_field_index(name)
        if place < 0:
            raise ValueError(f"the table of {what} needs one column `{name}` of type {wanted}")
        table = table.set_column(place, pa.field(name, wanted), _cast(table.column(place), name, wanted))
    return table.replace_schema_metadata(None).rename_columns(_told_apart(table.column_names))


def _told_apart(names: list[str]) -> list[str]:
    """The names, numbered where one comes twice: nobody knows which of them is meant, and none is lost."""
    seen: Counter[str] = Counter()
    often = Counter(names)
    told = []
    for name in names:
        seen[name] += 1
        told.append(name if often[name] == 1 else f"{name} ({seen[name]})")
    return told


def _cast(column: pa.ChunkedArray, name: str, wanted: pa.DataType) -> pa.ChunkedArray:
    if name in ("_id", "_at") and column.null_count:
        raise ValueError(f"column `{name}` has {column.null_count} rows without a value; every row needs one")
    if wanted == MICROSECOND and getattr(column.type, "tz", None) is None:
        raise ValueError(f"column `{name}` holds {column.type}; it needs times with a zone, best {wanted}")
    try:
        return column.cast(wanted, safe=wanted != MICROSECOND)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
        raise ValueError(f"column `{name}` holds {column.type}; it needs {wanted}: {error}") from error


def _write(place: Path, folder: str, table: pa.Table) -> None:
    for day, rows in _by_day(_own(folder, table)):
        put_file(rows, place / folder / day_folder(day))


def _by_day(table: pa.Table) -> Iterator[tuple[date, pa.Table]]:
    """The rows of each UTC day, in the order they came."""
    days = table.column("_at").cast(pa.int64()).to_numpy() // DAY
    order = np.argsort(days, kind="stable")
    if not np.array_equal(order, np.arange(len(days))):
        table, days = table.take(order), days[order]
    found, starts = np.unique(days, return_index=True)
    for day, start, end in zip(found, starts, [*starts[1:], len(days)], strict=False):
        yield date(1970, 1, 1) + timedelta(days=int(day)), table.slice(start, end - start)

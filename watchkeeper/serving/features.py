"""The features of a batch as columns: at once where all records have the same, with care where they do not."""

import time
from array import array
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from itertools import chain, starmap
from operator import itemgetter
from struct import Struct
from typing import Any, TypeAlias

import numpy as np
import pyarrow as pa

from watchkeeper.serving.privacy import OPEN, Privacy
from watchkeeper.serving.tables import MICROSECOND
from watchkeeper.serving.values import as_float, missing, text, tried

__all__ = ["feature_columns"]

Row = Mapping[Any, Any]
Columns = dict[str, list[Any]]
Column: TypeAlias = pa.Array | pa.ChunkedArray

AT_ONCE: Mapping[type, pa.DataType] = {float: pa.float64(), str: pa.string()}
"""Types of which a column can be made without asking every value: what does not fit is refused, and never changed."""

EXACT = 2.0**53
"""Below it every whole number is a double."""

SLICE = 1_024
"""Records that are turned at once: the longest that the interpreter's lock is held, in records."""

BREATH = 1e-4
"""Seconds between two turns, in which requests are answered."""


def feature_columns(rows: Sequence[dict[Any, Any]], privacy: Privacy = OPEN) -> dict[str, Column]:
    """One column for each name among the rows, null where a row lacks it. Names that begin with `_` are left out."""
    quick = tried(partial(_at_once, privacy=privacy), rows) or {}
    apart = _apart(rows, list(quick)) or _plain(rows) or _any(rows)
    told = {name: quick[name] if name in quick else _told(name, values, privacy) for name, values in apart.items()}
    return {name: column for name, column in told.items() if name not in privacy.without}


def _at_once(rows: Sequence[dict[Any, Any]], privacy: Privacy) -> dict[str, Column] | None:
    """The columns of fractions and texts, None when a row does not fit the first; whole numbers would be cut to fit."""
    kinds = {name: AT_ONCE[type(value)] for name, value in rows[0].items() if type(value) in AT_ONCE}
    fields = [(name, kind) for name, kind in kinds.items() if name not in privacy.hashed and _is_plain(name)]
    if not fields or set(map(len, rows)) != {len(rows[0])}:
        return None
    parts = [_turned(part, fields) for part in _slices(rows)]
    columns = {name: pa.chunked_array([part[name] for part in parts]) for name, _ in fields}
    gaps = [name for name, column in columns.items() if column.null_count]
    return columns if all(name in row for name in gaps for row in rows) else None


def _turned(rows: Sequence[dict[Any, Any]], fields: Sequence[tuple[str, pa.DataType]]) -> dict[str, pa.Array]:
    """The columns of some rows; fractions by a shorter way where every one of them is a number."""
    numbers = tried(partial(_packed, names=[name for name, kind in fields if kind == AT_ONCE[float]]), rows) or {}
    others = [(name, kind) for name, kind in fields if name not in numbers]
    found = pa.array(rows, pa.struct(others)).flatten() if others else []
    return numbers | {name: column for (name, _), column in zip(others, found, strict=True)}


def _packed(rows: Sequence[dict[Any, Any]], names: Sequence[str]) -> dict[str, pa.Array] | None:
    """The columns of numbers that fit doubles; None, or whatever is raised, when one does not."""
    if len(names) < 2:  # noqa: PLR2004 - of one name `itemgetter` gives no tuple
        return None
    packed = b"".join(starmap(Struct(f"{len(names)}d").pack, map(itemgetter(*names), rows)))
    columns = np.frombuffer(packed).reshape(len(rows), -1).T
    large = np.abs(columns) >= EXACT
    if large.any() and np.isfinite(columns[large]).any():
        return None  # a whole number among them may have been rounded
    return {name: pa.array(np.ascontiguousarray(column)) for name, column in zip(names, columns, strict=True)}


def _apart(rows: Sequence[Row], done: Sequence[str]) -> Columns | None:
    """The values by name of rows that have the names of the first, when some are `done`, which are not asked for."""
    if not done or not all(map(_is_plain, rows[0])):
        return None
    try:
        return {name: [] if name in done else [row[name] for row in rows] for name in rows[0]}
    except KeyError:
        return None


def _plain(rows: Sequence[Row]) -> Columns | None:
    """The columns of rows whose names are all plain, None for others."""
    names = dict.fromkeys(chain.from_iterable(rows))
    if not all(map(_is_plain, names)):
        return None
    return {name: [row.get(name) for row in rows] for name in names}


def _any(rows: Sequence[Row]) -> Columns:
    named = [_named(row) for row in rows]
    names = dict.fromkeys(chain.from_iterable(named))
    return {name: [row.get(name) for row in named] for name in names}


def _is_plain(name: object) -> bool:
    """Whether a name is written as it is."""
    return type(name) is str and not name.startswith("_") and (name.isascii() or text(name) == name)


def _named(row: Row) -> dict[str, Any]:
    written = ((text(name), value) for name, value in row.items())
    return {name: value for name, value in written if not name.startswith("_")}


def _slices(rows: Sequence[dict[Any, Any]]) -> Iterator[Sequence[dict[Any, Any]]]:
    for start in range(0, len(rows), SLICE):
        yield rows[start : start + SLICE]
        time.sleep(BREATH)


def _told(name: str, values: list[Any], privacy: Privacy) -> pa.Array:
    time.sleep(BREATH)
    if name in privacy.hashed:
        return pa.array([None if missing(value) else privacy.hide(text(value)) for value in values], pa.string())
    return _column(values)


def _column(values: list[Any]) -> pa.Array:
    """The values in the narrowest of our types that holds them all: their own, numbers, texts."""
    for attempt in (_as_one_type, _as_they_are, _as_numbers):
        column = tried(attempt, values)
        if column is not None:
            return column
    return pa.array([None if missing(value) else text(value) for value in values], pa.string())


def _as_one_type(values: list[Any]) -> pa.Array | None:
    """Values of one type that need no second look, None for others."""
    kinds = set(map(type, values))
    make = PLAIN.get(kinds.pop()) if len(kinds) == 1 else None
    return None if make is None else make(values)


PLAIN: Mapping[type, Callable[[list[Any]], pa.Array]] = {
    float: lambda values: pa.array(np.frombuffer(array("d", values))),
    int: lambda values: pa.array(np.frombuffer(array("q", values), np.int64)),
    str: lambda values: pa.array(values, pa.string()),
    bool: lambda values: pa.array(values, pa.bool_()),
}


def _as_they_are(values: list[Any]) -> pa.Array | None:
    found = pa.array(values)
    wanted = _kept_type(found.type)
    return None if wanted is None else found.cast(wanted)


def _kept_type(found: pa.DataType) -> pa.DataType | None:
    """The one type in which values of a type are kept, None when they are kept as text."""
    if pa.types.is_integer(found):
        return pa.int64()
    if pa.types.is_floating(found) or pa.types.is_decimal(found):
        return pa.float64()
    if pa.types.is_timestamp(found) or pa.types.is_date(found):
        return MICROSECOND
    return found if found in (pa.bool_(), pa.string(), pa.null()) else None


def _as_numbers(values: list[Any]) -> pa.Array | None:
    return pa.array([None if missing(value) else as_float(value) for value in values], pa.float64())

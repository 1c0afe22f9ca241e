"""What the values in somebody's table of labels mean. Imports pyarrow."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any, TypeVar

import numpy as np
import pyarrow as pa

from watchkeeper.serving.answers import place_of
from watchkeeper.serving.layout import LABELS
from watchkeeper.serving.privacy import OPEN, Privacy
from watchkeeper.serving.tables import LABEL_TYPES

__all__ = ["Columns", "Reading", "labels_of"]

T = TypeVar("T")

USUAL = {"id": ("_id", "id"), "label": ("_label", "label"), "at": ("_at", "at")}
"""The names that columns have when nobody says otherwise; the first that is there counts."""

NOTHING = frozenset({"", "NA", "N/A", "null", "NULL"})
"""Texts that say that there is no label, unless a class is called so."""

TRUTHS = {"true": 1.0, "false": 0.0}


@dataclass(frozen=True, slots=True)
class Columns:
    """Which column holds the record's id, which the label, and which the time it became known; None: the usual one."""

    id: str | None = None
    label: str | None = None
    at: str | None = None

    def among(self, names: Sequence[str], where: str) -> dict[str, str | None]:
        """Those of a table. Raises ValueError where one is missing that was named, or is needed."""
        found: dict[str, str | None] = {}
        for what, usual in USUAL.items():
            said = getattr(self, what)
            found[what] = next((name for name in ([said] if said else usual) if name in names), None)
            if found[what] is None and (said or what != "at"):
                there = ", ".join(f"`{name}`" for name in names)
                raise ValueError(
                    f"{where}: there is no column `{said or usual[1]}` for the {what}; say which of {there} it is"
                )
        return found


@dataclass(frozen=True, slots=True)
class Reading:
    """How the rows of one source are read.

    Attributes:
        where: its name, for messages.
        names: of the columns by what they hold; None for `at` where all labels became known at one moment.
        known: that moment.
        privacy: whether ids are hashed, as the logger of the records does.
        part: the folder of the model in which they belong: that of labels, or of a late column.
    """

    where: str
    names: dict[str, str | None]
    classes: tuple[str, ...]
    known: datetime
    privacy: Privacy = OPEN
    part: str = LABELS

    @property
    def chosen(self) -> list[str]:
        """The columns that are read."""
        return [name for name in self.names.values() if name]


def labels_of(piece: pa.Table, reading: Reading, row: int) -> pa.Table:
    """A table of labels out of some rows, without those that have none; `row` is the number of the first, from 1.

    Raises:
        ValueError: a value cannot be meant; names the source, the column and the row.
    """

    def read(what: str, meaning: Callable[[Any], T], places: Sequence[int]) -> list[T]:
        return _meanings(piece, reading, what, meaning, row, places)

    everywhere = range(piece.num_rows)
    values = np.array(read("label", lambda value: _label(value, reading.classes), everywhere), np.float64)
    places = np.flatnonzero(~np.isnan(values)).tolist()  # nothing else is asked of a row whose truth is not known yet
    times = read("at", _moment, places) if reading.names["at"] else [reading.known] * len(places)
    ids = read("id", _identity, places)
    if "_id" in reading.privacy.hashed:
        ids = [reading.privacy.hide(name) for name in ids]
    columns = {"_id": ids, "_label": values[places], "_at": times}
    return pa.table({name: pa.array(columns[name], kind) for name, kind in LABEL_TYPES.items()})


def _meanings(
    piece: pa.Table, reading: Reading, what: str, meaning: Callable[[Any], T], row: int, places: Sequence[int]
) -> list[T]:
    """What every value of a column means; each distinct one is asked about once."""
    name = reading.names[what]
    values = piece.column(name).to_pylist()
    known: dict[Any, T] = {}
    for place in places:
        value = values[place]
        try:
            if value not in known:
                known[value] = meaning(value)
        except (ValueError, TypeError) as error:
            held = "nothing" if value in (None, "") else repr(value)
            raise ValueError(
                f"{reading.where}, row {row + place}: column `{name}` holds {held}; it needs {error}"
            ) from error
    return [known[values[place]] for place in places]


def _identity(value: Any) -> str:  # noqa: ANN401 - whatever a table holds
    if value is None or value == "" or value != value:  # noqa: PLR0124 - NaN
        raise ValueError("the id of a record, as it was logged")
    if isinstance(value, bytes):
        return value.decode()
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _label(value: Any, classes: Sequence[str]) -> float:  # noqa: ANN401 - the same
    """A label as it is kept, NaN for none."""
    if isinstance(value, str) and value in classes:
        return float(classes.index(value))
    if value is None or (isinstance(value, str) and value in NOTHING):
        return math.nan
    try:
        number = TRUTHS.get(value.lower()) if isinstance(value, str) else None
        number = float(value) if number is None else number
        if math.isnan(number):
            return math.nan
        if number.is_integer() and str(int(number)) in classes:
            return float(classes.index(str(int(number))))  # what is called "3" is not the fourth
        return float(place_of(number, classes)) if classes else _finite(number)
    except (ValueError, TypeError) as error:
        needed = f"one of {', '.join(classes)}" if classes else "a number, true or false"
        raise ValueError(needed) from error


def _finite(number: float) -> float:
    if math.isinf(number):
        raise ValueError(number)
    return number


def _moment(value: Any) -> datetime:  # noqa: ANN401 - the same
    """A time; one without a zone is in UTC."""
    try:
        at = datetime.fromisoformat(value) if isinstance(value, str) else value
        if isinstance(at, date) and not isinstance(at, datetime):
            at = datetime.combine(at, time.min)
        return at if at.tzinfo else at.replace(tzinfo=UTC)
    except (ValueError, AttributeError) as error:
        raise ValueError("a time, such as 2013-07-01T12:00:00Z") from error

"""Whatever a host hands to the logger, as columns. Odd values cost their column its type, never the batch."""

import uuid
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, TypeVar

import pyarrow as pa

from watchkeeper.serving.answers import SCORES, SCORES_TYPE, place_of, scores_of
from watchkeeper.serving.tables import MICROSECOND, RECORD_TYPES

__all__ = ["labels_table", "records_table"]

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
T = TypeVar("T")
MISSING = frozenset({"NoneType", "NAType", "NaTType"})
"""Types whose one value says that there is none; pandas' are known by name, for it is never imported here."""


def records_table(rows: Sequence[tuple[Any, ...]], classes: Sequence[str] = ()) -> pa.Table:
    """Records out of (logged, id, key, version, features, prediction, latency, at), one row each.

    Names that begin with an underscore are ours: features of such names are left out. With `classes` a prediction is
    what `scores_of` takes; one that it does not take is missing.
    """
    logged, ids, keys, versions, features, predictions, latencies, moments = zip(*rows, strict=True)
    named = [_named(mapping) for mapping in features]
    own = {
        "_id": [_identity(value) for value in ids],
        "_at": [_microseconds(at, now) for at, now in zip(moments, logged, strict=True)],
        "_key": [None if _missing(value) else _text(value) for value in keys],
        "_version": [_whole(value) for value in versions],
        "_latency_ms": [_number(value) for value in latencies],
    }
    columns = {name: pa.array(values, RECORD_TYPES[name]) for name, values in own.items()}
    columns |= _answers(predictions, classes)
    names = dict.fromkeys(name for row in named for name in row)
    return pa.table(columns | {name: _column([row.get(name) for row in named]) for name in names})


def labels_table(rows: Sequence[tuple[Any, ...]], classes: Sequence[str] = ()) -> pa.Table:
    """Labels out of (logged, id, label, at), one row each; with `classes` a label is what `place_of` takes."""
    logged, ids, labels, moments = zip(*rows, strict=True)
    read = partial(place_of, classes=classes) if classes else _as_float
    return pa.table(
        {
            "_id": pa.array([_identity(value) for value in ids], pa.string()),
            "_label": pa.array([_number(value, read) for value in labels], pa.float64()),
            "_at": pa.array([_microseconds(at, now) for at, now in zip(moments, logged, strict=True)], MICROSECOND),
        }
    )


def _named(features: Mapping[Any, Any]) -> dict[str, Any]:
    written = ((_text(name), value) for name, value in features.items())
    return {name: value for name, value in written if not name.startswith("_")}


def _column(values: list[Any]) -> pa.Array:
    """The values in the narrowest of our types that holds them all: their own, numbers, texts."""
    for attempt in (_as_they_are, _as_numbers):
        column = _tried(attempt, values)
        if column is not None:
            return column
    return pa.array([None if _missing(value) else _text(value) for value in values], pa.string())


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
    return pa.array([None if _missing(value) else _as_float(value) for value in values], pa.float64())


def _as_float(value: Any) -> float:  # noqa: ANN401 - whatever a host logs
    if isinstance(value, (str, bytes, bytearray)):
        raise TypeError("a text is not a number, even when it looks like one")
    return float(value)


def _missing(value: object) -> bool:
    return type(value).__name__ in MISSING or (isinstance(value, float) and value != value)  # noqa: PLR0124 - NaN


def _identity(value: object) -> str:
    """The record's id as text; a record without one gets one, and can never be labelled."""
    return uuid.uuid4().hex if _missing(value) or value == "" else _text(value)


def _number(value: object, read: Callable[[Any], float] = _as_float) -> float | None:
    return None if _missing(value) else _tried(read, value)


def _answers(predictions: Sequence[Any], classes: Sequence[str]) -> dict[str, pa.Array]:
    if not classes:
        return {"_prediction": pa.array([_number(value) for value in predictions], pa.float64())}
    scores = [_tried(partial(scores_of, classes=classes), value) for value in predictions]
    likeliest = [None if shares is None else float(shares.index(max(shares))) for shares in scores]
    return {"_prediction": pa.array(likeliest, pa.float64()), SCORES: pa.array(scores, SCORES_TYPE)}


def _whole(value: Any) -> int | None:  # noqa: ANN401 - whatever a host logs
    number = _tried(int, value)
    return number if number is not None and -(2**63) <= number < 2**63 else None


def _microseconds(at: object, logged: int) -> int:
    """Microseconds since 1970 of a given time (UTC when it has no zone), or of `logged`, nanoseconds since 1970."""
    given = _tried(_since_epoch, at) if isinstance(at, datetime) else None
    return logged // 1000 if given is None else given


def _since_epoch(at: datetime) -> int:
    return int(((at if at.tzinfo else at.replace(tzinfo=UTC)) - EPOCH) // timedelta(microseconds=1))


def _text(value: object) -> str:
    written = _tried(str, value)
    text = f"<{type(value).__name__}>" if written is None else written
    return text.encode("utf-8", "replace").decode()


def _tried(attempt: Callable[[Any], T | None], value: object) -> T | None:
    """What an attempt gives, None when it fails: a host's values may raise anything."""
    try:
        return attempt(value)
    except Exception:  # noqa: BLE001 - a logged value's own methods are run here
        return None

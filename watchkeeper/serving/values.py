"""One value that a host hands to the logger, as what it is kept as. Nothing here raises, whatever the value does."""

import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

__all__ = ["as_float", "identity", "microseconds", "missing", "number", "text", "tried", "whole"]

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
T = TypeVar("T")
MISSING = frozenset({"NoneType", "NAType", "NaTType"})
"""Types whose one value says that there is none; pandas' are known by name, for it is never imported here."""


def missing(value: object) -> bool:
    """Whether a value says that there is none: None, NaN, and pandas' own."""
    return type(value).__name__ in MISSING or (isinstance(value, float) and value != value)  # noqa: PLR0124 - NaN


def text(value: object) -> str:
    """The value's text, in characters that can be written; its type's name when it has none."""
    written = tried(str, value)
    found = f"<{type(value).__name__}>" if written is None else written
    return found.encode("utf-8", "replace").decode()


def identity(value: object) -> str:
    """The record's id as text; a record without one gets one, and can never be labelled."""
    nameless = missing(value) or (isinstance(value, str) and not value)
    return uuid.uuid4().hex if nameless else text(value)


def as_float(value: Any) -> float:  # noqa: ANN401 - whatever a host logs
    """The value as a number. Raises TypeError for a text, and whatever the value's own conversion raises."""
    if isinstance(value, (str, bytes, bytearray)):
        raise TypeError("a text is not a number, even when it looks like one")
    return float(value)


def number(value: object, read: Callable[[Any], float] = as_float) -> float | None:
    """The value as a number, None when it is missing or none."""
    return None if missing(value) else tried(read, value)


def whole(value: Any) -> int | None:  # noqa: ANN401 - whatever a host logs
    """The value as a whole number of 64 bits, None when it is none."""
    found = tried(int, value)
    return found if found is not None and -(2**63) <= found < 2**63 else None


def microseconds(at: object, logged: int) -> int:
    """Microseconds since 1970 of a given time (UTC when it has no zone), or of `logged`, nanoseconds since 1970."""
    given = tried(_since_epoch, at) if isinstance(at, datetime) else None
    return logged // 1000 if given is None else given


def tried(attempt: Callable[[Any], T | None], value: object) -> T | None:
    """What an attempt gives, None when it fails: a host's values may raise anything."""
    try:
        return attempt(value)
    except Exception:  # noqa: BLE001 - a logged value's own methods are run here
        return None


def _since_epoch(at: datetime) -> int:
    return int(((at if at.tzinfo else at.replace(tzinfo=UTC)) - EPOCH) // timedelta(microseconds=1))

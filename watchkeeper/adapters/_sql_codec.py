"""Domain values as JSON text and back, moments as numbers."""

import json
from dataclasses import is_dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any, TypeVar, get_args, get_type_hints

from pydantic import TypeAdapter, ValidationError

from watchkeeper.errors import OutsideError

__all__ = ["decode", "encode", "micros", "plain"]

T = TypeVar("T")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_ADAPTERS: dict[type[Any], TypeAdapter[Any]] = {}


def micros(moment: datetime) -> int:
    """Whole microseconds since 1970; a moment without a time zone is a ValueError, for it could mean any."""
    if moment.tzinfo is None:
        raise ValueError(f"a stored moment needs a time zone: {moment}")
    return (moment - EPOCH) // timedelta(microseconds=1)


def plain(text: str) -> str:
    """Text that every database takes: foreign words (an error's message) may hold NUL or broken Unicode."""
    return text.encode("utf-8", "replace").decode().replace("\x00", "\N{REPLACEMENT CHARACTER}")


def encode(value: object) -> str:
    """A domain dataclass as JSON text, with `NaN` and `Infinity` as Python writes them."""
    simple = _adapter(type(value)).dump_python(value, mode="json")
    return json.dumps(simple, ensure_ascii=False).encode("utf-8", "replace").decode()


def decode(kind: type[T], text: str) -> T:
    """The value that `encode` wrote, every moment of it in UTC; OutsideError when it cannot be one."""
    try:
        value: T = _in_utc(_adapter(kind).validate_json(text))
    except ValidationError as error:
        what = f"a stored {kind.__name__} cannot be read; restore the state store from a backup ({text[:60]!r})"
        raise OutsideError("state store", what, permanent=True) from error
    return value


def _adapter(kind: type[Any]) -> TypeAdapter[Any]:
    """Built once for each kind: that takes longer than many readings."""
    if kind not in _ADAPTERS:
        _ADAPTERS[kind] = TypeAdapter(kind)
    return _ADAPTERS[kind]


def _in_utc(value: Any) -> Any:  # noqa: ANN401 - walks values of every kind
    """The same value with every moment in `datetime.UTC`; pydantic's own zone is foreign to pyarrow and pandas.

    It has just been made and nobody else holds it, so its fields are set although it is frozen.
    """
    if isinstance(value, datetime):
        return value.astimezone(UTC) if value.tzinfo else value
    if isinstance(value, tuple):
        return tuple(map(_in_utc, value))
    for name in _with_moments(value.__class__):
        object.__setattr__(value, name, _in_utc(getattr(value, name)))
    return value


@cache
def _with_moments(kind: type[Any]) -> tuple[str, ...]:
    """The fields of a dataclass in which a moment may be; most have none, and are many."""
    if not is_dataclass(kind):
        return ()
    return tuple(name for name, hint in get_type_hints(kind).items() if _may_be_moment(hint))


def _may_be_moment(hint: Any) -> bool:  # noqa: ANN401 - whatever stands behind a field's colon
    parts = get_args(hint)
    return any(map(_may_be_moment, parts)) if parts else hint is datetime or bool(_with_moments(hint))

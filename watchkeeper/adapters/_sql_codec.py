"""Domain values as JSON text and back, moments as numbers."""

import json
from dataclasses import fields, is_dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

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
        value: T = _in_utc(_adapter(kind).validate_python(json.loads(text)))
    except (ValidationError, ValueError) as error:
        what = f"a stored {kind.__name__} cannot be read; restore the state store from a backup ({text[:60]!r})"
        raise OutsideError("state store", what, permanent=True) from error
    return value


def _adapter(kind: type[Any]) -> TypeAdapter[Any]:
    """Built once for each kind: that takes longer than many readings."""
    if kind not in _ADAPTERS:
        _ADAPTERS[kind] = TypeAdapter(kind)
    return _ADAPTERS[kind]


def _in_utc(value: Any) -> Any:  # noqa: ANN401 - walks values of every kind
    """The same value with every moment in `datetime.UTC`; pydantic's own zone is foreign to pyarrow and pandas."""
    if isinstance(value, datetime):
        return value.astimezone(UTC) if value.tzinfo else value
    if isinstance(value, tuple):
        return tuple(_in_utc(item) for item in value)
    if not is_dataclass(value):
        return value
    parts = {field.name: getattr(value, field.name) for field in fields(value)}
    moved = {name: new for name, part in parts.items() if (new := _in_utc(part)) is not part}
    return replace(value, **moved) if moved and not isinstance(value, type) else value

"""What a spec says of one check: whether it asks, how often it must be confirmed, and its own settings."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from pydantic import TypeAdapter

from watchkeeper.checks.base import Check
from watchkeeper.spec.words import Strict, Times

__all__ = ["Asking", "asking_of", "check_of"]


class Asking(Strict):
    """What can be said of every check beside its own settings.

    Attributes:
        enabled: whether it asks at all.
        confirm: how often its findings must stand, when that differs from the model's `confirm.opens`.
    """

    enabled: bool = True
    confirm: Times | None = None


def asking_of(table: Mapping[str, Any]) -> Asking:
    """How the check of this table is asked. Raises pydantic's ValidationError."""
    return Asking.model_validate({k: v for k, v in table.items() if k in Asking.model_fields})


def check_of(kind: type[Check], table: Mapping[str, Any]) -> Check:
    """The check with its own settings of this table. Raises pydantic's ValidationError."""
    return _adapter(kind).validate_python({k: v for k, v in table.items() if k not in Asking.model_fields})


@cache
def _adapter(kind: type[Check]) -> TypeAdapter[Check]:
    return TypeAdapter(kind)

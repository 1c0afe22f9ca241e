"""How bad a measured answer is."""

import math
from dataclasses import dataclass
from enum import IntEnum

__all__ = ["WARNING_SHARE", "Level", "Limit"]

WARNING_SHARE = 0.9
"""A warning speaks at this share of the critical limit, unless the spec says otherwise."""


class Level(IntEnum):
    """OK < UNKNOWN < WARNING < CRITICAL: missing evidence is never "all is well"."""

    OK = 0
    UNKNOWN = 1
    WARNING = 2
    CRITICAL = 3

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class Limit:
    """Where a value that should stay low becomes a warning, and where it becomes critical."""

    critical: float
    warning: float

    @classmethod
    def at(cls, critical: float, warning: float | None = None) -> "Limit":
        """The limit with its warning at 90 % of critical, unless one is given."""
        return cls(critical, critical * WARNING_SHARE if warning is None else warning)

    def level(self, value: float) -> Level:
        """The level of `value`: reaching a limit is enough; NaN is UNKNOWN."""
        if math.isnan(value):
            return Level.UNKNOWN
        if value >= self.critical:
            return Level.CRITICAL
        return Level.WARNING if value >= self.warning else Level.OK

"""The numbers that the business looks at."""

from dataclasses import dataclass
from enum import StrEnum

__all__ = ["Direction", "Metric", "Statistic"]


class Statistic(StrEnum):
    """How one number comes of a column.

    `rate` is the share of true (or of 1) among the values that are there; `ratio` the sum of one column over the sum of
    another.
    """

    MEAN = "mean"
    SUM = "sum"
    RATE = "rate"
    RATIO = "ratio"


class Direction(StrEnum):
    """Which way is bad."""

    BOTH = "both"
    LOWER = "lower is worse"
    HIGHER = "higher is worse"

    def badness(self, change: float) -> float:
        """How far a change goes the bad way; below 0 when it goes the good one."""
        return {Direction.BOTH: abs(change), Direction.LOWER: -change, Direction.HIGHER: change}[self]


@dataclass(frozen=True, slots=True)
class Metric:
    """One number of a window: a statistic of a column, or what a Python function says.

    Attributes:
        column: what the statistic is of; None for a function.
        over: the column below the line of a ratio.
        function: `package.module:function`, called with a window's records.
        labelled: whether the function is given the records whose labels are due, with their labels, instead.
        late: whether it is made of a column whose values come later than the records: of those whose labels are due.
        columns: which of the model's columns the function is given; all when empty.
        direction: which way is bad.
        critical, warning: fixed limits of the relative change; None where they are learned from history.
    """

    name: str
    column: str | None = None
    statistic: Statistic = Statistic.MEAN
    over: str | None = None
    function: str | None = None
    labelled: bool = False
    late: bool = False
    columns: tuple[str, ...] = ()
    direction: Direction = Direction.BOTH
    critical: float | None = None
    warning: float | None = None

    @property
    def named(self) -> tuple[str, ...]:
        """Every column that it speaks of."""
        return tuple(name for name in (self.column, self.over, *self.columns) if name)

    @property
    def of_records(self) -> bool:
        """Whether it is made of the records themselves, as the counts of a window do not tell it."""
        return self.function is not None or self.late

    @property
    def words(self) -> str:
        """What it is, for a sentence: `the sum of price`."""
        if self.function:
            return f"`{self.function}`"
        return f"the {self.statistic} of {self.column}" + (f" over {self.over}" if self.over else "")

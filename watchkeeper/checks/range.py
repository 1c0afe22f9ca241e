"""Are there numbers beyond all that was seen before?"""

from dataclasses import dataclass
from typing import ClassVar

from watchkeeper.checks.base import percent
from watchkeeper.checks.columns import ColumnCheck
from watchkeeper.domain.findings import Family, Finding
from watchkeeper.profiles import Column, NumericColumn
from watchkeeper.profiles.shares import beyond
from watchkeeper.window import Baseline, Window

__all__ = ["Range"]


@dataclass(frozen=True, kw_only=True)
class Range(ColumnCheck):
    """The share of numbers outside the range of the training data and the last 28 days together.

    Infinite numbers are outside, unless there were some before.

    Attributes:
        tolerance: the range is widened by this part of its span on both sides.
    """

    family: ClassVar[Family] = Family.INTEGRITY
    runbook: ClassVar[str] = "range.md"

    critical: float = 0.01
    tolerance: float = 0.25

    def subjects(self, baseline: Baseline, window: Window) -> list[str]:
        """The numeric columns."""
        every = {**window.profile.columns, **baseline.anchor.columns}
        return sorted(name for name, column in every.items() if isinstance(column, NumericColumn))

    def judge(self, name: str, column: Column, baseline: Baseline, window: Window) -> Finding:  # noqa: ARG002 - every column is asked alike
        """The share outside; a column without any earlier number has no range yet."""
        known = _earlier(baseline, name)
        if not isinstance(column, NumericColumn):
            return self.unknown(name, f"{name}: was numeric and is not, so that it has no range to compare.")
        if not known:
            return self.not_judged(name, f"{name}: has no earlier numbers to compare with yet.")
        if not column.finite + column.infinite:
            return self.unknown(name, f"{name}: there is no number among its {column.size:,} values.")
        return self._outside(name, column, known)

    def _outside(self, name: str, column: NumericColumn, known: list[NumericColumn]) -> Finding:
        low, high = min(c.low for c in known), max(c.high for c in known)
        margin = self.tolerance * max(high - low, 1e-6 * max(abs(low), abs(high)))
        outside = beyond(column, low - margin, high + margin)
        outside += 0 if any(c.infinite for c in known) else column.infinite
        numbers = column.finite + column.infinite
        seen = f"{column.low:.6g} to {column.high:.6g}" if column.finite else "infinite"
        sentence = (
            f"{name}: {percent(outside / numbers)} of {numbers:,} values are out of range; "
            f"they are {seen}, earlier ones were {low:.6g} to {high:.6g}."
        )
        few = outside < self.least
        return (
            self.allowed(name, outside / numbers, sentence) if few else self.judged(name, outside / numbers, sentence)
        )


def _earlier(baseline: Baseline, name: str) -> list[NumericColumn]:
    profiles = [baseline.anchor, *([baseline.trailing] if baseline.trailing else [])]
    columns = [profile.columns.get(name) for profile in profiles]
    return [column for column in columns if isinstance(column, NumericColumn) and column.finite]

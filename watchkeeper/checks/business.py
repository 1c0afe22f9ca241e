"""Has the number that the business looks at moved?"""

import math
from dataclasses import dataclass
from typing import ClassVar

from watchkeeper.checks.base import Check, percent
from watchkeeper.checks.history import earlier, robust_spread
from watchkeeper.domain.findings import Family, Finding
from watchkeeper.profiles import NumericColumn
from watchkeeper.profiles.shares import mean
from watchkeeper.window import PREDICTION, Baseline, Window

__all__ = ["Business"]


@dataclass(frozen=True, kw_only=True)
class Business(Check):
    """The relative change of one column's mean since the last 28 days.

    A change that is within so many spreads of what windows usually do is OK, however large it is.

    Attributes:
        column: a numeric feature or business column, or `prediction`.
        spreads: how many; 0 judges by the limit alone.
        learns: with fewer earlier windows than this the limit judges alone.
        remembers: how many windows are looked back.
    """

    family: ClassVar[Family] = Family.BUSINESS
    runbook: ClassVar[str] = "business.md"

    critical: float = 0.25
    column: str = PREDICTION
    spreads: float = 3.0
    learns: int = 14
    remembers: int = 90

    def examine(self, baseline: Baseline, window: Window) -> list[Finding]:
        """One finding about the column."""
        name, column = self.column, window.profile.columns.get(self.column)
        if not isinstance(column, NumericColumn) or not column.finite:
            return [self.unknown(name, f"{name}: there is no number among the window's {window.rows:,} records.")]
        now = mean(column)
        trailing = baseline.trailing.columns.get(name) if baseline.trailing else None
        if not isinstance(trailing, NumericColumn) or not trailing.finite:
            sentence = f"{name}: its mean is {now:.4g}; there are no earlier windows to compare with yet."
            return [self.not_judged(name, sentence)]
        usual = mean(trailing)
        change = abs(now - usual) / abs(usual) if usual else math.nan
        spread = self._spread(name, baseline, window)
        sentence = f"{name}: its mean is {now:.4g}, {percent(change)} off the last 28 days' {usual:.4g}"
        sentence += f"; windows usually are {percent(spread)} off." if spread else "."
        measures = (self.measure(name, "change", change, window),)
        common = change <= self.spreads * spread
        return [(self.allowed if common else self.judged)(name, change, sentence, measures)]

    def _spread(self, name: str, baseline: Baseline, window: Window) -> float:
        """The robust spread of earlier changes around none; 0 while there are too few."""
        key = (self.kind, name, "change")
        past = earlier(baseline.history, key, window.interval.end, self.remembers)
        return robust_spread([*past.values(), *(-v for v in past.values())]) if len(past) >= self.learns else 0.0

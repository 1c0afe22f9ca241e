"""Has the number that the business looks at moved?"""

import math
from dataclasses import dataclass
from typing import ClassVar

from watchkeeper.checks.base import Check, percent
from watchkeeper.domain.findings import Family, Finding
from watchkeeper.profiles import NumericColumn
from watchkeeper.profiles.shares import mean
from watchkeeper.window import PREDICTION, Baseline, Window

__all__ = ["Business"]


@dataclass(frozen=True, kw_only=True)
class Business(Check):
    """The relative change of one column's mean since the last 28 days.

    Attributes:
        column: a numeric feature or business column, or `prediction`.
    """

    family: ClassVar[Family] = Family.BUSINESS
    runbook: ClassVar[str] = "business.md"

    critical: float = 0.25
    column: str = PREDICTION

    def examine(self, baseline: Baseline, window: Window) -> list[Finding]:
        """One finding about the column."""
        name, column = self.column, window.profile.columns.get(self.column)
        if not isinstance(column, NumericColumn) or not column.finite:
            return [self.unknown(name, f"{name}: there is no number among the window's {window.rows:,} records.")]
        now = mean(column)
        measures = (self.measure(name, "mean", now, window),)
        trailing = baseline.trailing.columns.get(name) if baseline.trailing else None
        if not isinstance(trailing, NumericColumn) or not trailing.finite:
            sentence = f"{name}: its mean is {now:.4g}; there are no earlier windows to compare with yet."
            return [self.not_judged(name, sentence, measures)]
        usual = mean(trailing)
        change = abs(now - usual) / abs(usual) if usual else math.nan
        sentence = f"{name}: its mean is {now:.4g}, {percent(change)} off the last 28 days' {usual:.4g}."
        return [self.judged(name, change, sentence, measures)]

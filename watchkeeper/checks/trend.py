"""How far have the last weeks moved from what the version was trained on?"""

import math
from dataclasses import dataclass
from typing import ClassVar, Literal

from watchkeeper.checks.columns import ColumnCheck
from watchkeeper.checks.drifting import DISTANCES
from watchkeeper.domain.findings import Family, Finding
from watchkeeper.profiles import Column, Profile
from watchkeeper.window import Baseline, Window

__all__ = ["Trend"]


@dataclass(frozen=True, kw_only=True)
class Trend(ColumnCheck):
    """The distance of the last 28 days, this window among them, from the training data.

    It is always OK and never opens an incident: seasons move inputs far without harm (temperatures of July are 10 PSI
    away from those of January when the model ranks best), so that this is a line to look at and advice for whoever
    thinks about retraining. What it sees is what `drift` cannot: a change of one percent a day, which every window
    finds to be as usual as the one before.

    Attributes:
        critical: from this distance on the sentence advises to retrain; a PSI of 0.2 is called significant by those
            who brought it into use (Siddiqi 2006).
        statistic: which distance.
        least: of fewer values the distance is mostly chance: that of 500 from themselves is a PSI of 0.04 on average.
    """

    family: ClassVar[Family] = Family.DRIFT
    runbook: ClassVar[str] = "trend.md"

    critical: float = 0.2
    statistic: Literal["psi", "js", "ks"] = "psi"
    least: int = 500

    def examine(self, baseline: Baseline, window: Window) -> list[Finding]:
        """One OK a column."""
        lately = Profile.total(p for p in (baseline.trailing, window.profile) if p)
        return [
            self._about(name, lately.columns.get(name), baseline, window) for name in self.subjects(baseline, window)
        ]

    def judge(self, name: str, column: Column, baseline: Baseline, window: Window) -> Finding:
        """The distance of these weeks' column, with advice where it is large."""
        trained = baseline.anchor.columns.get(name)
        distance = DISTANCES[self.statistic](trained, column) if trained else math.nan
        if math.isnan(distance):
            return self.not_judged(name, f"{name}: there is nothing of its kind in the training data to compare with.")
        measures = (self.measure(name, self.statistic, distance, window),)
        where = f"the last 28 days are {distance:.3g} away from the training data ({self.statistic.upper()})"
        if distance < self.critical:
            return self.allowed(name, distance, f"{name}: {where}.", measures)
        advice = f"slow drift: {where}, beyond {self.critical:.3g}; consider retraining"
        return self.allowed(name, distance, f"{name}: {advice}.", measures)

    def _about(self, name: str, column: Column | None, baseline: Baseline, window: Window) -> Finding:
        if name in self.ignore:
            return self.not_judged(name, f"{name}: not judged, because the spec ignores it.")
        if column is None or column.size < self.least:
            seen = column.size if column else 0
            return self.not_judged(name, f"{name}: {seen:,} values in 28 days are too few to see a trend.")
        return self.judge(name, column, baseline, window)

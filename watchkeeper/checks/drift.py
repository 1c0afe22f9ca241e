"""Do the inputs differ from the last weeks more than they usually do?"""

from dataclasses import dataclass
from datetime import datetime
from statistics import fmean
from typing import ClassVar

from watchkeeper.checks.columns import ColumnCheck
from watchkeeper.checks.drifting import CHANNELS, Surprise, measured, surprise
from watchkeeper.checks.history import SCORE, earlier, experienced
from watchkeeper.domain.findings import Family, Finding, Measure
from watchkeeper.profiles import Column
from watchkeeper.profiles.shares import is_single_valued
from watchkeeper.window import PREDICTION, Baseline, Window

__all__ = ["Drift"]

HALF = 0.5
"""A column that had one single value in more of the earlier windows than this has it by nature."""


@dataclass(frozen=True, kw_only=True)
class Drift(ColumnCheck):
    """How unusual a window's distance from the last 28 days is, in spreads of the distances of earlier windows.

    The value is the largest z over the distances of Jensen-Shannon and Wasserstein and the shares of missing and of
    new values (see `drifting`). While there is nothing to compare with, a column is OK without a value; so is one that
    has a single value within a window by nature, such as the day of the week.

    Attributes:
        least: a column with fewer values than this is not compared.
        learns: with fewer earlier windows than this nothing is judged.
        remembers: how many windows are looked back.
    """

    family: ClassVar[Family] = Family.DRIFT
    runbook: ClassVar[str] = "drift.md"

    critical: float = 4.0
    least: int = 50
    learns: int = 14
    remembers: int = 90

    def subjects(self, baseline: Baseline, window: Window) -> list[str]:
        """All columns but the prediction, which has a check of its own."""
        return [name for name in super().subjects(baseline, window) if name != PREDICTION]

    def judge(self, name: str, column: Column, baseline: Baseline, window: Window) -> Finding:
        """One z for the column."""
        trailing = baseline.trailing.columns.get(name) if baseline.trailing else None
        if trailing is None or not trailing.size:
            return self.not_judged(name, f"{name}: has no earlier windows to compare with yet.")
        values = measured(trailing, column)
        if "js" not in values:
            return self.unknown(name, f"{name}: cannot be compared, because it was of another kind before.")
        values["single"] = float(is_single_valued(column))
        measures = tuple(self.measure(name, key, value, window) for key, value in values.items())
        if self._is_single_by_nature(name, baseline, window):
            return self.not_judged(name, f"{name}: left out, it has one value within a window by nature.", measures)
        return self._held_against_history(name, measures, baseline, window)

    def _is_single_by_nature(self, name: str, baseline: Baseline, window: Window) -> bool:
        past = earlier(baseline.history, (self.kind, name, "single"), window.interval.end, self.remembers)
        return len(past) >= self.learns and fmean(past.values()) > HALF

    def _held_against_history(
        self, name: str, measures: tuple[Measure, ...], baseline: Baseline, window: Window
    ) -> Finding:
        past = {key: self._past(name, key, baseline, window) for key in CHANNELS}
        if len(past["js"]) < self.learns:
            learning = f"{len(past['js'])} of {self.learns} windows"
            return self.not_judged(name, f"{name}: still learning what is usual, {learning}.", measures)
        known = {key: values for key, values in past.items() if len(values) >= self.learns}
        values = {m.name: m.value for m in measures if m.name in known}
        worst = surprise(values, known, window.interval, window.profile.columns[name].size)
        score = self.measure(name, SCORE, worst.z, window)
        return self.judged(name, worst.z, _sentence(name, worst, len(past["js"])), (*measures, score))

    def _past(self, name: str, key: str, baseline: Baseline, window: Window) -> dict[datetime, float]:
        whole = (self.kind, name, key)
        return experienced(baseline.history, whole, window.interval.end, self.remembers, self.critical)


def _sentence(name: str, worst: Surprise, windows: int) -> str:
    channel = CHANNELS[worst.channel]
    usual = f"{worst.usual:.3g}" if worst.channel in ("js", "wasserstein") else f"{100 * worst.usual:.3g} %"
    return f"{name}: {channel.words(worst.value)}, usually {usual}; z = {worst.z:.1f} among {windows} windows."

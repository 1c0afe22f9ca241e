"""Have the numbers that the business looks at moved?"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from statistics import median
from typing import ClassVar

from watchkeeper.checks.base import percent
from watchkeeper.checks.calibrated import LIMIT, WHOLE, Calibrated, Calibration
from watchkeeper.checks.history import SCORE, earlier, tail_aware_z, without_places
from watchkeeper.checks.metering import metered
from watchkeeper.checks.troubles import out_of_trouble
from watchkeeper.domain.business import Direction, Metric, Statistic
from watchkeeper.domain.findings import Family, Finding, Measure
from watchkeeper.domain.levels import Limit
from watchkeeper.window import Baseline, Window

__all__ = ["Business"]

VALUE = "value"
"""The measure under which a metric is remembered."""

WEEKS, DAY, RECENT = timedelta(days=28), timedelta(days=1), 28
"""What is usual is read from the last 28 days, at least 28 windows: business grows, and last year is no measure."""

LEAST_SPREAD = 0.01
"""A change of one percent surprises by at most one spread: numbers of the business are not looked at more closely."""


@dataclass(frozen=True, slots=True)
class Usual:
    """What a metric was in earlier windows, as far as it concerns the judged one: freed of weekday and hour.

    Attributes:
        values: of the last windows, freed.
        shift: what the judged window's place of the day and week adds.
    """

    values: list[float]
    shift: float

    @property
    def level(self) -> float:
        """What the judged window should show."""
        return median(self.values) + self.shift

    def surprise(self, now: float, direction: Direction, error: float) -> float:
        """How many spreads the number lies off the bad way.

        Args:
            now: the number of the judged window.
            direction: the bad way.
            error: the number's sampling error as far as it is known.
        """
        freed, flipped = now - self.shift, [-value for value in self.values]
        floor = max(LEAST_SPREAD * abs(self.level), error) or abs(now - self.level) or 1.0
        above, below = tail_aware_z(self.values, freed, floor), tail_aware_z(flipped, -freed, floor)
        return {Direction.BOTH: max(above, below), Direction.LOWER: below, Direction.HIGHER: above}[direction]


@dataclass(frozen=True, kw_only=True)
class Business(Calibrated):
    """How unusual each metric of `[business]` is among its earlier values, freed of weekday and hour of the day.

    A metric without limits of its own is judged by its z, with one limit for all of them (see `calibrating`); one with
    a fixed limit by its relative change from what is usual.

    Attributes:
        critical: a fixed limit of the relative change for every metric that has none of its own.
        learns: with fewer earlier windows than this a metric is not judged.
        remembers: how many windows of a day or longer are looked back; of shorter ones 28 days, at most `most` windows.
        most: as many windows as four weeks of quarter hours have.
        metrics: those of the spec's `[business]`.
    """

    family: ClassVar[Family] = Family.BUSINESS
    runbook: ClassVar[str] = "business.md"

    learns: int = 14
    remembers: int = 90
    most: int = 2_688
    metrics: tuple[Metric, ...] = field(default=(), metadata={"said_elsewhere": True})

    @property
    def shares_budget(self) -> bool:
        """Whether there is a metric whose limit is learned."""
        return self.critical is None and any(m.critical is None for m in self.metrics)

    @property
    def looks_back(self) -> int:
        """The most that any length of window needs."""
        return max(self.remembers, self.most)

    def examine(self, baseline: Baseline, window: Window) -> list[Finding]:
        """One finding a metric, and one about all whose limit is learned."""
        found = {m.name: self._answer(m, baseline, window) for m in self.metrics}
        free = [m.name for m in self.metrics if self._fixed(m) is None and not math.isnan(found[m.name].value)]
        if not free:
            return list(found.values())
        sides = sum(2 if m.direction is Direction.BOTH else 1 for m in self.metrics if m.name in free)
        calibration = self.calibration(baseline, window, sides)
        held = found | {name: self._held(found[name], calibration) for name in free}
        top = max((found[name] for name in free), key=lambda f: f.value)
        sentence = f"The most unusual of {len(free)} metrics is {top.subject}, z = {top.value:.1f}."
        return [*held.values(), self.about_all(top.value, calibration, sentence, window)]

    def _fixed(self, metric: Metric) -> float | None:
        return self.critical if metric.critical is None else metric.critical

    def _answer(self, metric: Metric, baseline: Baseline, window: Window) -> Finding:
        now = metered(metric, window)
        if isinstance(now, str):
            return self.unknown(metric.name, f"{metric.name}: {now}.")
        measures = (self.measure(metric.name, VALUE, now, window),)
        past = self._past(metric, baseline, window)
        if len(past) < self.learns:
            learning = f"still learning what is usual, {len(past)} of {self.learns} windows"
            return self.not_judged(metric.name, f"{metric.name}: {metric.words} is {now:.4g}; {learning}.", measures)
        usual = _usual(past, window)
        change = (now - usual.level) / abs(usual.level) if usual.level else math.nan
        told = f"{metric.name}: {metric.words} is {now:.4g}, {_moved(change)} the usual {usual.level:.4g}"
        if self._fixed(metric) is not None:
            return self._by_change(metric, change, told, measures, window)
        z = usual.surprise(now, metric.direction, _error(metric, usual.level, window))
        scored = (*measures, self.measure(metric.name, SCORE, z, window))
        return self.allowed(metric.name, z, f"{told}; z = {z:.1f} among {len(past)} windows", scored)

    def _by_change(
        self, metric: Metric, change: float, told: str, measures: tuple[Measure, ...], window: Window
    ) -> Finding:
        """The answer from a fixed limit."""
        fixed = self._fixed(metric) or math.inf
        warning = self.warning if metric.critical is None else metric.warning
        limit, value = Limit.at(fixed, warning), metric.direction.badness(change)
        score = self.measure(metric.name, SCORE, value / fixed, window)  # reaches 1 at the limit
        sentence = f"{told}, limit {percent(fixed)}."
        return self.answer(metric.name, limit.level(value), value, sentence, (*measures, score), limit=fixed)

    def _held(self, finding: Finding, calibration: Calibration) -> Finding:
        level = Limit.at(calibration.limit, self.warning).level(finding.value)
        told = f"{finding.sentence}, limit {calibration.limit:.1f} for {self.allowance}."
        return replace(finding, level=level, limit=calibration.limit, sentence=told)

    def _past(self, metric: Metric, baseline: Baseline, window: Window) -> dict[datetime, float]:
        """Earlier values without those of trouble."""
        values, scores, limits = (
            self._remembered(subject, measure, baseline, window)
            for subject, measure in ((metric.name, VALUE), (metric.name, SCORE), (WHOLE, LIMIT))
        )
        limited = {at: 1.0 if self._fixed(metric) else limits.get(at, math.inf) for at in scores}
        spoke = {at for at, score in scores.items() if score >= limited[at]}
        return out_of_trouble(values, spoke, window.interval.length)

    def _remembered(self, subject: str, measure: str, baseline: Baseline, window: Window) -> dict[datetime, float]:
        length = window.interval.length
        most = self.remembers if length >= DAY else min(WEEKS // length, self.most)
        return earlier(baseline.history, (self.kind, subject, measure), window.interval.end, most)


def _usual(past: Mapping[datetime, float], window: Window) -> Usual:
    """Weekday and hour are learned from all of the past, the level from the newest of it."""
    freed, shift = without_places(past, window.interval.length, window.interval.start)
    newest = sorted(zip(past, freed, strict=True), reverse=True)
    since = window.interval.end - WEEKS
    return Usual([value for n, (at, value) in enumerate(newest) if n < RECENT or at > since], shift)


def _error(metric: Metric, level: float, window: Window) -> float:
    """The sampling error of a rate; how others scatter is known from history alone."""
    if metric.statistic is not Statistic.RATE or metric.of_records or not window.rows:
        return 0.0
    share = min(max(level, 1 / window.rows), 1 - 1 / window.rows)
    return math.sqrt(max(share * (1 - share), 0.0) / window.rows)


def _moved(change: float) -> str:
    if math.isnan(change):
        return "and there is no change relative to"
    return f"{percent(abs(change))} {'above' if change >= 0 else 'below'}"

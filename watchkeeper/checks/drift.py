"""Do the inputs differ from the last weeks more than they usually do?"""

import math
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from statistics import fmean, median
from typing import ClassVar, Literal

from watchkeeper.checks.calibrated import LIMIT, WHOLE, Calibrated, Calibration
from watchkeeper.checks.columns import ColumnCheck
from watchkeeper.checks.drifting import CHANNELS, DISTANCES, Surprise, lasting, measured, readings_of, surprise
from watchkeeper.checks.history import SCORE, earlier
from watchkeeper.checks.troubles import out_of_trouble
from watchkeeper.domain.findings import Family, Finding, Measure
from watchkeeper.domain.levels import Limit
from watchkeeper.profiles import Column
from watchkeeper.profiles.shares import is_single_valued
from watchkeeper.window import CONFIDENCE, PREDICTION, Baseline, Window

__all__ = ["Drift"]

HALF = 0.5
"""A column that had one single value in more of the earlier windows than this has it by nature."""

WEEKS, DAY = timedelta(days=28), timedelta(days=1)

READINGS = "readings"
"""The measure under which it is remembered how many independent values a column had."""

TRAINING = 0
"""The version of the baseline while history is seeded."""

Z = "z"
"""The measure under which a column's own surprise is remembered, without that of the windows before."""


@dataclass(frozen=True, kw_only=True)
class Drift(Calibrated, ColumnCheck):
    """How unusual a window's distance from the last 28 days is, in spreads of the distances of earlier windows.

    A column's z is the largest over the distances of Jensen-Shannon and Wasserstein and the shares of missing, of new,
    and of equal values; its value is that z, or what it is together with one of the windows before (see `drifting`).
    All columns are held against one limit, which the largest value of a window reaches by chance as often as
    `false_alarms` allows (see `calibrating`).

    While there is nothing to compare with, a column is OK without a value; so is one that has a single value within a
    window by nature, such as the day of the week.

    Of windows in which a column was critical its history keeps the first of a row, unless they become the rule (see
    `troubles`). Training windows all count: what a version was approved on is no fault.

    Attributes:
        statistic: what `critical` is a limit of: z, or one of the distances from the last 28 days as it is.
        least: a column with fewer values than this is not compared.
        learns: with fewer earlier windows than this nothing is judged.
        remembers: how many windows of a day or longer are looked back; of shorter ones 28 days, at most `most` windows.
        most: as many windows as four weeks of quarter hours have.
    """

    family: ClassVar[Family] = Family.DRIFT
    runbook: ClassVar[str] = "drift.md"
    of_every_column: ClassVar[bool] = True

    statistic: Literal["z", "js", "wasserstein", "psi", "ks"] = "z"
    least: int = 50
    learns: int = 14
    remembers: int = 90
    most: int = 2_688

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.statistic != Z and self.critical is None:
            raise ValueError(f"a limit of {self.statistic} is not calibrated but given, for example critical = 0.2")

    @property
    def looks_back(self) -> int:
        """The most that any length of window needs."""
        return max(self.remembers, self.most)

    def examine(self, baseline: Baseline, window: Window) -> list[Finding]:
        """One finding a column, and one about the window as a whole where columns were held against a limit of z."""
        findings = super().examine(baseline, window)
        judged = [f for f in findings if not math.isnan(f.value)]
        if self.statistic != Z or not judged:
            return findings
        calibration = self.calibration(baseline, window, len(judged))
        held = [f if math.isnan(f.value) else self._held(f, calibration) for f in findings]
        return [*held, self._about_all(judged, calibration, window)]

    def subjects(self, baseline: Baseline, window: Window) -> list[str]:
        """All columns but those of the answers, which have a check of their own."""
        return [name for name in super().subjects(baseline, window) if name not in (PREDICTION, CONFIDENCE)]

    def judge(self, name: str, column: Column, baseline: Baseline, window: Window) -> Finding:
        """The column's z, which `examine` holds against the limit; the answer, where the statistic is a distance."""
        trailing = baseline.trailing.columns.get(name) if baseline.trailing else None
        if trailing is None or not trailing.size:
            return self.not_judged(name, f"{name}: has no earlier windows to compare with yet.")
        values = measured(trailing, column)
        if "js" not in values:
            return self.unknown(name, f"{name}: cannot be compared, because it was of another kind before.")
        values |= {"single": float(is_single_valued(column)), READINGS: float(readings_of(column))}
        measures = tuple(self.measure(name, key, value, window) for key, value in values.items())
        if self._is_single_by_nature(name, baseline, window):
            return self.not_judged(name, f"{name}: left out, it has one value within a window by nature.", measures)
        if self.statistic != Z:
            return self._far(name, DISTANCES[self.statistic](trailing, column), measures)
        return self._among_earlier(name, measures, baseline, window)

    def _is_single_by_nature(self, name: str, baseline: Baseline, window: Window) -> bool:
        past = self._past(name, "single", baseline, window)
        return len(past) >= self.learns and fmean(past.values()) > HALF

    def _far(self, name: str, distance: float, measures: tuple[Measure, ...]) -> Finding:
        if math.isnan(distance):
            return self.not_judged(name, f"{name}: its kind has no {self.statistic}.", measures)
        where = f"{distance:.3g} away from the last 28 days ({self.statistic}), limit {self.critical:.3g}"
        return self.judged(name, distance, f"{name}: is {where}.", measures)

    def _among_earlier(self, name: str, measures: tuple[Measure, ...], baseline: Baseline, window: Window) -> Finding:
        limits, scores = self._past(WHOLE, LIMIT, baseline, window), self._past(name, SCORE, baseline, window)
        spoke = {at for at, score in scores.items() if score >= limits.get(at, math.inf)}
        length = window.interval.length
        channels = {key: self._past(name, key, baseline, window) for key in CHANNELS}
        past = {key: out_of_trouble(values, spoke, length, whole=False) for key, values in channels.items()}
        if len(past["js"]) < self.learns:
            learning = f"{len(past['js'])} of {self.learns} windows"
            return self.not_judged(name, f"{name}: still learning what is usual, {learning}.", measures)
        known = {key: values for key, values in past.items() if len(values) >= self.learns}
        values = {m.name: m.value for m in measures if m.name in known}
        own = [m.value for m in measures if m.name == READINGS]  # older history has none
        readings = median(self._past(name, READINGS, baseline, window).values() or own)
        worst = surprise(values, known, window.interval, max(readings, 1.0))
        value = lasting(worst.z, self._past(name, Z, baseline, window), window.interval)
        measures += (self.measure(name, Z, worst.z, window),)
        measures += (self.measure(name, SCORE, value, window),) if baseline.version != TRAINING else ()
        return self.allowed(name, value, _sentence(name, worst, value, len(past["js"])), measures)

    def _past(self, subject: str, key: str, baseline: Baseline, window: Window) -> dict[datetime, float]:
        length = window.interval.length
        most = self.remembers if length >= DAY else min(WEEKS // length, self.most)
        return earlier(baseline.history, (self.kind, subject, key), window.interval.end, most)

    def _held(self, finding: Finding, calibration: Calibration) -> Finding:
        level = Limit.at(calibration.limit, self.warning).level(finding.value)
        told = f"{finding.sentence}, limit {self._told(calibration)}."
        return replace(finding, level=level, limit=calibration.limit, sentence=told)

    def _about_all(self, judged: list[Finding], calibration: Calibration, window: Window) -> Finding:
        top = max(judged, key=lambda f: f.value)
        sentence = (
            f"{self.kind}: the most unusual of {len(judged)} columns is {top.subject}, z = {top.value:.1f}, "
            f"limit {self._told(calibration)}."
        )
        return self.about_all(top.value, calibration, sentence, window)

    def _told(self, calibration: Calibration) -> str:
        return f"{calibration.limit:.1f}" + (f" for {self.allowance}" if self.critical is None else "")


def _sentence(name: str, worst: Surprise, value: float, windows: int) -> str:
    """Without its end, which is about the limit."""
    channel = CHANNELS[worst.channel]
    usual = f"{worst.usual:.3g}" if worst.channel in DISTANCES else f"{100 * worst.usual:.3g} %"
    lasts = f", with the windows before {value:.1f}" if value > worst.z else ""
    return f"{name}: {channel.words(worst.value)}, usually {usual}; z = {worst.z:.1f} among {windows} windows{lasts}"

"""What will the performance probably turn out to be, once the labels are known?"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from watchkeeper.checks.base import Check
from watchkeeper.domain.estimates import Estimate
from watchkeeper.domain.findings import Family, Finding
from watchkeeper.domain.intervals import Interval
from watchkeeper.window import Baseline, Window

__all__ = ["EstimatedPerformance"]

VALUE, ERROR, REALISED, HOURS = "value", "error", "realised", "hours"
"""Names of the measures; the last says over how much time performance was estimated."""

ASSUMES = "an estimate, which assumes that the same records still mean the same labels"


@dataclass(frozen=True, kw_only=True)
class EstimatedPerformance(Check):
    """Tells what performance to expect before the labels are there, and what became of it when they are.

    It is always OK and never opens an incident. An estimate sees moved inputs and is blind to a changed relation of
    inputs and labels: on the flights of 2013 it followed the realised AUC of days with a correlation of 0.37.

    Attributes:
        critical: from this distance on, in the metric's own unit, the sentence says how far the estimate lies from
            what the metric was in training; always, when it is not set.
        remembers: how many windows are looked back on for the estimate whose labels are due now.
    """

    family: ClassVar[Family] = Family.ESTIMATE
    runbook: ClassVar[str] = "estimate.md"
    of_segments: ClassVar[bool] = False

    critical: float | None = None
    remembers: int = 400

    def examine(self, baseline: Baseline, window: Window) -> list[Finding]:
        """One OK about the window as a whole, and one a metric: estimated; foretold and realised, where labels came."""
        return [self._whole(window), *self._expected(baseline, window), *self._come_true(baseline, window)]

    def _whole(self, window: Window) -> Finding:
        if not window.estimates:
            return self.not_judged("*", "Performance is not estimated: no answers, or no expectation from training.")
        rows, hours = window.estimates[0].rows, _hours(window.outcomes.interval)
        sentence = f"Performance is estimated from {rows:,} answers: {ASSUMES}."
        return self.allowed("*", float(rows), sentence, (self.measure("*", HOURS, hours, window),))

    def _expected(self, baseline: Baseline, window: Window) -> Iterator[Finding]:
        for estimate in window.estimates:
            if math.isfinite(estimate.value):
                named = ((VALUE, estimate.value), (ERROR, estimate.error))
                measures = tuple(self.measure(estimate.metric, name, value, window) for name, value in named)
                sentence = f"{self._told(estimate, baseline)}; {ASSUMES}."
                yield self.allowed(estimate.metric, estimate.value, sentence, measures)

    def _told(self, estimate: Estimate, baseline: Baseline) -> str:
        told = f"{estimate.metric} will probably be {estimate.value:.4g}, give or take {2 * estimate.error:.2g}"
        trained = baseline.metrics.get(estimate.metric, math.nan)
        away = abs(estimate.value - trained)
        return f"{told}; in training it was {trained:.4g}" if away >= (self.critical or 0.0) else told

    def _come_true(self, baseline: Baseline, window: Window) -> Iterator[Finding]:
        """What was foretold of the labels that are due now, beside what they say."""
        due = window.outcomes.interval
        at = _measured(baseline, self.kind, due.end)
        if at.get(("*", HOURS)) != _hours(due):
            return
        for metric, realised in window.outcomes.metrics.items():
            value, error = at.get((metric, VALUE), math.nan), at.get((metric, ERROR), math.nan)
            if math.isfinite(realised) and math.isfinite(value):
                was = f"{metric} was estimated at {value:.4g}, give or take {2 * error:.2g}, and is {realised:.4g}"
                measures = (self.measure(metric, REALISED, realised, window),)
                yield self.allowed(f"{metric} foretold", value, f"{was}, of {due}.")
                yield self.allowed(f"{metric} realised", realised, f"{was}, of {due}.", measures)


def _measured(baseline: Baseline, kind: str, end: datetime) -> dict[tuple[str, str], float]:
    """What the check measured in the window that ended then, by subject and name."""
    mine = ((key, values) for key, values in baseline.history.items() if key[0] == kind)
    return {key[1:]: value for key, values in mine for at, value in reversed(values) if at == end}


def _hours(interval: Interval) -> float:
    return interval.length.total_seconds() / 3600

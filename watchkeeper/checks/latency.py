"""Do answers take longer than usual?"""

import math
from dataclasses import dataclass
from statistics import median
from typing import ClassVar

from watchkeeper.checks.base import Check
from watchkeeper.checks.history import SCORE, tail_aware_z, unspoilt
from watchkeeper.domain.findings import Family, Finding
from watchkeeper.profiles.shares import quantile
from watchkeeper.window import Baseline, Window

__all__ = ["Latency"]

SLOWEST = 0.95
"""The answer that is slower than 95 in 100: the mean hides what the unlucky ones wait."""

P95 = "p95"

JITTER = 0.05
"""The least spread of log-latencies: 5 % more or less is the same to everybody."""


@dataclass(frozen=True, kw_only=True)
class Latency(Check):
    """How many times its usual value the 95th percentile of the latency is.

    Usual is the median of earlier windows that were not critical. A latency that is common among them is OK, however
    far it is from their median: it is while its tail-aware z (see `history`) is below `spreads`.

    Attributes:
        spreads: so far from the usual it must lie.
        learns: with fewer earlier windows than this nothing is judged.
        remembers: how many windows are looked back.
    """

    family: ClassVar[Family] = Family.SERVING
    runbook: ClassVar[str] = "latency.md"
    of_segments: ClassVar[bool] = False

    critical: float = 2.0
    spreads: float = 3.0
    learns: int = 7
    remembers: int = 90

    def examine(self, baseline: Baseline, window: Window) -> list[Finding]:
        """One finding; UNKNOWN when latencies were logged and no longer are."""
        now = quantile(window.latency, SLOWEST) if window.latency else math.nan
        key = (self.kind, "*", P95)
        past = unspoilt(baseline.history, key, window.interval.end, self.remembers, self.critical)
        if math.isnan(now):
            return [self._none(bool(past), window)]
        measures = (self.measure("*", P95, now, window),)
        if len(past) < self.learns:
            learning = f"what is usual is not known yet, after {len(past)} of {self.learns} windows"
            return [self.not_judged("*", f"95 of 100 answers came within {now:.3g} ms; {learning}.", measures)]
        return [self._held_against(list(past.values()), now, window)]

    def _none(self, were_logged: bool, window: Window) -> Finding:  # noqa: FBT001 - what is asked is in its name
        if were_logged or not window.rows:
            return self.unknown("*", f"None of {window.rows:,} records has a latency.")
        return self.not_judged("*", f"None of {window.rows:,} records has a latency, nor had earlier ones.")

    def _held_against(self, past: list[float], now: float, window: Window) -> Finding:
        usual = median(past)
        times = now / usual if usual > 0 else math.nan
        z = tail_aware_z([_log(value) for value in past], _log(now), JITTER)
        sentence = f"95 of 100 answers came within {now:.3g} ms, usually within {usual:.3g} ms."
        is_common = z < self.spreads
        scored = self.measure("*", SCORE, 0.0 if is_common or math.isnan(times) else times, window)
        measures = (self.measure("*", P95, now, window), scored)
        if math.isnan(times):
            return self.not_judged("*", f"{sentence} Nothing is slower than no time at all.", measures)
        return (self.allowed if is_common else self.judged)("*", times, sentence, measures)


def _log(latency: float) -> float:
    return math.log(max(latency, 1e-3))

"""Are there as many requests as at this time of the week?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import median
from typing import ClassVar

from watchkeeper.checks.base import Check, percent
from watchkeeper.checks.history import earlier, robust_spread
from watchkeeper.domain.findings import Family, Finding, Measure
from watchkeeper.domain.levels import Level, Limit
from watchkeeper.window import Baseline, Window

__all__ = ["Volume"]

TOO_FEW, TOO_MANY = "too few", "too many"

FEWEST_PEERS = 3
"""Windows at the same place of the week must be at least so many to be the expectation alone."""

USUAL_SPREADS = 4.0
"""A count within this many robust spreads of the expected one is usual, whatever share of it is missing."""

MOST_WINDOWS = 100_000
"""All the history there is."""


@dataclass(frozen=True, kw_only=True)
class Volume(Check):
    """Records against the median of earlier windows at the same place of the week, each by how many it stands for.

    The place is weekday and time of day; where fewer than three earlier windows share it, the time of day; else all.
    `too few` is judged by the share of the expected records that is missing, `too many` by how many times the expected
    ones there are. Neither speaks while the count is within four robust spreads of what is expected.

    Attributes:
        most: this many times the expected records is critical.
        learns: with fewer earlier windows than this nothing is expected yet.
    """

    family: ClassVar[Family] = Family.INTEGRITY
    runbook: ClassVar[str] = "volume.md"
    judges_few: ClassVar[bool] = True

    critical: float = 0.5
    most: float = 5.0
    learns: int = 7

    def examine(self, baseline: Baseline, window: Window) -> list[Finding]:
        """One finding about too few records, one about too many; unreadable files make too few UNKNOWN."""
        end = window.interval.end
        past = earlier(baseline.history, (self.kind, "*", "rows"), end, MOST_WINDOWS)
        remembered = (self.measure("*", "rows", float(window.requests), window),)
        if len(past) < self.learns:
            return self._learning(len(past), window, remembered)
        peers = _peers(past, window)
        expected = median(peers)
        spread = max(robust_spread(peers), (expected * window.weight) ** 0.5, 1.0)
        usual = abs(window.requests - expected) <= USUAL_SPREADS * spread
        sentence = f"{_came(window)}; {expected:,.0f} were expected"
        return [
            self._too_few(window, expected, sentence, remembered, usual=usual),
            self._too_many(window, expected, sentence, usual=usual),
        ]

    def _learning(self, windows: int, window: Window, remembered: tuple[Measure, ...]) -> list[Finding]:
        sentence = f"{_came(window)}; what to expect is not known yet, after {windows} of {self.learns} windows."
        few = self.not_judged(TOO_FEW, sentence, remembered) if window.rows else self.unknown(TOO_FEW, sentence)
        return [few, self.not_judged(TOO_MANY, sentence)]

    def _too_few(
        self, window: Window, expected: float, sentence: str, remembered: tuple[Measure, ...], *, usual: bool
    ) -> Finding:
        missing = max(0.0, 1 - window.requests / expected) if expected else 0.0
        level = Level.OK if usual else self.limit.level(missing)
        if level > Level.OK and window.trouble:
            return self.unknown(TOO_FEW, f"{sentence}, but {len(window.trouble)} files could not be read.")
        return self.answer(TOO_FEW, level, missing, f"{sentence}, so {percent(missing)} are missing.", remembered)

    def _too_many(self, window: Window, expected: float, sentence: str, *, usual: bool) -> Finding:
        times = window.requests / max(expected, 1.0)
        level = Level.OK if usual else Limit.at(self.most).level(times)
        return self.answer(TOO_MANY, level, times, f"{sentence}, {times:.3g} times as many.", limit=self.most)


def _came(window: Window) -> str:
    """How many came, and how that is known where hosts keep only a part."""
    if window.requests == window.rows:
        return f"{window.rows:,} records came"
    return f"{window.requests:,} requests came, by {window.rows:,} records that stand for {window.weight:.3g} each"


def _peers(past: Mapping[datetime, float], window: Window) -> Sequence[float]:
    """Earlier counts at the same place of the week, or of the day, or all."""
    start, length = window.interval.start, window.interval.length
    starts = {at - length: value for at, value in past.items()}
    same_time = {at: value for at, value in starts.items() if at.time() == start.time()}
    same_place = [value for at, value in same_time.items() if at.weekday() == start.weekday()]
    choices = (same_place, list(same_time.values()), list(starts.values()))
    return next(choice for choice in choices if len(choice) >= FEWEST_PEERS)

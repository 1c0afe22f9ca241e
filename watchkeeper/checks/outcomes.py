"""What checks that need labels have in common.

A metric of one block of labels is held against what it usually is, on two control charts (see `charts`). A block is as
long as a window, and longer where a window has too few labels. Usual is what it was out of fold in training, and since
then in production for this very version: what another version measured says nothing of this one. Blocks in which the
check was critical are left out until it is quiet again, for however long that takes: a model that has become worse does
not become the rule.

What is measured is remembered under the version, `v3`, once for labels that do not overlap; what was seeded from
training under `*`.
"""

import math
from abc import abstractmethod
from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

from watchkeeper.checks.calibrated import Calibrated
from watchkeeper.checks.charting import SEEDED, Charted, Past
from watchkeeper.checks.scales import Scale
from watchkeeper.domain.findings import Finding, Measure
from watchkeeper.domain.levels import Limit
from watchkeeper.domain.problems import Problem
from watchkeeper.window import Baseline, Outcomes, Window

__all__ = ["CLASSIFIES", "OutcomeCheck"]

CLASSIFIES = frozenset({Problem.BINARY, Problem.MULTICLASS})
"""The problems whose answers are probabilities."""

DAY, WEEKS = timedelta(days=1), timedelta(days=28)
QUARTERS = 2_688
"""As many quarter hours as four weeks have."""

WANTED = {
    Problem.BINARY: "it is measured for probabilities of labels 0 and 1",
    Problem.MULTICLASS: "it is measured for probabilities of classes that add up to 1",
    Problem.REGRESSION: "it is measured for numbers",
}


@dataclass(frozen=True, kw_only=True)
class OutcomeCheck(Calibrated, asks=False):
    """Asks about the quality of the answers whose labels are due.

    Attributes:
        scale: on which the metric is charted.
        critical: a fixed limit, on how much worse the metric is than in training; None charts it.
        least: with fewer labelled records than this quality is not known.
        least_of_each: nor with fewer that have another label than the most frequent one.
        learns: with fewer earlier blocks than this nothing is judged.
        remembers: how many clean blocks of a day or longer are looked back; of shorter ones as many as 28 days have, at
            most as many as four weeks have quarter hours.
    """

    thins: ClassVar[bool] = False
    scale: ClassVar[Scale]

    least: int = 100
    least_of_each: int = 20
    learns: int = 7
    remembers: int = 120

    @property
    def looks_back(self) -> int:
        """As many as any length of block needs, and as many again as are left out because of trouble."""
        return max(4 * self.remembers, QUARTERS)

    def examine(self, baseline: Baseline, window: Window) -> list[Finding]:
        """One finding; UNKNOWN when labels are too few, or do not fit the answers."""
        missing = self._why_unknown(window.outcomes)
        if missing:
            return [self.unknown("*", missing)]
        if self.critical is not None:
            return [self._fixed(baseline, window)]
        return [self._charted(baseline, window)]

    @abstractmethod
    def metric(self, outcomes: Outcomes) -> str:
        """The name of the metric that is asked about."""

    @abstractmethod
    def told(self, outcomes: Outcomes) -> str:
        """The metric in words, the beginning of a sentence."""

    @abstractmethod
    def error(self, outcomes: Outcomes) -> float:
        """The metric's sampling error on its scale: what chance alone makes of so many labels."""

    def worse(self, outcomes: Outcomes, baseline: Baseline) -> float:
        """What a fixed limit is held against: how much worse than in training; NaN when that is not known."""
        name = self.metric(outcomes)
        return outcomes.metrics[name] - baseline.metrics.get(name, math.nan)

    def _fixed(self, baseline: Baseline, window: Window) -> Finding:
        name = self.metric(window.outcomes)
        trained = baseline.metrics.get(name, math.nan)
        before = f"it was {trained:.3f}" if math.isfinite(trained) else "it is not known what it was"
        sentence = f"{self.told(window.outcomes)}; {before} when version {baseline.version} was trained."
        measures = self._measures({name: window.outcomes.metrics[name]}, baseline, window)
        return self.judged("*", self.worse(window.outcomes, baseline), sentence, measures)

    def _charted(self, baseline: Baseline, window: Window) -> Finding:
        outcomes, name = window.outcomes, self.metric(window.outcomes)
        key, now = (self.kind, _subject(baseline), name), outcomes.metrics[name]
        past = Past.of(baseline.history, key, window.interval, outcomes.interval, self.scale, self._most(outcomes))
        expected = past.usual(self.error(outcomes), self.learns) if baseline.version else None
        known = {name: now}
        if expected is None:
            so_far = f"{len(past.clean)} of {self.learns} blocks of labels"
            sentence = f"{self.told(outcomes)}; still learning what is usual, {so_far}."
            return self.not_judged("*", sentence, self._measures(known, baseline, window) if past.is_new else ())
        charted = past.charted(now, expected, self.false_alarms)
        reading = charted.reading
        measures = self._measures(known | charted.remembered, baseline, window) if past.is_new else ()
        level = Limit.at(reading.limit).level(reading.value)
        return self.answer("*", level, reading.value, self._sentence(charted, window), measures, reading.limit)

    def _most(self, outcomes: Outcomes) -> int:
        length = outcomes.interval.length
        return self.remembers if length >= DAY else max(self.remembers, min(WEEKS // length, QUARTERS))

    def _sentence(self, charted: Charted, window: Window) -> str:
        reading, outcomes = charted.reading, window.outcomes
        usually = self.scale.metric(charted.usual.level)
        way = "worse" if not self.scale.both_ways else "higher" if reading.side > 0 else "lower"
        blocks = "window" if outcomes.interval.length == window.interval.length else "block"
        if reading.at_once:
            seen = f"{reading.value:.1f} spreads {way} in one {blocks}"
        elif reading.value > 0:
            many = f"{charted.lasted} {blocks}{'s' if charted.lasted > 1 else ''}"
            seen = f"{way} than usual for {many}: CUSUM {reading.value:.1f}"
        else:
            seen = f"no {way} than usual: CUSUM 0.0"
        limit = f"limit {reading.limit:.1f} for {self.allowance}"
        return f"{self.told(outcomes)}, usually {usually:.3g}; {seen}, {limit}."

    def _measures(self, known: dict[str, float], baseline: Baseline, window: Window) -> tuple[Measure, ...]:
        return tuple(self.measure(_subject(baseline), name, value, window) for name, value in known.items())

    def _why_unknown(self, outcomes: Outcomes) -> str | None:
        if outcomes.problem not in self.problems:
            return f"{self.kind} is not asked of {outcomes.problem} models."
        count, rarer = outcomes.counts
        if count < self.least:
            return f"Only {count:,} labelled records are due; {self.least:,} are needed to know the quality."
        if all(math.isnan(value) for value in outcomes.metrics.values()):
            return f"The quality is not known: {WANTED[outcomes.problem]}, and these are others."
        if outcomes.problem in CLASSIFIES and rarer < self.least_of_each:
            return (
                f"Only {rarer:,} of {count:,} labelled records have the rarer label; {self.least_of_each} are needed."
            )
        return None


def _subject(baseline: Baseline) -> str:
    """Whose measures these are."""
    return f"v{baseline.version}" if baseline.version else SEEDED

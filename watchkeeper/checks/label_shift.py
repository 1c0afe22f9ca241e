"""Are the labels what a feed that works would send?"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from statistics import median
from typing import ClassVar

from watchkeeper.checks.base import Check, percent
from watchkeeper.checks.flipping import Labels, flipped_share
from watchkeeper.checks.history import SCORE, earlier
from watchkeeper.domain.findings import Family, Finding, Measure
from watchkeeper.domain.levels import Level, Limit
from watchkeeper.domain.problems import Problem
from watchkeeper.window import Baseline, Window

__all__ = ["LabelShift"]

REMEMBERED = ("auc", "calibration_gap")
"""What is learned of how a version's answers usually agree with the labels."""


@dataclass(frozen=True, slots=True)
class _Suspicion:
    """What may be wrong with labels: how much, the limit it is held against, and whether chance explains it."""

    subject: str
    value: float
    limit: Limit
    sentence: str
    is_chance: bool = False

    @property
    def level(self) -> Level:
        return Level.OK if self.is_chance else self.limit.level(self.value)


@dataclass(frozen=True, kw_only=True)
class LabelShift(Check):
    """Labels that look like a fault of their feed rather than like the world.

    `base rate` is how far the odds of label 1 are from what the answers lead to expect, in log-odds: a feed that sends
    one label alone, or mixes them up, moves them further than the world does. `flipped` is the share of labels that
    look turned round (see `flipping`). A block of labels that shares records with one that looked wrong is a warning.

    Attributes:
        critical: of the share of flipped labels.
        jump: of the distance in log-odds; 1.5 is 4.5 times the odds.
        least: with fewer labelled records than this nothing is judged.
        remembers: from how many earlier windows it is learned how the answers usually agree with the labels.
    """

    family: ClassVar[Family] = Family.LABELS
    runbook: ClassVar[str] = "label_shift.md"
    problems: ClassVar[frozenset[Problem]] = frozenset({Problem.BINARY})
    of_segments: ClassVar[bool] = False

    critical: float = 0.1
    jump: float = 1.5
    least: int = 100
    remembers: int = 28

    def examine(self, baseline: Baseline, window: Window) -> list[Finding]:
        """One finding about the base rate, one about turned labels; UNKNOWN with too few labels."""
        metrics, count = window.outcomes.metrics, window.outcomes.counts[0]
        rate = metrics.get("base_rate", math.nan)
        if count < self.least or math.isnan(rate):
            why = (
                f"Only {count:,} labels of probabilities are due; {self.least:,} are needed to know what they are like."
            )
            return [self.unknown("base rate", why), self.unknown("flipped", why)]
        usual = {name: self._usual(name, baseline, window) for name in REMEMBERED}
        gap = usual["calibration_gap"]
        expected = rate + metrics["calibration_gap"] - (0.0 if math.isnan(gap) else gap)
        labels = Labels(count, rate, expected, metrics["auc"], usual["auc"])
        measures = [
            self.measure(f"v{baseline.version}", name, metrics[name], window)
            for name in REMEMBERED
            if math.isfinite(metrics[name])
        ]
        first, second = self._base_rate(labels), self._flipped(labels)
        return [self._told(first, baseline, window, measures), self._told(second, baseline, window)]

    def _usual(self, name: str, baseline: Baseline, window: Window) -> float:
        """What a metric of this version usually is, lately and in training; NaN when nobody knows."""
        key = (self.kind, f"v{baseline.version}", name)
        past = earlier(baseline.history, key, window.interval.end, self.remembers)
        trained = baseline.metrics.get(name, math.nan)
        known = [*past.values(), *([trained] if math.isfinite(trained) else [])]
        return median(known) if known else math.nan

    def _base_rate(self, labels: Labels) -> _Suspicion:
        sentence = (
            f"{percent(labels.rate)} of {labels.count:,} labels are 1; "
            f"the answers lead to expect {percent(min(max(labels.expected, 0.0), 1.0))}."
        )
        chance = not labels.is_beyond_chance
        return _Suspicion("base rate", labels.distance, Limit.at(self.jump), sentence, chance)

    def _flipped(self, labels: Labels) -> _Suspicion:
        share = flipped_share(labels)
        if not share:
            sentence = f"Nothing speaks for labels that are turned round, among {labels.count:,}."
        else:
            sentence = (
                f"The labels look turned round in {percent(share)} of {labels.count:,} records: the AUC is "
                f"{labels.auc:.3f} instead of {labels.usual_auc:.3f} and {percent(labels.rate)} of labels are 1, as "
                "that makes of both; a world that has turned round as far would look the same."
            )
        return _Suspicion("flipped", share, self.limit, sentence)

    def _told(self, seen: _Suspicion, baseline: Baseline, window: Window, measures: Iterable[Measure] = ()) -> Finding:
        level, sentence = seen.level, seen.sentence
        score = self.measure(seen.subject, SCORE, seen.value / seen.limit.critical if level > Level.OK else 0.0, window)
        if level is Level.OK and self._still_counts(seen.subject, baseline, window):
            level, sentence = Level.WARNING, f"{sentence} Labels that looked wrong before still count among them."
        return self.answer(seen.subject, level, seen.value, sentence, (*measures, score), seen.limit.critical)

    def _still_counts(self, subject: str, baseline: Baseline, window: Window) -> bool:
        """Whether records of a block that looked critically wrong are in this one, too."""
        since = window.interval.end - window.outcomes.interval.length
        scores = earlier(baseline.history, (self.kind, subject, SCORE), window.interval.end, None)
        return any(score >= 1 for at, score in scores.items() if at > since)

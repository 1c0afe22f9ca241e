"""Are the labels what a feed that works would send?"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from statistics import median
from typing import ClassVar

from watchkeeper.checks.base import Check
from watchkeeper.checks.charting import SEEDED
from watchkeeper.checks.history import SCORE, earlier, robust_spread, tail_aware_spread
from watchkeeper.checks.suspecting import Labels, Suspicion, flipped, one_sided, unlikely_rate
from watchkeeper.domain.findings import Family, Finding, Measure
from watchkeeper.domain.levels import Level, Limit
from watchkeeper.domain.problems import Problem
from watchkeeper.window import Baseline, Outcomes, Window

__all__ = ["LabelShift"]

CHARTED = {"auc": ("auc", SEEDED), "calibration_gap": ("calibration", SEEDED)}
"""Where what was measured out of fold is remembered, by metric: check and subject."""

SUBJECTS = ("base rate", "flipped", "one-sided")

FEWEST = 7
"""Fewer earlier windows than this know no spread."""


@dataclass(frozen=True, kw_only=True)
class LabelShift(Check):
    """Labels that look like a fault of their feed rather than like the world (see `suspecting`).

    `base rate` is how far the odds of label 1 are from what the answers lead to expect, in log-odds: a feed that sends
    one label alone, or mixes them up, moves them further than the world does. `flipped` is the share of labels that
    look turned round. `one-sided` is the share that must be missing, all of one kind, to explain the base rate, where
    as many are missing. A block of labels that shares records with one that looked wrong is a warning.

    It remembers on which side of the gap between answers and truth something moved, `answers_z` and `truth_z`, and what
    part of the AUC above 1/2 is lost, `auc_lost`: from these the cause of a gap is told.

    Attributes:
        critical: of the share of flipped, or of missing labels.
        jump: of the distance in log-odds; 1.5 is 4.5 times the odds.
        least: with fewer labelled records than this nothing is judged.
        remembers: from how many earlier windows it is learned how the answers usually agree with the labels.
    """

    family: ClassVar[Family] = Family.LABELS
    runbook: ClassVar[str] = "label_shift.md"
    problems: ClassVar[frozenset[Problem]] = frozenset({Problem.BINARY})
    of_segments: ClassVar[bool] = False

    critical: float = 0.05
    jump: float = 1.5
    least: int = 100
    remembers: int = 28

    def examine(self, baseline: Baseline, window: Window) -> list[Finding]:
        """One finding about the base rate, one about turned labels, one about missing ones; UNKNOWN with too few."""
        count, known = window.outcomes.counts[0], _known(window.outcomes)
        if count < self.least or not known:
            why = (
                f"Only {count:,} labels of probabilities are due; {self.least:,} are needed to know what they are like."
            )
            return [self.unknown(subject, why) for subject in SUBJECTS]
        usual = {name: self._usual(name, baseline, window) for name in ("auc", "calibration_gap", "missing")}
        labels = _labels(count, known, usual, {name: self._spread(name, baseline, window) for name in CHARTED})
        moved, about = self._moved(known, count, baseline, window), f"v{baseline.version}"
        moved["auc_lost"] = 1 - (known["auc"] - 0.5) / (usual["auc"] - 0.5) if usual["auc"] > 0.5 else math.nan  # noqa: PLR2004 - knows nothing
        measures = [self.measure(about, name, v, window) for name, v in {**known, **moved}.items() if math.isfinite(v)]
        suspicions = (
            unlikely_rate(labels, Limit.at(self.jump)),
            flipped(labels, self.limit),
            one_sided(labels, self.limit),
        )
        found = [self._told(seen, baseline, window) for seen in suspicions]
        return [self._with(found[0], measures), *found[1:]]

    def _usual(self, name: str, baseline: Baseline, window: Window) -> float:
        """What a metric of this version usually is, lately and in training; NaN when nobody knows."""
        trained = baseline.metrics.get(name, math.nan)
        known = [*self._past(name, baseline, window), *([trained] if math.isfinite(trained) else [])]
        return median(known) if known else math.nan

    def _spread(self, name: str, baseline: Baseline, window: Window) -> float:
        """By how much a metric differs from block to block, in this version's life and out of fold before; 0 unknown.

        Tails count in both directions: where storms come, a base rate far off is nothing that only a feed can make.
        """
        seeded = earlier(baseline.history, (*CHARTED[name], name), window.interval.end, None).values()
        known = [*seeded, *self._past(name, baseline, window)]
        if len(known) < FEWEST:
            return 0.0
        return max(tail_aware_spread(known, 0.0), tail_aware_spread([-value for value in known], 0.0))

    def _past(self, name: str, baseline: Baseline, window: Window) -> list[float]:
        key = (self.kind, f"v{baseline.version}", name)
        return list(earlier(baseline.history, key, window.interval.end, self.remembers).values())

    def _moved(self, now: Mapping[str, float], count: int, baseline: Baseline, window: Window) -> dict[str, float]:
        """How far each side of the gap is from where it usually is, in its spreads, which are at least chance's."""
        moved = {}
        for name in ("answers", "truth"):
            past = self._past(name, baseline, window)
            if len(past) >= FEWEST:
                usual = median(past)
                chance = math.sqrt(max(usual * (1 - usual), 1 / count) / count)
                moved[f"{name}_z"] = (now[name] - usual) / max(robust_spread(past), chance)
        return moved

    def _told(self, seen: Suspicion, baseline: Baseline, window: Window) -> Finding:
        level, sentence = seen.level, seen.sentence
        score = self.measure(seen.subject, SCORE, seen.value / seen.limit.critical if level > Level.OK else 0.0, window)
        if level is Level.OK and self._still_counts(seen.subject, baseline, window):
            level, sentence = Level.WARNING, f"{sentence} Labels that looked wrong before still count among them."
        return self.answer(seen.subject, level, seen.value, sentence, (score,), seen.limit.critical)

    def _with(self, finding: Finding, measures: Iterable[Measure]) -> Finding:
        held = finding.measures + tuple(measures)
        return self.answer(finding.subject, finding.level, finding.value, finding.sentence, held, finding.limit)

    def _still_counts(self, subject: str, baseline: Baseline, window: Window) -> bool:
        """Whether records of a block that looked critically wrong are in this one, too."""
        since = window.interval.end - window.outcomes.interval.length
        scores = earlier(baseline.history, (self.kind, subject, SCORE), window.interval.end, None)
        return any(score >= 1 for at, score in scores.items() if at > since)


def _known(outcomes: Outcomes) -> dict[str, float]:
    """What is measured of a block of labels; empty when they are no labels of probabilities."""
    metrics = outcomes.metrics
    if not math.isfinite(metrics.get("base_rate", math.nan)):
        return {}
    rate, gap = metrics["base_rate"], metrics["calibration_gap"]
    missing = max(0.0, 1 - outcomes.labels.size / outcomes.expected) if outcomes.expected else 0.0
    return {"auc": metrics["auc"], "calibration_gap": gap, "missing": missing, "answers": rate + gap, "truth": rate}


def _labels(count: int, known: Mapping[str, float], usual: Mapping[str, float], spread: Mapping[str, float]) -> Labels:
    gap, missing = (0.0 if math.isnan(usual[name]) else usual[name] for name in ("calibration_gap", "missing"))
    beyond = max(0.0, known["missing"] - missing)
    spreads = spread["calibration_gap"], spread["auc"]
    return Labels(count, known["truth"], known["answers"] - gap, known["auc"], usual["auc"], beyond, *spreads)

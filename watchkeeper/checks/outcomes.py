"""What checks that need labels have in common."""

import math
from abc import abstractmethod
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from watchkeeper.checks.base import Check
from watchkeeper.domain.findings import Finding
from watchkeeper.profiles.metrics import are_probabilities
from watchkeeper.window import Baseline, Outcomes, Window

__all__ = ["OutcomeCheck"]


@dataclass(frozen=True, kw_only=True)
class OutcomeCheck(Check, asks=False):
    """Asks about the quality of the answers whose labels are due.

    Attributes:
        least: with fewer labelled records than this quality is not known.
        least_of_each: nor with fewer of either label.
    """

    higher_is_better: ClassVar[bool] = False

    least: int = 200
    least_of_each: int = 20

    def examine(self, baseline: Baseline, window: Window) -> list[Finding]:
        """One finding; UNKNOWN when labels are too few, or are no labels of a probability."""
        missing = self._why_unknown(window.outcomes)
        if missing:
            return [self.unknown("*", missing)]
        return [self.judge(window.outcomes.metrics, baseline, window)]

    @abstractmethod
    def judge(self, metrics: dict[str, float], baseline: Baseline, window: Window) -> Finding:
        """The answer, from metrics of enough labelled records; none of them is NaN."""

    def held_against(
        self, name: str, metrics: dict[str, float], baseline: Baseline, window: Window, words: str
    ) -> Finding:
        """The answer from how much worse a metric is than in training.

        Args:
            name: of the metric.
            metrics: of the window.
            baseline: with the metrics of training; when the metric is not among them the answer is UNKNOWN.
            window: the one judged.
            words: what a person calls the metric, the beginning of a sentence.
        """
        now, trained = metrics[name], baseline.metrics.get(name, math.nan)
        told = f"{words} is {now:.3f} on {_labelled(window.outcomes):,} labelled records"
        before = f"it was {trained:.3f}" if math.isfinite(trained) else "it is not known what it was"
        worse = trained - now if self.higher_is_better else now - trained
        sentence = f"{told}; {before} when version {baseline.version} was trained."
        return self.judged("*", worse, sentence, (self.measure("*", name, now, window),))

    def _why_unknown(self, outcomes: Outcomes) -> str | None:
        count, known = _labelled(outcomes), np.isfinite(outcomes.predictions) & np.isfinite(outcomes.labels)
        if count < self.least:
            return f"Only {count:,} labelled records are due; {self.least:,} are needed to know the quality."
        if not are_probabilities(outcomes.predictions[known], outcomes.labels[known]):
            return "The quality is not known: it is measured for probabilities of labels 0 and 1, and these are others."
        ones = int(outcomes.labels[known].sum())
        fewest = min(ones, count - ones)
        if fewest < self.least_of_each:
            return (
                f"Only {fewest:,} of {count:,} labelled records have the rarer label; {self.least_of_each} are needed."
            )
        return None


def _labelled(outcomes: Outcomes) -> int:
    return int((np.isfinite(outcomes.predictions) & np.isfinite(outcomes.labels)).sum())

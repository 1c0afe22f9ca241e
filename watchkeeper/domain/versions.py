"""Trained artifacts, and the trial between two of them."""

import math
from dataclasses import dataclass, field
from datetime import datetime

from watchkeeper.domain.intervals import Interval

__all__ = ["Pointers", "Trial", "TrialRule", "Version", "judge_trial"]


@dataclass(frozen=True, slots=True)
class Version:
    """One immutable trained artifact of a model.

    Attributes:
        number: counts from 1 within its model.
        digest: `sha256:...` over its files; the baseline and the metrics are bound to it.
        trained_on: the records it learned from.
        metrics: out-of-fold metrics at training, by name.
        origin: why it exists, one sentence.
        parent: the version that it is under another layer; None where it was trained. Its `trained_on` and `metrics`
            are then the parent's: a layer is no training, and gives back at best what the estimator could do.
    """

    model: str
    number: int
    digest: str
    created: datetime
    trained_on: Interval
    origin: str
    metrics: dict[str, float] = field(default_factory=dict)
    parent: int | None = None

    @property
    def name(self) -> str:
        """How people call it: `flights v3`."""
        return f"{self.model} v{self.number}"


@dataclass(frozen=True, slots=True)
class Pointers:
    """Which version of a model has which part; changed in one atomic write."""

    champion: int | None = None
    candidate: int | None = None
    last_good: int | None = None


@dataclass(frozen=True, slots=True)
class TrialRule:
    """What a candidate must show offline.

    Attributes:
        metric: the loss that decides (lower is better).
        margin: how much better than the champion it must be; 0 means "not worse".
        least_rows: fewer labelled records than this judge nobody.
    """

    metric: str = "log_loss"
    margin: float = 0.0
    least_rows: int = 500


@dataclass(frozen=True, slots=True)
class Trial:
    """Candidate against champion on records that neither was trained on."""

    candidate: dict[str, float]
    champion: dict[str, float]
    rows: int
    over: Interval
    passed: bool
    sentence: str


def judge_trial(
    candidate: dict[str, float], champion: dict[str, float], rows: int, over: Interval, rule: TrialRule
) -> Trial:
    """The outcome of a trial; too little evidence does not pass."""
    mine, theirs = candidate.get(rule.metric, math.nan), champion.get(rule.metric, math.nan)
    numbers = f"{rule.metric} {mine:.4f} against the champion's {theirs:.4f} on {rows:,} labelled records"
    if rows < rule.least_rows:
        return Trial(candidate, champion, rows, over, passed=False, sentence=f"Too few records: {numbers}.")
    if math.isnan(mine) or math.isnan(theirs):
        return Trial(candidate, champion, rows, over, passed=False, sentence=f"Not measurable: {numbers}.")
    passed = mine <= theirs - rule.margin
    verb = "Passed" if passed else "Not better by enough"
    return Trial(candidate, champion, rows, over, passed=passed, sentence=f"{verb}: {numbers}.")

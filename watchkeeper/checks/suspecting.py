"""What may be wrong with a block of labels, told from what the answers lead to expect of it.

Where a share f of labels is turned round, whichever they are, a base rate b becomes b' = b + f (1 - 2 b). The scores
are what they were, so their covariance with the labels shrinks by 1 - 2 f, and with it, as AUC - 1/2 is the covariance
of label and rank over b (1 - b),

    AUC' - 1/2 = (1 - 2 f) (AUC - 1/2) b (1 - b) / (b' (1 - b')).

Two numbers that are measured apart must agree on one f. A world that has changed agrees by accident only. Where label 1
is about as frequent as label 0, the base rate says nothing of f: then only labels that are turned without exception
are told from a changed world, by an AUC that is mirrored at 1/2.

Where a share m of labels has not come, all of one kind, b becomes (b - m) / (1 - m) or b / (1 - m): as many must be
missing for that as the base rate is off.
"""

import math
from dataclasses import dataclass

from watchkeeper.checks.base import percent
from watchkeeper.domain.levels import Level, Limit

__all__ = ["Labels", "Suspicion", "flipped", "one_sided", "unlikely_rate"]

SURE = 3.0
"""So many sampling errors a difference is taken for none, or for one."""

UNHEARD = 6.0
"""So many of the usual differences between two blocks a storm does not make of a base rate; a feed does."""

SLACK = 0.02
"""An AUC differs by so much between one block of labels and another without any reason."""

NEAREST = 1e-3
"""Shares nearer to 0 or 1 than this are one and the same."""

NEARLY = 0.8
"""So much of the labels that must be missing has to be: what the answers lead to expect is not known better."""


@dataclass(frozen=True, slots=True)
class Labels:
    """A block of labels, and what was to be expected of them.

    Attributes:
        count: of labels.
        rate: the share of label 1.
        expected: the same, from the answers.
        auc: of the answers; NaN where all labels are the same.
        usual_auc: what it usually is; NaN where that is not known.
        missing: the share of labels that has not come, beyond what usually has not.
        rate_spread, auc_spread: by how much the base rate usually differs from the expected one, and the AUC from the
            usual one, block by block; 0 where it is not known.
    """

    count: int
    rate: float
    expected: float
    auc: float
    usual_auc: float
    missing: float = 0.0
    rate_spread: float = 0.0
    auc_spread: float = 0.0

    @property
    def distance(self) -> float:
        """How far the odds of label 1 are from the expected ones, in log-odds; none and all count as half a label."""
        return abs(_odds(self.rate, 0.5 / self.count) - _odds(self.expected, max(0.5 / self.count, NEAREST)))

    @property
    def is_beyond_chance(self) -> bool:
        """Whether so many labels would hardly be so far from the expected rate by chance."""
        inside = min(max(self.expected, 0.5 / self.count), 1 - 0.5 / self.count)
        return self.distance >= SURE / math.sqrt(self.count * inside * (1 - inside))

    @property
    def is_unheard_of(self) -> bool:
        """Whether it is further from the expected rate than the days of this world are, too."""
        return self.is_beyond_chance and abs(self.rate - self.expected) >= UNHEARD * self.rate_spread


@dataclass(frozen=True, slots=True)
class Suspicion:
    """What may be wrong with labels: how much, the limit it is held against, and whether chance explains it."""

    subject: str
    value: float
    limit: Limit
    sentence: str
    is_chance: bool = False

    @property
    def level(self) -> Level:
        """How bad it is."""
        return Level.OK if self.is_chance else self.limit.level(self.value)


def unlikely_rate(labels: Labels, limit: Limit) -> Suspicion:
    """A base rate that is further from the expected one than the world moves."""
    expected = percent(min(max(labels.expected, 0.0), 1.0))
    sentence = f"{percent(labels.rate)} of {labels.count:,} labels are 1; the answers lead to expect {expected}."
    return Suspicion("base rate", labels.distance, limit, sentence, not labels.is_unheard_of)


def flipped(labels: Labels, limit: Limit) -> Suspicion:
    """Labels that look turned round, and their share."""
    share = _flipped_share(labels)
    sentence = f"Nothing speaks for labels that are turned round, among {labels.count:,}."
    if share:
        sentence = (
            f"The labels look turned round in {percent(share)} of {labels.count:,} records: the AUC is "
            f"{labels.auc:.3f} instead of {labels.usual_auc:.3f} and {percent(labels.rate)} of labels are 1, as that "
            "makes of both; a world that has turned round as far would look the same."
        )
    return Suspicion("flipped", share, limit, sentence)


def one_sided(labels: Labels, limit: Limit) -> Suspicion:
    """Labels of one kind that have not come, and the share of all labels that they are."""
    inside = min(max(labels.expected, NEAREST), 1 - NEAREST)
    fewer = labels.rate < inside
    needed = (inside - labels.rate) / (1 - labels.rate) if fewer else 1 - inside / labels.rate
    sentence = (
        f"{percent(labels.missing)} of labels are missing beyond the usual ones; they explain no other base rate."
    )
    if labels.missing < NEARLY * needed or not labels.is_beyond_chance:
        return Suspicion("one-sided", 0.0, limit, sentence)
    sentence = (
        f"{percent(labels.rate)} of {labels.count:,} labels are 1 instead of {percent(inside)}; the "
        f"{percent(labels.missing)} that are missing would explain it, were they labels {1 if fewer else 0}."
    )
    return Suspicion("one-sided", needed, limit, sentence)


def _flipped_share(labels: Labels) -> float:
    """The share of labels that look turned round; 0 where they do not."""
    if not (math.isfinite(labels.auc) and labels.usual_auc > 0.5 and _suffers(labels)):  # noqa: PLR2004 - knows nothing
        return 0.0
    expected = min(max(labels.expected, NEAREST), 1 - NEAREST)
    apart = 1 - 2 * expected
    error = max(_rate_error(labels.rate, labels.count), labels.rate_spread) / max(abs(apart), NEAREST)
    if SURE * error > 1 / 2:
        return 1.0 if _makes_the_auc(labels, 1.0) else 0.0
    share = (labels.rate - expected) / apart
    fits = SURE * error <= share <= 1 + SURE * error and _makes_the_auc(labels, share)
    return min(share, 1.0) if fits else 0.0


def _suffers(labels: Labels) -> bool:
    """Whether the ranking is worse than chance, or the days of this world, would have it."""
    return labels.usual_auc - labels.auc >= SURE * max(_auc_error(labels), labels.auc_spread) + SLACK


def _makes_the_auc(labels: Labels, share: float) -> bool:
    """Whether the AUC is what turning this share makes of the usual one."""
    before, now = (max(rate * (1 - rate), NEAREST) for rate in (labels.expected, labels.rate))
    made = 0.5 + (1 - 2 * share) * (labels.usual_auc - 0.5) * before / now
    return abs(labels.auc - made) <= SURE * _auc_error(labels) + SLACK


def _auc_error(labels: Labels) -> float:
    """The sampling error of an AUC is at most that of one that knows nothing (Mann & Whitney 1947)."""
    ones = max(labels.rate * labels.count, 1.0)
    zeros = max(labels.count - ones, 1.0)
    return math.sqrt((labels.count + 1) / (12 * ones * zeros))


def _rate_error(rate: float, count: int) -> float:
    inside = min(max(rate, 0.5 / count), 1 - 0.5 / count)
    return math.sqrt(inside * (1 - inside) / count)


def _odds(share: float, nearest: float) -> float:
    inside = min(max(share, nearest), 1 - nearest)
    return math.log(inside) - math.log1p(-inside)

"""Whether labels look as if some of them had been turned round.

Where a share f of labels is turned, whichever they are, a base rate b becomes b' = b + f (1 - 2 b). The scores are what
they were, so their covariance with the labels shrinks by 1 - 2 f, and with it, as AUC - 1/2 is the covariance of label
and rank over b (1 - b),

    AUC' - 1/2 = (1 - 2 f) (AUC - 1/2) b (1 - b) / (b' (1 - b')).

Two numbers that are measured apart must agree on one f. A world that has changed agrees by accident only. Where label 1
is about as frequent as label 0, the base rate says nothing of f: then only labels that are turned without exception
are told from a changed world, by an AUC that is mirrored at 1/2.
"""

import math
from dataclasses import dataclass

__all__ = ["Labels", "flipped_share"]

SURE = 3.0
"""So many sampling errors a difference is taken for none, or for one."""

SLACK = 0.02
"""An AUC differs by so much between one block of labels and another without any reason."""

NEAREST = 1e-3
"""Shares nearer to 0 or 1 than this are one and the same."""


@dataclass(frozen=True, slots=True)
class Labels:
    """A block of labels, and what was to be expected of them.

    Attributes:
        count: of labels.
        rate: the share of label 1.
        expected: the same, from the answers.
        auc: of the answers; NaN where all labels are the same.
        usual_auc: what it usually is; NaN where that is not known.
    """

    count: int
    rate: float
    expected: float
    auc: float
    usual_auc: float

    @property
    def distance(self) -> float:
        """How far the odds of label 1 are from the expected ones, in log-odds; none and all count as half a label."""
        return abs(_odds(self.rate, 0.5 / self.count) - _odds(self.expected, max(0.5 / self.count, NEAREST)))

    @property
    def is_beyond_chance(self) -> bool:
        """Whether so many labels would hardly be so far from the expected rate by chance."""
        inside = min(max(self.expected, 0.5 / self.count), 1 - 0.5 / self.count)
        return self.distance >= SURE / math.sqrt(self.count * inside * (1 - inside))


def flipped_share(labels: Labels) -> float:
    """The share of labels that look turned round; 0 where they do not."""
    if not (math.isfinite(labels.auc) and labels.usual_auc > 0.5 and _suffers(labels)):  # noqa: PLR2004 - knows nothing
        return 0.0
    expected = min(max(labels.expected, NEAREST), 1 - NEAREST)
    share = (labels.rate - expected) / (1 - 2 * expected) if expected != 0.5 else math.inf  # noqa: PLR2004 - the middle
    error = _rate_error(labels.rate, labels.count) / max(abs(1 - 2 * expected), NEAREST)
    if SURE * error > 1 / 2:
        return 1.0 if _is(labels, labels.usual_auc, 1.0) else 0.0
    return (
        min(share, 1.0) if SURE * error <= share <= 1 + SURE * error and _is(labels, labels.usual_auc, share) else 0.0
    )


def _suffers(labels: Labels) -> bool:
    """Whether the ranking is worse than chance would have it."""
    return labels.usual_auc - labels.auc >= SURE * _auc_error(labels) + SLACK


def _is(labels: Labels, usual_auc: float, share: float) -> bool:
    """Whether the AUC is what turning this share makes of the usual one."""
    before, now = (max(rate * (1 - rate), NEAREST) for rate in (labels.expected, labels.rate))
    made = 0.5 + (1 - 2 * share) * (usual_auc - 0.5) * before / now
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

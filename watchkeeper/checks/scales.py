"""On which scale a metric's noise is the same wherever it lies, and upwards is worse."""

import math
from collections.abc import Callable
from dataclasses import dataclass

__all__ = ["GAP", "LOSS", "SCORE_OF_ONE", "SIZE", "Scale", "auc_error", "share_error"]

NEAREST = 1e-4
"""Scores nearer to 0 or 1 than this are one and the same."""

SMALLEST = 1e-9
"""So are errors smaller than this."""


@dataclass(frozen=True, slots=True)
class Scale:
    """How a metric is charted.

    Attributes:
        chart: the metric on its scale, where upwards is worse.
        metric: back again.
        both_ways: whether downwards is worse, too.
    """

    chart: Callable[[float], float]
    metric: Callable[[float], float]
    both_ways: bool = False


def _same(value: float) -> float:
    return value


def _odds_against(score: float) -> float:
    inside = min(max(score, NEAREST), 1 - NEAREST)
    return math.log1p(-inside) - math.log(inside)


def _log(size: float) -> float:
    return math.log(max(size, SMALLEST))


LOSS = Scale(_same, _same)
"""Of a loss that may be below 0."""

GAP = Scale(_same, _same, both_ways=True)
"""Of a difference that is 0 where all is well."""

SCORE_OF_ONE = Scale(_odds_against, lambda odds: 1 / (1 + math.exp(odds)))
"""Of a score of which 1 is the best: its log-odds. A day that is bad for an AUC of 0.92 is three times as bad, in steps
of the AUC, as a good day is good; in log-odds both are alike."""

SIZE = Scale(_log, math.exp)
"""Of an error in the label's unit: its logarithm, as it grows by shares."""


def auc_error(auc: float, ones: float, zeros: float) -> float:
    """The sampling error of an AUC's log-odds (Hanley & McNeil 1982).

    Args:
        auc: a perfect one is taken for one that ranks half a pair wrongly.
        ones, zeros: records of either label, at least one.
    """
    nearest = 0.5 / (ones * zeros)
    a = min(max(auc, nearest), 1 - nearest)
    more, most = a / (2 - a), 2 * a * a / (1 + a)
    variance = a * (1 - a) + (ones - 1) * (more - a * a) + (zeros - 1) * (most - a * a)
    return math.sqrt(max(variance, 0.0) / (ones * zeros)) / (a * (1 - a))


def share_error(share: float, count: int) -> float:
    """The sampling error of a share's log-odds; none or all are taken for half a record."""
    inside = min(max(share, 0.5 / count), 1 - 0.5 / count)
    return 1 / math.sqrt(count * inside * (1 - inside))

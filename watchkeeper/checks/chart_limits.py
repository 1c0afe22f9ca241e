"""How far a control chart goes by chance, from how often it may.

The CUSUM `s = max(0, s + z - allowance)` of normal z is a random walk that is pushed down and begins anew at 0; the
blocks until it reaches a limit are its run length.
"""

import math
from statistics import NormalDist

__all__ = ["ALLOWANCE", "cusum_limit", "shewhart_limit"]

ALLOWANCE = 0.5
"""Half of the change that is to be found soonest, which is one spread (Page 1954)."""

OVERSHOOT = 1.166
"""Twice 0.583, by which a walk of normal steps oversteps a line on average (Siegmund 1985, section 10.2)."""

LAST_STEP = 2 * ALLOWANCE + 1 / (2 * ALLOWANCE)
"""The size of the step that reaches the limit, E z^2 / E z: it is larger than others are, of normal steps that have
come to lie around the change looked for (Siegmund's change of measure)."""


def shewhart_limit(rate: float) -> float:
    """The z that a normal value exceeds with this chance."""
    return NormalDist().inv_cdf(1 - rate)


def cusum_limit(rate: float, alike: float = 0.0) -> float:
    """The CUSUM that is reached once in `1 / rate` blocks when nothing is wrong.

    Siegmund's approximation of the average run length, within a few percent of the exact one. Where neighbours are
    alike, the walk is that of independent steps of the variance v = (1 + a) / (1 - a), less what the last step alone
    adds: a / (1 - a) times its size (the martingale part of an autoregressive sum), as far as the limit leaves room for
    it. Of the alarms that are allowed it gives 95 % at a = 0.2 and 80 % at a = 0.8.

    Args:
        rate: allowed false alarms a block, above 0 and below 1.
        alike: the autocorrelation of neighbours, 0 to 0.9.
    """
    return max(_limit(rate, alike), _limit(rate, 0.0), ALLOWANCE)


def _limit(rate: float, alike: float) -> float:
    low, high = 0.0, 1.0
    while _run_length(high, alike) < 1 / rate:
        high *= 2
    while high - low > 1e-6:  # noqa: PLR2004 - far below what any sentence shows
        middle = (low + high) / 2
        low, high = (middle, high) if _run_length(middle, alike) < 1 / rate else (low, middle)
    return high


def _run_length(limit: float, alike: float) -> float:
    """Blocks until the CUSUM reaches the limit by chance, on average."""
    root = math.sqrt((1 + alike) / (1 - alike))
    drift, last = ALLOWANCE / root, min(LAST_STEP * alike / (1 - alike), limit)
    height = (limit + last) / root + OVERSHOOT
    return (math.expm1(2 * drift * height) - 2 * drift * height) / (2 * drift**2)

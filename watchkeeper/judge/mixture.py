"""The t-mixture e-process over blocks: evidence on a mean whose variance nobody knows, valid at every look.

For normal y with mean effect * deviation, the likelihood ratio of "the effect is d" against "it is 0" of all that does
not depend on the unit is, with r = sum(y) / sqrt(sum(y^2)) and g the root of a chi-square number of n degrees,

    LR_d = exp(-n d^2 / 2) * E[exp(d r g)].

It is 1 on average when the mean is 0, whatever the deviation, and grows with t, so that a mean below 0 makes it no
larger. A weighted sum over effects above 0 is therefore an e-process against "the mean is at most 0": by Ville's
inequality it ever reaches 1/alpha with a chance of at most alpha.

Sources: Lai (1976), "On confidence sequences"; Wang & Ramdas (2024), "Anytime-valid t-tests and confidence sequences
for Gaussian means with unknown variance"; Ville (1939).
"""

import math
from functools import cache

import numpy as np

from watchkeeper.window import Floats

__all__ = ["EFFECTS", "MOST", "WEIGHTS", "critical_ratio", "log_evidence", "radius"]

EFFECTS = (0.25, 0.5, 1.0, 2.0)
"""Means in standard deviations of a block that are looked for: from what takes a hundred blocks to what takes five."""

WEIGHTS = (0.5, 0.35, 0.1, 0.05)
"""How much is bet on each; most on the small effects, as large ones are found in any case."""

STEPS = np.arange(-12.0, 8.25, 0.25)
"""Where the integral over log(g) is summed, in standard deviations from its peak."""

HALVINGS = 40
"""How often an interval is halved in search of a critical ratio."""

MOST = 600.0
"""Logarithms of evidence beyond this are cut, so that they can be written as numbers."""


def log_evidence(ratios: Floats, blocks: Floats) -> Floats:
    """Logarithm of the e-process against "the mean is at most 0", shape (k,).

    Args:
        ratios: sum(y) / sqrt(sum(y^2)) of the first blocks, shape (k,).
        blocks: how many those are, shape (k,), at least 1.
    """
    told = [
        math.log(weight) - blocks * effect**2 / 2 + _log_integral(effect * ratios, blocks) - _log_integral(0.0, blocks)
        for effect, weight in zip(EFFECTS, WEIGHTS, strict=True)
    ]
    summed: Floats = np.minimum(np.logaddexp.reduce(told, axis=0), MOST)
    return summed


def _log_integral(slope: Floats | float, blocks: Floats) -> Floats:
    """Log of the integral of exp(n u - e^(2u) / 2 + slope e^u) over all u = log(g).

    The trapezoid rule on an analytic function that falls this fast is exact to many digits.
    """
    lean = slope + np.zeros_like(blocks)
    peak = (lean + np.sqrt(lean**2 + 4 * blocks)) / 2
    width = 1 / np.sqrt(peak**2 + blocks)
    u = np.log(peak)[:, np.newaxis] + width[:, np.newaxis] * STEPS
    g = np.exp(u)
    heights = blocks[:, np.newaxis] * u - g**2 / 2 + lean[:, np.newaxis] * g
    most = heights.max(axis=1)
    total: Floats = most + np.log(np.exp(heights - most[:, np.newaxis]).sum(axis=1) * width)
    return total


def critical_ratio(blocks: int, alpha: float) -> float:
    """The ratio of sum(y) to sqrt(sum(y^2)) at which the evidence reaches 1 / alpha; infinite when none does."""
    return float(_critical_ratios(blocks.bit_length(), alpha)[blocks - 2 ** (blocks.bit_length() - 1)])


@cache
def _critical_ratios(bits: int, alpha: float) -> Floats:
    """Those of all numbers of blocks that have so many binary digits."""
    n = np.arange(2.0 ** (bits - 1), 2.0**bits)
    low, high = np.zeros_like(n), np.sqrt(n)
    reached = log_evidence(high, n) >= -math.log(alpha)
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        enough = log_evidence(middle, n) >= -math.log(alpha)
        low, high = np.where(enough, low, middle), np.where(enough, middle, high)
    found: Floats = np.where(reached, high, math.inf)
    return found


def radius(variances: Floats, blocks: Floats, alpha: float) -> Floats:
    """How far from the mean of the blocks a mean must lie to be ruled out at this alpha on its side, shape (k,).

    Solving sum(y - m) = r sqrt(sum((y - m)^2)) for m, with the r of `critical_ratio`.

    Args:
        variances: of the blocks, with n below the line, shape (k,).
        blocks: how many those are, shape (k,).
    """
    squares = np.array([critical_ratio(int(n), alpha) for n in blocks]) ** 2
    rest = np.where(squares < blocks, blocks - squares, np.nan)
    found: Floats = np.sqrt(np.minimum(squares, blocks) * variances / rest)
    return np.where(np.isnan(found), math.inf, found)

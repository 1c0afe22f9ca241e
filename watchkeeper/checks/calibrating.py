"""The limit that a statistic may reach by chance no more often than is allowed, from what it was in earlier windows.

Three parts, none of which is enough alone:

* Theory: with little history the statistic is taken for what it would be if every question it answers were normal.
* Experience: the largest quarter of earlier values has a nearly exponential tail, whatever the statistic is made of
  (Pickands 1975; Balkema & de Haan 1974, with shape 0), so that a limit that is reached once in 150 windows can be
  learned from 40. A window that spoke counts as the limit it reached: how far a fault lies out does not widen the
  limit, and leaving it out would narrow it.
* Correction: adaptive conformal inference (Gibbs & Candes 2021) raises the limit with every page and lowers it in
  between, so that the rate of pages is the allowed one in the long run even where theory and tail are wrong.

Everything here is a function of numbers; `calibrated` reads them from history. Another check may use it so:

    limit = limit_of(tops, rate=1 / 150, prior=normal_tail(1, rate=1 / 150))
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

__all__ = ["MOST_CORRECTION", "STEP", "Tail", "corrected", "limit_of", "normal_tail", "tail_of"]

SHARE = 0.25
"""The tail is what lies above the value that this share of windows exceeds: enough values to learn from, few enough
to be all tail."""

PRIOR = 20
"""Theory counts as much as so many windows: as many as leave five in the tail, with which a scale is known by half."""

STEP = math.log(2)
"""A page halves the chance of the next one; it doubles again within as many windows as one page is allowed in."""

MOST_CORRECTION = 3.0
"""In scales of the tail, a factor of 20 in rate. No fit is so wrong; more pages than that are true ones."""


@dataclass(frozen=True, slots=True)
class Tail:
    """The chance of a value beyond `level + x` is `share * exp(-x / scale)`."""

    level: float
    scale: float
    share: float = SHARE

    def limit(self, rate: float, correction: float = 0.0) -> float:
        """What is reached with this chance; the correction is in scales."""
        return self.level + self.scale * (math.log(self.share / rate) + correction)


def normal_tail(questions: int, rate: float) -> Tail:
    """The tail of the largest of independent standard normal values, exact at `SHARE` and at `rate`.

    Args:
        questions: how many values the statistic is the largest of.
        rate: the chance of interest, above 0 and below 1.
    """
    level = _largest(questions, SHARE)
    depth = math.log(SHARE / rate)
    if math.isclose(depth, 0.0, abs_tol=1e-6):
        return Tail(level, _largest(questions, SHARE / math.e) - level)
    return Tail(level, (_largest(questions, rate) - level) / depth)


def _largest(questions: int, chance: float) -> float:
    """What the largest of so many standard normal values exceeds with this chance, from (1 - p) ** n = 1 - chance."""
    return -NormalDist().inv_cdf(-math.expm1(math.log1p(-chance) / questions))


def tail_of(tops: Sequence[float], prior: Tail) -> Tail:
    """The tail of a statistic, between theory and experience: its level a quantile, its scale the mean excess over it.

    Args:
        tops: values of earlier windows, in any order.
        prior: what theory says.
    """
    values = np.asarray(tops, dtype=float)
    if not values.size:
        return prior
    weight = PRIOR / (PRIOR + values.size)
    level = weight * prior.level + (1 - weight) * float(np.quantile(values, 1 - prior.share))
    beyond = values[values > level] - level
    virtual = PRIOR * prior.share
    return Tail(level, (float(beyond.sum()) + virtual * prior.scale) / (beyond.size + virtual), prior.share)


def limit_of(tops: Sequence[float], rate: float, prior: Tail, correction: float = 0.0) -> float:
    """The value that a window reaches with chance `rate` when nothing is wrong.

    Args:
        tops: values of earlier windows; those that spoke count as the limit they reached.
        rate: expected false pages a window.
        prior: what theory says, for example `normal_tail`; the statistic is to be scaled so that it applies.
        correction: what pages so far have taught, see `corrected`.
    """
    return tail_of(tops, prior).limit(rate, correction)


def corrected(correction: float, rate: float, *, paged: bool) -> float:
    """The correction after one more window.

    Over any number of windows, pages - rate * windows = (last correction - first) / STEP: while the correction stays
    within its bounds, the long-run rate of pages is `rate`, whatever the values are (Gibbs & Candes 2021, prop. 4.1).
    """
    return min(max(correction + STEP * (paged - rate), -MOST_CORRECTION), MOST_CORRECTION)

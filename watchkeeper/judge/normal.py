"""The normal-mixture e-process on records, for values of which nobody knows bounds: right for many records.

Source: Waudby-Smith, Arbour, Sinha, Kennedy & Ramdas (2021), "Time-uniform central limit theory and asymptotic
confidence sequences"; the confidence sequence is what this evidence has not ruled out. Never asked of pairs: their
differences may be 0 for thousands of records, and then a variance that is estimated says nothing.
"""

import math
from collections.abc import Sequence

import numpy as np

from watchkeeper.judge.evidence import Block
from watchkeeper.window import Floats

__all__ = ["LEAST_EVENTS", "LEAST_RECORDS", "records_worse"]

LEAST_RECORDS, LEAST_EVENTS = 1_000, 50
"""Of the canary: with fewer a normal approximation promises too much. A value counts as an event by its size."""

TIGHTEST_AT = 1_000
"""The number of canary records at which the evidence grows fastest."""

FAR_BELOW = -20.0

LEVEL = 0.025
"""For which it is tightest there."""


def records_worse(blocks: Sequence[Block], limit: float) -> Floats:
    """Log evidence against "the canary's mean is at most `limit` above the champion's" after each block, shape (k,).

    Differences are taken within blocks, weighted by the canary's records, so that a change of share is no confounder.
    """
    if not blocks:
        return np.empty(0)
    sizes = np.array([b.canary.size if min(b.canary.size, b.champion.size) > 1 else 0 for b in blocks])
    moments = [_moments(b) if size else (0.0, 0.0) for b, size in zip(blocks, sizes, strict=True)]
    seen = np.maximum(np.cumsum(sizes), 1)
    harm = np.cumsum([n * m for n, (m, _) in zip(sizes, moments, strict=True)]) / seen
    noise = np.cumsum([n**2 * v for n, (_, v) in zip(sizes, moments, strict=True)]) / seen**2
    known = (seen >= LEAST_RECORDS) & (_events(blocks) >= LEAST_EVENTS) & (noise > 0)
    return np.where(known, _log_mixture(harm - limit, np.where(known, noise, 1.0), seen), 0.0)


def _moments(block: Block) -> tuple[float, float]:
    """The difference of means in a block, and its variance."""
    noise = sum(float(side.var(ddof=1)) / side.size for side in (block.canary, block.champion))
    return float(block.canary.mean() - block.champion.mean()), noise


def _events(blocks: Sequence[Block]) -> Floats:
    """The number of equal values that would be as uneven as the canary's: of zeros and ones, the ones."""
    total = np.cumsum([np.abs(b.canary).sum() for b in blocks])
    squares = np.cumsum([(b.canary**2).sum() for b in blocks])
    return total**2 / np.where(squares > 0, squares, 1.0)


def _log_mixture(harm: Floats, noise: Floats, records: Floats) -> Floats:
    """Half-normal mixture of the likelihood ratios of all harms above 0, variance as estimated."""
    information = 1 / noise
    level = -2 * math.log(2 * LEVEL)
    prior = information * TIGHTEST_AT / records / (level + math.log(level + 1))
    whole = information + prior
    score = harm * information / np.sqrt(whole)
    above = np.array([_log_twice_below(float(s)) for s in score])
    told: Floats = above + 0.5 * np.log(prior / whole) + score**2 / 2
    return told


def _log_twice_below(score: float) -> float:
    """log(2 Phi(score)); far below 0, where that is no number any more, by Mills' ratio."""
    if score > FAR_BELOW:
        return math.log(math.erfc(-score / math.sqrt(2)))
    return -(score**2) / 2 - math.log(-score * math.sqrt(math.pi / 2))

"""Betting e-processes on records: exact for bounded values, with few records and with rare events.

Whoever bets that the canary is worse wins on average nothing while it is not. A share f of what can be staked without
ever being ruined is bet on every record; several shares are bet beside each other, and their mean is the evidence.
Nothing is estimated, so that differences which are nearly always 0 fool nobody.

Sources: Waudby-Smith & Ramdas (2024), "Estimating means of bounded random variables by betting"; for two samples the
bet of the canary's and the champion's records is fair together, as the geometric mean of two gains is at most their
arithmetic mean (so is the sum over fixed numbers of each, Hoeffding 1963).
"""

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from watchkeeper.judge.evidence import Block, Pairs
from watchkeeper.window import Floats

__all__ = ["STAKES", "better", "tails", "worse"]

STAKES = np.array([0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.4, 0.8])
"""Shares of the largest stake; small ones find small differences, large ones find outages at once."""

SLOWEST = 0.1
"""The share of a block's records that counts as slow."""

ODDS = np.array([1.25, 1.5, 2.0, 3.0, 5.0, 10.0, 30.0])
"""So many times as often slow, for a canary's record, are looked for."""


def worse(entries: Sequence[Block | Pairs], limit: float, *, anew: bool = False) -> Floats:
    """Log evidence against "the canary's mean is at most `limit` above the champion's" after each entry, shape (k,).

    Args:
        entries: values in [0, 1], higher is worse.
        limit: at least 0.
        anew: bets begin anew with every entry, so that long good times do not hide a canary that breaks.
    """
    won = [_won(entry, limit) for entry in entries]
    return _summed_anew(won) if anew else _summed(won)


def better(entries: Sequence[Block | Pairs], margin: float) -> Floats:
    """Log evidence against "the canary's mean is at least `margin` above the champion's" after each entry, (k,)."""
    turned = [replace(e, canary=e.champion, champion=e.canary) for e in entries]
    return _summed([_won(entry, -margin) for entry in turned])


def _won(entry: Block | Pairs, limit: float) -> Floats:
    """What every stake has won by this entry, as logarithms, shape (8,)."""
    if isinstance(entry, Pairs):
        return _differences(entry.canary - entry.champion, limit)
    return _two_samples(entry, limit)


def _two_samples(block: Block, limit: float) -> Floats:
    n, m = block.canary.size, block.champion.size
    if not n or not m:
        return np.zeros(STAKES.size)
    share = n / (n + m)
    stakes = (STAKES / (1 / (1 - share) + max(limit, 0.0)))[:, np.newaxis]
    bad, often = np.unique(block.canary, return_counts=True)
    usual, times = np.unique(block.champion, return_counts=True)
    won = np.log1p(stakes * (bad / share - limit)) @ often
    lost: Floats = np.log1p(-stakes * (usual / (1 - share) + limit)) @ times
    return won + lost


def _differences(differences: Floats, limit: float) -> Floats:
    values, often = np.unique(differences, return_counts=True)
    stakes = (STAKES / (1 + max(limit, -0.99)))[:, np.newaxis]
    won: Floats = np.log1p(stakes * (values - limit)) @ often
    return won


def tails(blocks: Sequence[Block | Pairs]) -> Floats:
    """Log evidence against "the canary's records are among the slowest as often as their number says", shape (k,).

    Of a block's records, whoever answered them, the slowest tenth is marked; under the null every record is as likely
    marked as any other. Ranks are all that counts, so no quantile must be known and no single slow record decides.
    Bets begin anew with every block, so that long good times do not hide a canary that becomes slow.
    """
    return _summed_anew([_tail(block) for block in blocks])


def _tail(block: Block | Pairs) -> Floats:
    n, m = block.canary.size, block.champion.size
    if not n or not m:
        return np.zeros(ODDS.size)
    share, limit = n / (n + m), np.quantile(np.concatenate([block.canary, block.champion]), 1 - SLOWEST)
    slow, all_slow = (block.canary > limit).sum(), (block.canary > limit).sum() + (block.champion > limit).sum()
    told: Floats = slow * np.log(ODDS) - all_slow * np.log1p(share * (ODDS - 1))
    return told


def _summed(told: Sequence[Floats]) -> Floats:
    """The mean of all bets after each block, as a logarithm."""
    if not told:
        return np.empty(0)
    whole: Floats = np.logaddexp.reduce(np.cumsum(told, axis=0), axis=1) - math.log(STAKES.size)
    return whole


def _summed_anew(told: Sequence[Floats]) -> Floats:
    """The same of bets that begin with the first block, the second, and so on, each with a part of what there is.

    The k-th has 1 / (k (k + 1)), all of them together have 1: a mixture of fair bets is a fair bet (Shin, Ramdas &
    Rinaldo 2024, "E-detectors", for bets that begin at any time).
    """
    won, whole = np.full(told[0].shape if told else 0, -np.inf), []
    for start, bets in enumerate(told, 1):
        won = np.logaddexp(won, -math.log(start * (start + 1))) + bets
        whole.append(np.logaddexp(np.logaddexp.reduce(won) - math.log(won.size), -math.log(start + 1)))
    return np.array(whole, dtype=np.float64)

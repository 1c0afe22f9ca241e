"""What the records themselves say, one by one: the guardrail that rolls back before there are five blocks."""

import math
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from watchkeeper.domain.business import Direction
from watchkeeper.domain.judgements import ERRORS, LATENCY, Criterion
from watchkeeper.judge import betting, normal
from watchkeeper.judge.evidence import Block, Pairs
from watchkeeper.judge.series import Series
from watchkeeper.window import Floats

__all__ = ["LEAST_RECORDS", "log_better", "log_worse"]

LEAST_RECORDS = 200
"""Of values that come with labels: records of a day are alike, so a few of them are less than they seem."""

Entries = Sequence[Block | Pairs]


def log_worse(series: Series, criterion: Criterion) -> Floats:
    """Log evidence that the canary's records are worse beyond what chance and a bad day do, shape (k,).

    * `errors`: failing more often by more than the margin; a bet, exact with few records.
    * `latency`: among the slowest more often than its number says, after its margin is allowed; exact by ranks.
    * The loss and business columns: worse by more than the margin, and by the share `hard` of what the champion's are;
      a bet where the values have bounds, else a normal mixture, which needs a thousand records and fifty events.
    """
    if criterion.name == ERRORS:
        return betting.worse(series.entries, criterion.margin, anew=True)
    if criterion.name == LATENCY:
        allowed = math.log1p(criterion.margin)
        return betting.tails([replace(e, canary=e.canary - allowed) for e in series.entries])
    low = criterion.bounds[0] if criterion.bounds else _least(series.entries, criterion)
    if low < 0:
        return np.zeros(len(series.entries))
    return _by_margin_and_share(series, criterion)


def _by_margin_and_share(series: Series, criterion: Criterion) -> Floats:
    """The weaker of the evidence for both."""
    hard = _hardened(series.entries, criterion)
    if criterion.bounds:
        width = criterion.bounds[1] - criterion.bounds[0]
        limit, top = criterion.margin / width, (1 + criterion.hard) * criterion.bounds[1]
        told = np.minimum(betting.worse(_scaled(series.entries, criterion), limit), betting.worse(_part(hard, top), 0))
        return np.where(np.cumsum([e.canary.size for e in series.entries]) >= LEAST_RECORDS, told, 0.0)
    blocks, hards = ([e if isinstance(e, Block) else _SILENT for e in many] for many in (series.entries, hard))
    return np.minimum(normal.records_worse(blocks, criterion.margin), normal.records_worse(hards, 0.0))


_SILENT = Block(np.empty(0), np.empty(0))
"""In the place of pairs, of which a normal approximation is never asked."""


def log_better(series: Series, criterion: Criterion) -> Floats:
    """Log evidence of the records that the canary is not worse by its margin, of values with bounds, shape (k,)."""
    if criterion.name == ERRORS:
        return betting.better(series.entries, criterion.margin)
    low, high = criterion.bounds or (0.0, 1.0)
    return betting.better(_scaled(series.entries, criterion), criterion.margin / (high - low))


def _least(entries: Entries, criterion: Criterion) -> float:
    sign = -1.0 if criterion.worse is Direction.LOWER else 1.0
    return min(float((sign * side).min()) for e in entries for side in (e.canary, e.champion))


def _scaled(entries: Entries, criterion: Criterion) -> Entries:
    """From their bounds to [0, 1], higher is worse."""
    low, high = criterion.bounds or (0.0, 1.0)
    start = -high if criterion.worse is Direction.LOWER else low
    return [_mapped(e, lambda x: (x - start) / (high - low)) for e in entries]


def _hardened(entries: Entries, criterion: Criterion) -> Entries:
    """Values whose means are equal where the canary is worse by the share `hard` of the champion's mean."""
    if criterion.worse is Direction.LOWER:
        return [replace(e, champion=e.champion * (1 - criterion.hard)) for e in entries]
    return [replace(e, champion=e.champion * (1 + criterion.hard)) for e in entries]


def _part(entries: Entries, top: float) -> Entries:
    """Values of [0, top], or of [-top, 0], as parts of [0, 1]."""
    below = any(side.min() < 0 for e in entries for side in (e.canary, e.champion))
    return [_mapped(e, lambda x: x / top + below) for e in entries]


def _mapped(entry: Block | Pairs, scale: Callable[[Floats], Floats]) -> Block | Pairs:
    return replace(entry, canary=scale(entry.canary), champion=scale(entry.champion))

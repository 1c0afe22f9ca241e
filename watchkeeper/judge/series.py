"""The blocks and pairs of one criterion in order of time, every value turned so that higher is worse."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TypeVar

import numpy as np

from watchkeeper.domain.business import Direction
from watchkeeper.domain.judgements import ERRORS, LATENCY, Criterion
from watchkeeper.judge.evidence import Block, Evidence, Pairs
from watchkeeper.window import Floats

__all__ = ["LEAST_IN_BLOCK", "Series", "series_of"]

LEAST_IN_BLOCK = 10
"""Blocks in which either version has fewer records are joined with the next: the mean of one record is no normal."""

LEAST_LATENCY = 1e-3
"""Latencies are compared as logarithms; below a microsecond they are all the same."""

Entry = TypeVar("Entry", Block, Pairs)

EVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True, eq=False)
class Series:
    """What is told, oldest first.

    Attributes:
        entries: as they came, shape of all arrays (k,).
        differences: of the means of joined blocks, shape (j,).
        sizes: the canary's records in those, shape (j,).
        closed: how many joined blocks were complete after each entry, shape (k,).
        span: largest less least value of a record so far, shape (k,).
        records: of the canary in split traffic, also where pairs of the same time are told instead.
    """

    entries: Sequence[Block | Pairs]
    differences: Floats
    sizes: Floats
    closed: np.ndarray
    span: Floats
    records: int

    @property
    def pairs(self) -> int:
        """Records that both versions answered."""
        return sum(e.canary.size for e in self.entries if isinstance(e, Pairs))


def series_of(evidence: Evidence) -> Series:
    """What a criterion is judged on.

    Entries in which either version is silent, or of which fewer than a share of the due labels have come, are left out.
    Where split traffic and a shadow tell of the same block, one counts: of losses the pairs, which are less noisy; of
    errors and latency the requests that were really answered.
    """
    criterion = evidence.criterion
    entries = _told(_in_time(evidence), criterion)
    split = _told(evidence.blocks, criterion) if evidence.pairs else entries
    differences, sizes, closed = _joined(entries)
    return Series(entries, differences, sizes, closed, _span(entries), sum(block.canary.size for block in split))


def _told(entries: Sequence[Block | Pairs], criterion: Criterion) -> list[Block | Pairs]:
    turned = [_turned(e, criterion) for e in entries if _has_matured(e, criterion.matured)]
    return [e for e in turned if e.canary.size and e.champion.size]


def _in_time(evidence: Evidence) -> list[Block | Pairs]:
    """Blocks and pairs by their ends; of the same block the more telling of both."""
    split, paired = list(evidence.blocks), list(evidence.pairs)
    if evidence.criterion.name in (ERRORS, LATENCY):
        paired = _beside(paired, split)
    else:
        split = _beside(split, paired)
    return sorted([*paired, *split], key=lambda e: e.at or EVER)


def _beside(entries: list[Entry], others: Sequence[Block | Pairs]) -> list[Entry]:
    """Those of blocks of time of which the others do not tell."""
    taken = {e.at for e in others if e.at and e.canary.size and e.champion.size}
    return [e for e in entries if e.at not in taken]


def _has_matured(entry: Block | Pairs, matured: float) -> bool:
    due = [side.size + missing for side, missing in zip((entry.canary, entry.champion), entry.unlabelled, strict=True)]
    sizes = (entry.canary.size, entry.champion.size)
    return all(size >= matured * whole for size, whole in zip(sizes, due, strict=True))


def _turned(entry: Block | Pairs, criterion: Criterion) -> Block | Pairs:
    """Without what is no number, within the bounds, higher is worse; latencies as logarithms."""
    canary, champion = (np.asarray(side, dtype=np.float64) for side in (entry.canary, entry.champion))
    if isinstance(entry, Pairs):
        known = np.isfinite(canary) & np.isfinite(champion)
        canary, champion = canary[known], champion[known]
    canary, champion = (_values(side[np.isfinite(side)], criterion) for side in (canary, champion))
    return replace(entry, canary=canary, champion=champion)


def _values(side: Floats, criterion: Criterion) -> Floats:
    if criterion.name == LATENCY:
        return np.log(np.maximum(side, LEAST_LATENCY))
    cut = np.clip(side, *criterion.bounds) if criterion.bounds else side
    return -cut if criterion.worse is Direction.LOWER else cut


def _span(entries: Sequence[Block | Pairs]) -> Floats:
    lows = [min(e.canary.min(), e.champion.min()) for e in entries]
    highs = [max(e.canary.max(), e.champion.max()) for e in entries]
    found: Floats = np.maximum.accumulate(highs) - np.minimum.accumulate(lows)
    return found


def _joined(entries: Sequence[Block | Pairs]) -> tuple[Floats, Floats, np.ndarray]:
    """Differences and sizes of joined blocks, and how many were complete after each entry."""
    found: list[tuple[float, int]] = []
    closed = []
    sums, sizes = np.zeros(2), np.zeros(2)
    for entry in entries:
        sums = sums + np.array([entry.canary.sum(), entry.champion.sum()])
        sizes = sizes + np.array([entry.canary.size, entry.champion.size])
        if sizes.min() >= LEAST_IN_BLOCK:
            found.append((float(sums[0] / sizes[0] - sums[1] / sizes[1]), int(sizes[0])))
            sums, sizes = np.zeros(2), np.zeros(2)
        closed.append(len(found))
    differences, counts = np.array(found, dtype=np.float64).reshape(-1, 2).T
    return differences, counts, np.array(closed, dtype=np.int64)

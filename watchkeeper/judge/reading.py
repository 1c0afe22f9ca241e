"""What one criterion says of a canary."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from watchkeeper.domain.judgements import ERRORS, LATENCY, Criterion, Outcome, Reading, Role, Seen
from watchkeeper.judge.evidence import Evidence, Pairs
from watchkeeper.judge.labels import labels_lost
from watchkeeper.judge.mixture import MOST, log_evidence, radius
from watchkeeper.judge.records import log_better, log_worse
from watchkeeper.judge.series import Series, series_of
from watchkeeper.judge.words import sentence_of, silence_of
from watchkeeper.window import Floats

__all__ = ["LEAST_BLOCKS", "Rule", "read"]

LEAST_BLOCKS = 5
"""Fewer blocks promote nobody: a t statistic on less says more about the noise than about the canary."""


@dataclass(frozen=True, slots=True)
class Rule:
    """What evidence must reach.

    Attributes:
        worse, no_worse: the chances of being wrong that this criterion may spend on each.
    """

    worse: float
    no_worse: float


def read(evidence: Evidence, rule: Rule) -> Reading:
    """The reading of one criterion.

    A canary that was once shown worse stays so, whatever comes after: by Ville's inequality that is as seldom wrong,
    and the outcome does not depend on when somebody looked.
    """
    criterion = evidence.criterion
    series = series_of(evidence)
    if not series.entries:
        return Reading(criterion, Outcome.UNKNOWN, silence_of(criterion), final=not criterion.labelled)
    worse, no_worse = _log_worse(series, criterion), _log_no_worse(series, criterion)
    lost = criterion.labelled and labels_lost(evidence) >= -math.log(rule.no_worse)
    told = _outcomes(worse, no_worse if not lost else np.zeros_like(no_worse), rule)
    path = _path(series, criterion, rule, told)
    reading = Reading(
        criterion=criterion,
        outcome=told[-1],
        sentence="",
        records=series.records,
        pairs=series.pairs,
        blocks=int(series.closed[-1]),
        harm=path[-1].harm,
        lower=path[-1].lower,
        upper=path[-1].upper,
        e_worse=_number(worse.max()),
        e_no_worse=_number(no_worse[-1]),
        needed_worse=1 / rule.worse,
        needed_no_worse=1 / rule.no_worse,
        final=not criterion.labelled or bool(series.closed[-1] >= LEAST_BLOCKS),
        path=path,
    )
    return sentence_of(reading, LEAST_BLOCKS, lost=lost)


def _number(told: float) -> float:
    return math.exp(min(float(told), MOST))


def _outcomes(worse: Floats, no_worse: Floats, rule: Rule) -> list[Outcome]:
    """What was to be said after each entry."""
    bad = np.logical_or.accumulate(worse >= -math.log(rule.worse))
    good = no_worse >= -math.log(rule.no_worse)
    return [
        Outcome.WORSE if b else Outcome.NO_WORSE if g else Outcome.UNDECIDED for b, g in zip(bad, good, strict=True)
    ]


def _path(series: Series, criterion: Criterion, rule: Rule, told: Sequence[Outcome]) -> tuple[Seen, ...]:
    sides = (_shown(side, criterion).tolist() for side in _sequence(series, criterion, rule))
    ends = (entry.at for entry in series.entries)
    return tuple(Seen(*seen) for seen in zip(ends, *sides, told, strict=True))


def _log_worse(series: Series, criterion: Criterion) -> Floats:
    """Log evidence that the canary is worse: half is bet on the blocks, half on the records."""
    allowed = _margin(criterion) if criterion.role is Role.GUARD else 0.0
    blocks = _by_blocks(series, series.differences - allowed, criterion)
    told: Floats = np.logaddexp(blocks, log_worse(series, criterion)) - math.log(2)
    return told


def _log_no_worse(series: Series, criterion: Criterion) -> Floats:
    """Log evidence that the canary is not worse by its margin.

    Errors, and differences of pairs, may be 0 for thousands of records: of those the records must show it as well, by a
    bet that nothing rare deceives, and the weaker of both counts.
    """
    blocks = _by_blocks(series, _margin(criterion) - series.differences, criterion)
    paired = criterion.bounds is not None and all(isinstance(e, Pairs) for e in series.entries)
    if criterion.name != ERRORS and not paired:
        return blocks
    told: Floats = np.minimum(blocks, log_better(series, criterion))
    return told


def _margin(criterion: Criterion) -> float:
    return math.log1p(criterion.margin) if criterion.name == LATENCY else criterion.margin


def _by_blocks(series: Series, y: Floats, criterion: Criterion) -> Floats:
    """Log evidence of the t-mixture after each entry, shape (k,); none before there are five joined blocks."""
    blocks = np.arange(1.0, y.size + 1)
    squares = np.cumsum(y * y) + _one_record(series, criterion)
    told = np.zeros(y.size + 1)
    if y.size:
        told[1:] = log_evidence(np.cumsum(y) / np.sqrt(np.maximum(squares, 1e-300)), blocks)
    told[:LEAST_BLOCKS] = 0.0
    found: Floats = told[series.closed]
    return found


def _one_record(series: Series, criterion: Criterion) -> Floats:
    """The square of what one more record could change in a block, shape (j,).

    Counted as if it had been seen, it keeps blocks without any difference from looking sure: of zeros alone the
    evidence then grows as the rule of three says.
    """
    blocks = np.arange(1.0, series.differences.size + 1)
    width = (0.0, 1.0) if criterion.name == ERRORS else criterion.bounds if criterion.name != LATENCY else None
    last = np.searchsorted(series.closed, blocks)
    span = np.full(blocks.size, width[1] - width[0]) if width else series.span[last]
    found: Floats = (span * blocks / np.cumsum(series.sizes)) ** 2
    return found


def _sequence(series: Series, criterion: Criterion, rule: Rule) -> tuple[Floats, Floats, Floats]:
    """Harm and its confidence sequence after each entry, from the joined blocks; before the first one from all."""
    blocks = np.arange(1.0, series.differences.size + 1)
    means = np.cumsum(series.differences) / blocks
    variances = np.cumsum(series.differences**2) / blocks - means**2
    variances = np.maximum(variances, 0.0) + _one_record(series, criterion) / np.maximum(blocks, 1.0)
    below, above = (radius(variances, blocks, alpha) for alpha in (rule.worse / 2, rule.no_worse))
    pooled = [np.concatenate([getattr(e, side) for e in series.entries]).mean() for side in ("canary", "champion")]
    first = float(pooled[0] - pooled[1])
    ends = ((means, first), (means - below, -math.inf), (means + above, math.inf))
    harm, lower, upper = (np.concatenate([[start], side])[series.closed] for side, start in ends)
    return harm, lower, upper


def _shown(values: Floats, criterion: Criterion) -> Floats:
    """In the units of the criterion: logarithms of latency as shares of the champion's."""
    shares: Floats = np.expm1(np.minimum(values, 100.0))
    return shares if criterion.name == LATENCY else values

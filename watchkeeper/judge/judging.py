"""Canary against champion: three outcomes that stay valid however often one looks.

Losses within a day are correlated, so rows are no independent evidence for a promotion: the day's (or any other
block's) difference of mean losses is. A t-mixture e-process over the blocks decides both ways; a row-level asymptotic
confidence sequence is a guardrail that only ever rolls back.

Sources: Lai (1976) and Wang & Ramdas (2024), "Anytime-valid t-tests", for the t-mixture; Waudby-Smith et al. (2021),
"Time-uniform central limit theory", for the guardrail; Ville's inequality for reading both at any time.
"""

import math
from collections.abc import Sequence

import numpy as np

from watchkeeper.domain.judgements import Judgement, Outcome
from watchkeeper.domain.problems import Problem
from watchkeeper.domain.rollouts import Plan
from watchkeeper.judge.evidence import Block
from watchkeeper.window import Floats

__all__ = [
    "confidence_sequence",
    "judge",
    "log_losses",
    "log_t_mixture",
    "losses_of",
    "row_guardrail",
    "scaled_errors",
]

LEAST_BLOCKS = 5
"""Fewer blocks promote nobody: a t statistic on less says more about the noise than about the canary."""

LEAST_GUARDRAIL_ROWS = 200
"""The guardrail's normal approximation needs this many canary records."""

CLIP = 0.01
"""Probabilities are clipped to [0.01, 0.99], so that one record's log-loss is at most 4.6 and variances exist."""

MOST_ERRORS = 10.0
"""An absolute error counts as at most ten usual ones, for the same reason."""

PRIOR_BLOCKS = 1.0
"""Weight of the mixture in blocks; 1 makes the sequence tightest after a handful of blocks."""

TIGHTEST_AT_ROWS = 1_000
"""The number of canary records at which the guardrail is tightest."""


def losses_of(problem: Problem, predictions: Floats, labels: Floats, usual_error: float) -> Floats:
    """The loss of each record, shape (n,): `log_losses`, or `scaled_errors` of a regression model."""
    if problem is Problem.REGRESSION:
        return scaled_errors(predictions, labels, usual_error)
    return log_losses(predictions, labels)


def log_losses(predictions: Floats, labels: Floats) -> Floats:
    """The log-loss of each record, shape (n,), at most 4.6; no answer is as bad as the worst one.

    Args:
        predictions: probabilities of the label 1, shape (n,), or of all classes, shape (n, k).
        labels: 0 or 1, or the place of the class; where it is none of the places the loss is NaN.
    """
    if predictions.ndim == 1:
        shares = np.where(labels > 0, predictions, 1 - predictions)
    else:
        known = np.isin(labels, np.arange(predictions.shape[1]))
        place = np.where(known, labels, 0).astype(np.int64)
        shares = predictions[np.arange(place.size), place]
    losses: Floats = -np.log(np.clip(np.where(np.isnan(shares), CLIP, shares), CLIP, 1 - CLIP))
    return losses if predictions.ndim == 1 else np.where(known, losses, np.nan)


def scaled_errors(predictions: Floats, labels: Floats, usual: float) -> Floats:
    """The absolute error of each record in units of the usual one, at most 10; no answer is as bad as the worst one.

    With the champion's mean absolute error of training as the unit a champion's mean loss is 1 while nothing changes,
    and a rollout's margin of 0.01 allows a canary one percent more, whatever the label's unit.

    Args:
        predictions, labels: numbers, shape (n,).
        usual: the unit; 1 is taken where it is not a positive number.
    """
    unit = usual if math.isfinite(usual) and usual > 0 else 1.0
    errors: Floats = np.abs(predictions - labels) / unit
    return np.where(np.isnan(predictions), MOST_ERRORS, np.minimum(errors, MOST_ERRORS))


def judge(blocks: Sequence[Block], plan: Plan) -> Judgement:
    """What the blocks so far say of the canary; half of the plan's alpha is spent on each direction's e-process.

    Blocks in which either version has no labelled record say nothing and are left out.
    """
    told = [b for b in blocks if b.canary.size and b.champion.size]
    records = sum(b.canary.size for b in told)
    if not told:
        return Judgement(Outcome.UNKNOWN, "No block has labelled records of both versions yet.")
    differences = np.array([b.canary.mean() - b.champion.mean() for b in told])
    guard = row_guardrail(told, plan.alpha / 2)
    e_worse, e_no_worse = _e_values(differences, plan.margin)
    lower, upper = confidence_sequence(differences, plan.alpha / 2)
    outcome, why = _outcome(e_worse, e_no_worse, guard, len(told), plan)
    harm = float(differences.mean())
    sentence = (
        f"{outcome.capitalize()}: {why}; loss {harm:+.4f} against the champion's"
        f" over {len(told)} blocks and {records:,} canary records."
    )
    return Judgement(outcome, sentence, records, len(told), harm, lower, upper, e_worse, e_no_worse)


def _outcome(e_worse: float, e_no_worse: float, guard: float, blocks: int, plan: Plan) -> tuple[Outcome, str]:
    """The worst news that the evidence carries."""
    needed = 2 / plan.alpha
    if guard > plan.margin:
        return Outcome.WORSE, f"by more than {guard:.4f} a record, at least"
    if blocks < LEAST_BLOCKS:
        return Outcome.UNDECIDED, f"{blocks} of {LEAST_BLOCKS} blocks"
    if e_worse >= needed:
        return Outcome.WORSE, f"e-value {e_worse:.3g} of {needed:.0f}"
    if e_no_worse >= needed:
        return Outcome.NO_WORSE, f"e-value {e_no_worse:.3g} of {needed:.0f} against a harm of {plan.margin}"
    return Outcome.UNDECIDED, f"e-value {max(e_worse, e_no_worse):.3g} of {needed:.0f}"


def _e_values(differences: Floats, margin: float) -> tuple[float, float]:
    """Evidence that the mean difference lies above 0, and that it lies below the margin; 1 is no evidence."""
    worse = math.exp(min(log_t_mixture(differences), 700.0)) if differences.sum() > 0 else 1.0
    below = differences - margin
    no_worse = math.exp(min(log_t_mixture(below), 700.0)) if below.sum() < 0 else 1.0
    return max(worse, 1.0), max(no_worse, 1.0)


def log_t_mixture(y: Floats) -> float:
    """Logarithm of the t-mixture e-process against "the mean of y is 0", variance unknown; shape (n,), 0 for n < 2."""
    n, total, squares = y.size, float(y.sum()), float((y * y).sum())
    if n < 2 or squares == 0.0:  # noqa: PLR2004 - a variance needs two
        return 0.0
    weight = n + PRIOR_BLOCKS
    rest = max(weight * squares - total**2, 1e-12 * weight * squares)
    return 0.5 * math.log(PRIOR_BLOCKS / weight) + n / 2 * math.log(weight * squares / rest)


def confidence_sequence(x: Floats, alpha: float) -> tuple[float, float]:
    """The means that the t-mixture has not rejected at `alpha`; unbounded while there is too little evidence.

    Inverting `log_t_mixture(x - m) < log(1 / alpha)` for m leaves a quadratic inequality.
    """
    n, total, squares = x.size, float(x.sum()), float((x * x).sum())
    if n < 2:  # noqa: PLR2004 - a variance needs two
        return -math.inf, math.inf
    weight = n + PRIOR_BLOCKS
    ratio = weight * (1 - (alpha * math.sqrt(PRIOR_BLOCKS / weight)) ** (2 / n))
    if ratio >= n:
        return -math.inf, math.inf
    mean = total / n
    spread = max(mean**2 - (total**2 - ratio * squares) / (n * (n - ratio)), 0.0)
    return mean - math.sqrt(spread), mean + math.sqrt(spread)


def row_guardrail(blocks: Sequence[Block], alpha: float) -> float:
    """Lower confidence bound of the canary's harm per record, valid at every look; -inf with too few records.

    Differences are taken within blocks, weighted by the canary's records, so that a change of share is no confounder.
    """
    n = sum(b.canary.size for b in blocks)
    usable = [b for b in blocks if b.canary.size > 1 and b.champion.size > 1]
    if n < LEAST_GUARDRAIL_ROWS or not usable:
        return -math.inf
    weights = np.array([b.canary.size for b in usable]) / sum(b.canary.size for b in usable)
    harm = float(np.dot(weights, [b.canary.mean() - b.champion.mean() for b in usable]))
    noise = [b.canary.var(ddof=1) / b.canary.size + b.champion.var(ddof=1) / b.champion.size for b in usable]
    variance = max(float(np.dot(weights**2, noise)), 1e-12)
    return harm - _asymptotic_radius(1 / variance, (n / TIGHTEST_AT_ROWS) * variance, alpha)


def _asymptotic_radius(information: float, per_unit: float, alpha: float) -> float:
    """Radius of the one-sided normal-mixture confidence sequence at this information.

    Args:
        per_unit: turns the planned number of records into information: records seen / planned / information.
    """
    planned = 1 / per_unit
    log_level = -2 * math.log(2 * alpha)
    rho = planned / (log_level + math.log(log_level + 1))
    inside = (information + rho) * math.log((information + rho) / (rho * (2 * alpha) ** 2))
    return math.sqrt(inside) / information

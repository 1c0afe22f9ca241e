"""How good answers were, once the truth is known."""

import math

import numpy as np
import numpy.typing as npt

__all__ = ["CLIP", "are_probabilities", "auc", "classification_metrics", "entropy"]

Floats = npt.NDArray[np.float64]

CLIP = 1e-6
"""In the log-loss an answer is at least this far from 0 and 1: one sure mistake costs 13.8, not infinity."""


def classification_metrics(predictions: Floats, labels: Floats) -> dict[str, float]:
    """Metrics of predicted probabilities of the label 1.

    Pairs of which either number is missing or infinite are left out. All metrics are NaN when no pair is left, or
    when the pairs are not probabilities and labels 0 or 1 (`are_probabilities`); `auc` also when only one of the
    labels occurs.

    Args:
        predictions: probabilities of the label 1, shape (n,).
        labels: 0 or 1, the same order, shape (n,).

    Returns:
        `auc`; `log_loss`; `brier` (the mean squared error); `base_rate` (the share of label 1); `calibration_gap`
        (mean prediction minus base rate); `excess_log_loss` (log-loss minus that of always answering the base rate:
        below 0 is better than nothing).
    """
    known = np.isfinite(predictions) & np.isfinite(labels)
    answers, truth = predictions[known], labels[known]
    if not answers.size or not are_probabilities(answers, truth):
        names = ("auc", "log_loss", "brier", "base_rate", "calibration_gap", "excess_log_loss")
        return dict.fromkeys(names, math.nan)
    base_rate, log_loss = float(truth.mean()), _log_loss(answers, truth)
    return {
        "auc": auc(answers, truth),
        "log_loss": log_loss,
        "brier": float(((answers - truth) ** 2).mean()),
        "base_rate": base_rate,
        "calibration_gap": float(answers.mean()) - base_rate,
        "excess_log_loss": log_loss - entropy(base_rate),
    }


def are_probabilities(predictions: Floats, labels: Floats) -> bool:
    """Whether all predictions lie in 0 to 1 and all labels are 0 or 1; those not known are passed over."""
    answers, truth = predictions[np.isfinite(predictions)], labels[np.isfinite(labels)]
    return bool(((answers >= 0) & (answers <= 1)).all() and ((truth == 0) | (truth == 1)).all())


def auc(predictions: Floats, labels: Floats) -> float:
    """The chance that a label 1 is ranked above a label 0, ties counting half; NaN unless both labels occur.

    The rank-sum form of Mann & Whitney 1947.

    Args:
        predictions: finite, larger for label 1, shape (n,).
        labels: 0 or 1, shape (n,).
    """
    positive = labels == 1
    ones = int(positive.sum())
    zeros = labels.size - ones
    if not (ones and zeros):
        return math.nan
    _, group, sizes = np.unique(predictions, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(sizes) - (sizes - 1) / 2)[group]
    return float((ranks[positive].sum() - ones * (ones + 1) / 2) / (ones * zeros))


def entropy(rate: float) -> float:
    """The log-loss of always answering the base rate, in natural units."""
    return -sum(p * math.log(p) for p in (rate, 1 - rate) if p > 0)


def _log_loss(predictions: Floats, labels: Floats) -> float:
    sure = np.clip(predictions, CLIP, 1 - CLIP)
    return float(-(labels * np.log(sure) + (1 - labels) * np.log1p(-sure)).mean())

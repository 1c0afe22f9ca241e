"""How good answers were, once the truth is known."""

import math
from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from watchkeeper.domain.problems import Problem

__all__ = [
    "CLIP",
    "are_distributions",
    "are_probabilities",
    "auc",
    "classification_metrics",
    "entropy",
    "metrics_of",
    "multiclass_metrics",
    "regression_metrics",
]

Floats = npt.NDArray[np.float64]

CLIP = 1e-6
"""In the log-loss an answer is at least this far from 0 and 1: one sure mistake costs 13.8, not infinity."""

SUMS_TO_ONE = 1e-3
"""So far from 1 the probabilities of all classes may add up to; 32-bit softmaxes stay well within it."""

THRESHOLD = 0.5
"""From this probability on, a binary model is taken to have said the label 1."""

BINARY = ("auc", "log_loss", "brier", "base_rate", "calibration_gap", "excess_log_loss", "accuracy", "f1")
MULTICLASS = ("auc", "log_loss", "brier", "majority_rate", "calibration_gap", "excess_log_loss", "accuracy")
REGRESSION = ("mae", "rmse", "r2", "bias", "spread")


def metrics_of(problem: Problem, predictions: Floats, labels: Floats) -> dict[str, float]:
    """The metrics of a problem's answers, by name; each a finite number or NaN where it is not defined.

    Args:
        problem: what the predictions are.
        predictions, labels: in the same order, of the shapes that the problem's own function takes.

    Returns:
        What `classification_metrics`, `multiclass_metrics` or `regression_metrics` gives.
    """
    if problem is Problem.REGRESSION:
        return regression_metrics(predictions, labels)
    if problem is Problem.MULTICLASS:
        return multiclass_metrics(predictions, labels)
    return classification_metrics(predictions, labels)


def classification_metrics(predictions: Floats, labels: Floats) -> dict[str, float]:
    """Metrics of predicted probabilities of the label 1.

    Pairs of which either number is missing or infinite are left out. All metrics are NaN when no pair is left, or
    when the pairs are not probabilities and labels 0 or 1 (`are_probabilities`); `auc` also when only one of the
    labels occurs, `f1` also when label 1 neither occurs nor was said.

    Args:
        predictions: probabilities of the label 1, shape (n,).
        labels: 0 or 1, the same order, shape (n,).

    Returns:
        `auc`; `log_loss`; `brier` (the mean squared error); `base_rate` (the share of label 1); `calibration_gap`
        (mean prediction minus base rate); `excess_log_loss` (log-loss minus that of always answering the base rate:
        below 0 is better than nothing); `accuracy` and `f1` of saying 1 from a probability of 0.5 on.
    """
    known = np.isfinite(predictions) & np.isfinite(labels)
    answers, truth = predictions[known], labels[known]
    if not answers.size or not are_probabilities(answers, truth):
        return dict.fromkeys(BINARY, math.nan)
    base_rate, log_loss = float(truth.mean()), _log_loss(answers, truth)
    said = answers >= THRESHOLD
    either = said.sum() + truth.sum()
    return {
        "auc": auc(answers, truth),
        "log_loss": log_loss,
        "brier": float(((answers - truth) ** 2).mean()),
        "base_rate": base_rate,
        "calibration_gap": float(answers.mean()) - base_rate,
        "excess_log_loss": log_loss - entropy(base_rate),
        "accuracy": float((said == truth).mean()),
        "f1": float(2 * (said * truth).sum() / either) if either else math.nan,
    }


def multiclass_metrics(predictions: Floats, labels: Floats) -> dict[str, float]:
    """Metrics of predicted probabilities of k classes.

    Rows of which a probability or the label is missing or infinite are left out. All metrics are NaN when no row is
    left, or when the rows are not probabilities and places of classes (`are_distributions`); `auc` also when only one
    class occurs.

    Args:
        predictions: one row of probabilities a record, shape (n, k).
        labels: the place of the true class, 0 to k - 1, shape (n,).

    Returns:
        `auc` (of each class against the others, averaged evenly over the classes that occur: Provost & Domingos 2000);
        `log_loss`; `brier` (the mean of the squared errors summed over the classes); `majority_rate` (the share of the
        most frequent class); `calibration_gap` (mean probability of the answered class minus `accuracy`);
        `excess_log_loss` (log-loss minus that of always answering the shares of the classes); `accuracy` of the class
        with the largest probability, the first of equals.
    """
    known = np.isfinite(predictions).reshape(labels.size, -1 if labels.size else 0).all(axis=1) & np.isfinite(labels)
    answers, truth = predictions[known], labels[known]
    if not answers.size or not are_distributions(answers, truth):
        return dict.fromkeys(MULTICLASS, math.nan)
    place = truth.astype(np.int64)
    shares = np.bincount(place, minlength=answers.shape[1]) / place.size
    accuracy = float((answers.argmax(axis=1) == place).mean())
    log_loss = float(-np.log(np.clip(answers[np.arange(place.size), place], CLIP, 1 - CLIP)).mean())
    aucs = [auc(answers[:, c], (place == c).astype(float)) for c in np.flatnonzero(shares)]
    return {
        "auc": float(np.mean(aucs)),
        "log_loss": log_loss,
        "brier": float(((answers - np.eye(answers.shape[1])[place]) ** 2).sum(axis=1).mean()),
        "majority_rate": float(shares.max()),
        "calibration_gap": float(answers.max(axis=1).mean()) - accuracy,
        "excess_log_loss": log_loss - _entropy(shares.tolist()),
        "accuracy": accuracy,
    }


def regression_metrics(predictions: Floats, labels: Floats) -> dict[str, float]:
    """Metrics of predicted numbers, shapes (n,).

    Pairs of which either number is missing or infinite are left out; all metrics are NaN when no pair is left, `r2`
    also when all labels are the same.

    Returns:
        `mae` and `rmse` (mean absolute, root mean squared error); `r2` (the share of the labels' variance that is
        explained; below 0 is worse than answering their mean); `bias` (mean prediction minus mean label); `spread` (the
        labels' standard deviation); all but `r2` in the label's unit.
    """
    known = np.isfinite(predictions) & np.isfinite(labels)
    answers, truth = predictions[known], labels[known]
    if not answers.size:
        return dict.fromkeys(REGRESSION, math.nan)
    errors = answers - truth
    squared, variance = float((errors**2).mean()), float(truth.var())
    return {
        "mae": float(np.abs(errors).mean()),
        "rmse": math.sqrt(squared),
        "r2": 1 - squared / variance if variance else math.nan,
        "bias": float(errors.mean()),
        "spread": math.sqrt(variance),
    }


def are_probabilities(predictions: Floats, labels: Floats) -> bool:
    """Whether all predictions lie in 0 to 1 and all labels are 0 or 1; those not known are passed over."""
    answers, truth = predictions[np.isfinite(predictions)], labels[np.isfinite(labels)]
    return bool(((answers >= 0) & (answers <= 1)).all() and ((truth == 0) | (truth == 1)).all())


def are_distributions(predictions: Floats, labels: Floats) -> bool:
    """Whether all rows (n, k) are probabilities that add up to 1, and all labels (n,) places in them; all are known."""
    if predictions.ndim == 1:
        return False
    inside = ((predictions >= 0) & (predictions <= 1)).all()
    whole = (np.abs(predictions.sum(axis=1) - 1) <= SUMS_TO_ONE).all()
    return bool(inside and whole and np.isin(labels, np.arange(predictions.shape[1])).all())


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
    return _entropy((rate, 1 - rate))


def _entropy(shares: Iterable[float]) -> float:
    return -sum(p * math.log(p) for p in shares if p > 0)


def _log_loss(predictions: Floats, labels: Floats) -> float:
    sure = np.clip(predictions, CLIP, 1 - CLIP)
    return float(-(labels * np.log(sure) + (1 - labels) * np.log1p(-sure)).mean())

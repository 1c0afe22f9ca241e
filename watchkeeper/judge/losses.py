"""The loss of each record, of every problem, bounded so that no single record decides."""

import math

import numpy as np

from watchkeeper.domain.problems import Problem
from watchkeeper.window import Floats

__all__ = ["bounds_of", "log_losses", "losses_of", "scaled_errors"]

CLIP = 0.01
"""Probabilities are clipped to [0.01, 0.99], so that one record's log-loss is at most 4.6 and variances exist."""

MOST_ERRORS = 10.0
"""An absolute error counts as at most ten usual ones, for the same reason."""


def bounds_of(problem: Problem) -> tuple[float, float]:
    """The least and the largest loss of one record, the bounds of the criterion `loss`."""
    return (0.0, MOST_ERRORS) if problem is Problem.REGRESSION else (0.0, -math.log(CLIP))


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

"""Fitting a layer on answers and what came true.

The version is believed before anybody looks: beside the records that came true stand others, `prior` in number, that
came true exactly as it said. So few records move little, and none move nothing.
"""

import numpy as np

from watchkeeper.domain.problems import Problem
from watchkeeper.layers.classes import ClassLayer, as_rows, log_answers
from watchkeeper.layers.numbers import ValueLayer
from watchkeeper.window import Floats

__all__ = ["LEAST_SLOPE", "Layer", "fit_layer"]

Layer = ClassLayer | ValueLayer

LEAST_SLOPE = 0.1
"""A flatter layer would lose the ranking: where answers speak against the truth a model must learn again."""

STEPS = 50
"""Newton's method is there after five; robust weights settle within twenty."""

CLOSE = 1e-9
"""A step this small ends the search."""

SPREADS = 4.0
"""Residuals beyond so many robust standard deviations count less the farther out they lie (Huber 1964). So far out
that skewed residuals keep their mean, which is what squared error asks for; outliers lose their grip all the same."""


def fit_layer(problem: Problem, answers: Floats, labels: Floats, prior: float) -> Layer:
    """The layer that these records ask for.

    Records of which either number is missing or infinite are left out.

    Args:
        answers: of the version to recalibrate, shape (n,); of a multiclass model (n, k).
        labels: what came true, shape (n,); of a multiclass model the place of the class.
        prior: how many records' weight lies on the answers as they are.
    """
    known = np.isfinite(labels) & np.isfinite(answers if answers.ndim == 1 else answers.sum(axis=1))
    if problem is Problem.REGRESSION:
        return _fit_values(answers[known], labels[known], prior)
    return _fit_classes(answers[known], labels[known], prior)


def _fit_classes(answers: Floats, labels: Floats, prior: float) -> ClassLayer:
    """Least cross-entropy against what came true, mixed with what was answered."""
    rows, logs = as_rows(answers), log_answers(answers)
    true = np.eye(rows.shape[1])[labels.astype(int)]
    share = labels.size / max(labels.size + prior, 1.0)
    wanted = share * true + (1 - share) * rows
    slope, offsets = _descended(logs, wanted, free_slope=True)
    if slope < LEAST_SLOPE:
        slope, offsets = _descended(logs, wanted, free_slope=False)
    return ClassLayer(float(slope), tuple(float(b) for b in offsets))


def _descended(logs: Floats, wanted: Floats, *, free_slope: bool) -> tuple[float, Floats]:
    """Slope and offsets of the least cross-entropy, by Newton's method with halved steps where it overshoots."""
    theta = np.zeros(logs.shape[1] + 1)
    theta[0] = 1.0 if free_slope else LEAST_SLOPE
    cost = _cross_entropy(theta, logs, wanted)
    for _ in range(STEPS):
        step = _newton_step(theta, logs, wanted, free_slope=free_slope)
        while (tried := _cross_entropy(theta - step, logs, wanted)) > cost and np.abs(step).max() > CLOSE:
            step /= 2
        if not np.abs(step).max(initial=0.0) > CLOSE:
            break
        theta, cost = theta - step, tried
    return float(theta[0]), theta[1:]


def _softmax(theta: Floats, logs: Floats) -> Floats:
    z = theta[0] * logs + theta[1:]
    whole = np.exp(z - z.max(axis=1, keepdims=True))
    shares: Floats = whole / whole.sum(axis=1, keepdims=True)
    return shares


def _cross_entropy(theta: Floats, logs: Floats, wanted: Floats) -> float:
    shares = np.clip(_softmax(theta, logs), np.finfo(float).tiny, 1.0)
    return float(-(wanted * np.log(shares)).sum())


def _newton_step(theta: Floats, logs: Floats, wanted: Floats, *, free_slope: bool) -> Floats:
    """Inverse Hessian times gradient; directions in which nothing changes are not walked."""
    shares = _softmax(theta, logs)
    off = shares - wanted
    gradient = np.concatenate([[(off * logs).sum()], off.sum(axis=0)])
    mean = (shares * logs).sum(axis=1, keepdims=True)
    around = shares * (logs - mean)
    hessian = np.empty((theta.size, theta.size))
    hessian[0, 0] = (around * logs).sum()
    hessian[0, 1:] = hessian[1:, 0] = around.sum(axis=0)
    hessian[1:, 1:] = np.diag(shares.sum(axis=0)) - shares.T @ shares
    if not free_slope:
        gradient[0], hessian[0, :], hessian[:, 0] = 0.0, 0.0, 0.0
    step: Floats = np.linalg.pinv(hessian, hermitian=True) @ gradient
    return step


def _fit_values(answers: Floats, labels: Floats, prior: float) -> ValueLayer:
    """Robust least squares of what is left over, drawn towards nothing by records that left nothing over."""
    if not answers.size:
        return ValueLayer(1.0, 0.0)
    middle, share = float(answers.mean()), answers.size / (answers.size + prior)
    tilt, lift = share * _robust_line(answers - middle, labels - answers)
    scale = max(1.0 + float(tilt), LEAST_SLOPE)
    return ValueLayer(scale, float(lift) - (scale - 1.0) * middle)


def _robust_line(x: Floats, y: Floats) -> Floats:
    """Slope and height of the line through these points, by least squares weighted anew until it settles."""
    columns, weights, found = np.column_stack([x, np.ones(x.size)]), np.ones(x.size), np.zeros(2)
    for _ in range(STEPS):
        before, weighted = found, columns * weights[:, None]
        found = np.linalg.pinv(weighted.T @ columns, hermitian=True) @ (weighted.T @ y)
        weights = _huber(y - columns @ found)
        if np.abs(found - before).max() <= CLOSE * max(1.0, np.abs(found).max()):
            break
    return found


def _huber(residuals: Floats) -> Floats:
    """The weight of each residual, 1 for all but the outliers."""
    spread = 1.4826 * float(np.median(np.abs(residuals - np.median(residuals))))
    far = np.abs(residuals) / (SPREADS * spread) if spread else np.zeros(residuals.size)
    weights: Floats = 1.0 / np.maximum(far, 1.0)
    return weights

"""The expected value of a metric when of every label only the chances are known, and how far the truth may lie off.

Every metric has a value at the expected labels and, for every record and class, a slope: by how much the metric moves
when that record has that label. The labels are independent draws, so the variance of the metric around its expected
value is, to first order (exactly for means), the sum over the records of the variance of their slopes.
"""

import math
from dataclasses import dataclass

import numpy as np

from watchkeeper.profiles.metrics import CLIP, THRESHOLD
from watchkeeper.window import Floats

__all__ = ["Expected", "expected_auc", "expected_f1", "expected_mean", "of_many", "of_two"]


@dataclass(frozen=True, slots=True)
class Expected:
    """A metric's expected value, and the standard deviation of the real one around it."""

    value: float
    error: float


def of_two(answers: Floats, chances: Floats) -> dict[str, Expected]:
    """The metrics of a binary model.

    Args:
        answers: what it says, probabilities of the label 1, shape (n,).
        chances: of the label 1, shape (n,).
    """
    both, said = np.column_stack([1 - chances, chances]), (answers >= THRESHOLD).astype(float)
    sure = np.clip(answers, CLIP, 1 - CLIP)
    value, slope = expected_auc(answers, chances)
    return {
        "auc": Expected(value, _deviation(both, np.column_stack([np.zeros_like(slope), slope]))),
        "accuracy": expected_mean(both, np.column_stack([1 - said, said])),
        "f1": expected_f1(said, chances),
        "log_loss": expected_mean(both, -np.log(np.column_stack([1 - sure, sure]))),
        "brier": expected_mean(both, np.column_stack([answers**2, (1 - answers) ** 2])),
    }


def of_many(answers: Floats, chances: Floats) -> dict[str, Expected]:
    """The metrics of a multiclass model; answers and chances of the classes, shapes (n, k)."""
    n, k = answers.shape
    likeliest = np.zeros((n, k))
    likeliest[np.arange(n), answers.argmax(axis=1)] = 1.0
    aucs = [expected_auc(answers[:, c], chances[:, c]) for c in range(k)]
    known = [c for c, (value, _) in enumerate(aucs) if not math.isnan(value)]
    slopes = np.zeros((n, k))
    for c in known:
        slopes[:, c] = aucs[c][1] / len(known)
    squares = (answers**2).sum(axis=1, keepdims=True)
    mean_auc = float(np.mean([aucs[c][0] for c in known])) if known else math.nan
    return {
        "auc": Expected(mean_auc, _deviation(chances, slopes)),
        "accuracy": expected_mean(chances, likeliest),
        "log_loss": expected_mean(chances, -np.log(np.clip(answers, CLIP, 1 - CLIP))),
        "brier": expected_mean(chances, squares - 2 * answers + 1),
    }


def expected_mean(chances: Floats, costs: Floats) -> Expected:
    """The expected mean of what each record costs with each label, shapes (n, k); NaN for no records."""
    if not len(chances):
        return Expected(math.nan, math.nan)
    return Expected(float((chances * costs).sum() / len(chances)), _deviation(chances, costs / len(chances)))


def expected_auc(answers: Floats, chances: Floats) -> tuple[float, Floats]:
    """The expected area under the ROC curve and its slopes (n,); NaN when a label cannot occur.

    NannyML's `estimate_roc_auc`, with ties counted half: the curve through the expected true and false positives.
    """
    ones, zeros = chances.sum(), (1 - chances).sum()
    if min(ones, zeros) <= 0:
        return math.nan, np.full(answers.size, math.nan)
    _, group = np.unique(answers, return_inverse=True)
    one = np.bincount(group, chances)
    zero = np.bincount(group, 1 - chances)
    beaten = (np.cumsum(zero) - zero / 2)[group]
    beating = (ones - np.cumsum(one) + one / 2)[group]
    area = float((chances * beaten).sum() / (ones * zeros))
    slopes: Floats = (beaten - beating) / (ones * zeros) - area * (1 / ones - 1 / zeros)
    return area, slopes


def expected_f1(said: Floats, chances: Floats) -> Expected:
    """The expected F1 of the label 1; `said` is 1 where it was answered, else 0; both (n,)."""
    either, right = float(said.sum() + chances.sum()), float((said * chances).sum())
    if not either:
        return Expected(math.nan, math.nan)
    value = 2 * right / either
    slopes = (2 * said - value) / either
    both = np.column_stack([1 - chances, chances])
    return Expected(value, _deviation(both, np.column_stack([np.zeros_like(slopes), slopes])))


def _deviation(chances: Floats, slopes: Floats) -> float:
    """The standard deviation of the sum of the slopes of independent labels, shapes (n, k)."""
    means = (chances * slopes).sum(axis=1)
    return math.sqrt(max(float((chances * slopes**2).sum() - (means**2).sum()), 0.0))

"""The layer over probabilities: one slope for all classes, one offset for each, on the scale of logarithms.

With two classes this is Platt's sigmoid on the log-odds (Platt 1999, "Probabilistic outputs for support vector
machines"); with more it is temperature scaling with a bias (Guo et al. 2017, "On calibration of modern neural
networks"). A positive slope keeps the ranking of a binary model as it is, and with it the AUC.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from watchkeeper.profiles.metrics import CLIP
from watchkeeper.window import Floats

__all__ = ["BINARY", "ClassLayer", "RecalibratedClassifier", "as_rows", "log_answers"]

BINARY = 2
"""Classes of a binary model."""


@dataclass(frozen=True)
class ClassLayer:
    """Probabilities in, probabilities out: softmax(slope * log(p) + offsets).

    Attributes:
        slope: below 1 answers become less sure, above 1 surer.
        offsets: one a class, in their order; only their differences matter.
    """

    slope: float
    offsets: tuple[float, ...]

    def apply(self, answers: Floats) -> Floats:
        """The recalibrated answers, of the same shape: (n,) with the probability of the label 1, or (n, k)."""
        shifted = self.slope * log_answers(answers) + np.array(self.offsets)
        whole = np.exp(shifted - shifted.max(axis=1, keepdims=True))
        shares: Floats = whole / whole.sum(axis=1, keepdims=True)
        return shares[:, 1] if answers.ndim == 1 else shares

    def after(self, first: "ClassLayer") -> "ClassLayer":
        """The one layer that does what these two do, this one last."""
        offsets = (self.slope * a + b for a, b in zip(first.offsets, self.offsets, strict=True))
        return ClassLayer(self.slope * first.slope, tuple(offsets))

    def over(self, estimator: Any) -> "RecalibratedClassifier":  # noqa: ANN401 - scikit-learn publishes no types
        """An estimator under this layer; a layer that it has already is taken into this one."""
        if isinstance(estimator, RecalibratedClassifier):
            return RecalibratedClassifier(estimator.estimator, self.after(estimator.layer))
        return RecalibratedClassifier(estimator, self)

    def __str__(self) -> str:
        if len(self.offsets) == BINARY:
            return f"slope {self.slope:.2f}, intercept {self.offsets[1] - self.offsets[0]:+.2f}"
        middle = sum(self.offsets) / len(self.offsets)
        return f"slope {self.slope:.2f}, offsets " + ", ".join(f"{b - middle:+.2f}" for b in self.offsets)


@dataclass(frozen=True)
class RecalibratedClassifier:
    """A fitted classifier under a layer; to whoever asks it, an estimator like any other."""

    estimator: Any
    layer: ClassLayer

    @property
    def classes_(self) -> Any:  # noqa: ANN401 - scikit-learn publishes no types
        """The classes of the estimator."""
        return self.estimator.classes_

    def predict_proba(self, features: Any) -> Floats:  # noqa: ANN401 - the same
        """The probability of each class, shape (n, k)."""
        return self.layer.apply(np.asarray(self.estimator.predict_proba(features), dtype=np.float64))

    def predict(self, features: Any) -> Any:  # noqa: ANN401 - the same
        """The likeliest class of each row, shape (n,)."""
        return self.classes_[self.predict_proba(features).argmax(axis=1)]


def as_rows(answers: Floats) -> Floats:
    """One row of probabilities an answer, shape (n, k), of what may be the probability of the label 1 alone."""
    rows: Floats = np.column_stack([1 - answers, answers]) if answers.ndim == 1 else answers
    return rows


def log_answers(answers: Floats) -> Floats:
    """The logarithms of the probabilities, shape (n, k); none is taken to be surer than the log-loss takes it."""
    logs: Floats = np.log(np.clip(as_rows(answers), CLIP, 1 - CLIP))
    return logs

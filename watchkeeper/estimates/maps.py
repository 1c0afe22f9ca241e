"""From the probabilities that a model says to those that came true.

The calibration step of NannyML's CBPE: isotonic regression (Zadrozny & Elkan 2002), taken only where it makes answers
that it has not seen better calibrated than they are.
"""

from dataclasses import dataclass

import numpy as np

from watchkeeper.profiles.metrics import auc
from watchkeeper.window import Floats

__all__ = ["CalibrationMap", "fit_map"]

SPLITS, HELD_OUT, SEED = 10, 0.1, 42
"""Ten random tenths are held out; the seed is NannyML's, so that both come to the same opinion."""

BINS = 10
"""The calibration error is taken over tenths of the answers."""

SEPARATES = 0.999
"""A model that ranks better than this has no probabilities to calibrate."""

FEWEST_OF_EACH = 20
"""With fewer of either label there is nothing that a map could be fitted on."""


@dataclass(frozen=True, slots=True, eq=False)
class CalibrationMap:
    """A function that never falls, straight between its knots and level beyond them; without knots it changes nothing.

    Attributes:
        said: what the model says, growing, shape (k,).
        true: what came true of that, shape (k,).
    """

    said: Floats
    true: Floats

    @classmethod
    def identity(cls) -> "CalibrationMap":
        """The map that changes nothing."""
        return cls(np.empty(0), np.empty(0))

    def apply(self, answers: Floats) -> Floats:
        """The calibrated answers, shape (n,)."""
        if not self.said.size:
            return answers
        calibrated: Floats = np.interp(answers, self.said, self.true)
        return calibrated


def fit_map(answers: Floats, labels: Floats) -> CalibrationMap:
    """The map of probabilities (n,) whose labels (n,) are known; the identity where a map would not help."""
    ones = int(labels.sum())
    if min(ones, labels.size - ones) < FEWEST_OF_EACH or auc(answers, labels) > SEPARATES:
        return CalibrationMap.identity()
    return _fitted(answers, labels) if _helps(answers, labels) else CalibrationMap.identity()


def _fitted(answers: Floats, labels: Floats) -> CalibrationMap:
    from sklearn.isotonic import IsotonicRegression  # noqa: PLC0415 - scikit-learn takes a second to import

    found = IsotonicRegression(out_of_bounds="clip").fit(answers, labels)
    return CalibrationMap(np.asarray(found.X_thresholds_, float), np.asarray(found.y_thresholds_, float))


def _helps(answers: Floats, labels: Floats) -> bool:
    """Whether maps fitted on nine tenths calibrate the other tenth."""
    from sklearn.model_selection import StratifiedShuffleSplit  # noqa: PLC0415 - the same

    said, mapped, true = [], [], []
    for seen, unseen in StratifiedShuffleSplit(SPLITS, test_size=HELD_OUT, random_state=SEED).split(answers, labels):
        said.append(answers[unseen])
        mapped.append(_fitted(answers[seen], labels[seen]).apply(answers[unseen]))
        true.append(labels[unseen])
    whole = np.concatenate(true)
    return _calibration_error(np.concatenate(said), whole) > _calibration_error(np.concatenate(mapped), whole)


def _calibration_error(answers: Floats, labels: Floats) -> float:
    """The mean distance of answer and frequency over bins of equal size (Naeini et al. 2015)."""
    order = answers.argsort()
    size = max(answers.size // BINS, 1)
    edges = np.arange(0, answers.size + 1, size)
    edges[-1] = answers.size
    gaps = np.add.reduceat((answers - labels)[order], edges[:-1])
    return float(np.abs(gaps).sum() / answers.size)

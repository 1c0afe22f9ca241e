"""What calibrated probabilities let one expect: CBPE, confidence-based performance estimation.

Source: NannyML's documentation, "How it works: performance estimation" (CBPE), after Guo et al. 2017 for calibration.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pyarrow as pa

from watchkeeper.domain.estimates import Estimate
from watchkeeper.estimates.chances import of_many, of_two
from watchkeeper.estimates.maps import CalibrationMap, fit_map
from watchkeeper.window import Floats

__all__ = ["ClassExpectation", "expect_classes"]


@dataclass(frozen=True, slots=True)
class ClassExpectation:
    """What the answers of a classifier mean.

    Attributes:
        maps: one for the label 1 of a binary model; one a class of a multiclass model.
        features: columns that it needs beside the answers: none.
    """

    features: ClassVar[tuple[str, ...]] = ()

    maps: tuple[CalibrationMap, ...]

    def estimates(self, parts: Iterable[tuple[Floats, pa.Table]]) -> tuple[Estimate, ...]:
        """The metrics to be expected of answers (n,) or (n, k), given part by part; those with a NaN are left out."""
        known = [part[np.isfinite(part.reshape(len(part), -1)).all(axis=1)] for part, _ in parts if part.size]
        if not any(map(len, known)):
            return ()
        answers = np.concatenate(known)
        chances = self.chances(answers)
        expected = of_two(answers, chances) if answers.ndim == 1 else of_many(answers, chances)
        return tuple(Estimate(name, found.value, found.error, len(answers)) for name, found in expected.items())

    def recalibrated(self) -> "ClassExpectation":
        """What is expected under a layer that makes the answers what comes true: nothing else."""
        return ClassExpectation(tuple(CalibrationMap.identity() for _ in self.maps))

    def chances(self, answers: Floats) -> Floats:
        """The calibrated answers, of the same shape; those of the classes of a record add up to 1."""
        if answers.ndim == 1:
            return self.maps[0].apply(answers)
        mapped = np.column_stack([map_.apply(answers[:, c]) for c, map_ in enumerate(self.maps)])
        whole = mapped.sum(axis=1, keepdims=True)
        even = np.full_like(mapped, 1 / mapped.shape[1])
        shares: Floats = np.divide(mapped, whole, out=even, where=whole != 0)
        return shares


def expect_classes(answers: Floats, labels: Floats) -> ClassExpectation:
    """Learn from answers (n,) or (n, k) that were made out of fold, and their labels: 0 and 1, or places of classes."""
    if answers.ndim == 1:
        return ClassExpectation((fit_map(answers, labels),))
    classes = range(answers.shape[1])
    return ClassExpectation(tuple(fit_map(answers[:, c], (labels == c).astype(float)) for c in classes))

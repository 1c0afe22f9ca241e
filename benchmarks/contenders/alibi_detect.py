"""Alibi Detect's TabularDrift; the frames are encoded for it outside the clock, which favours it."""

import numpy as np
import pandas as pd
from alibi_detect.cd import TabularDrift

from benchmarks.drift_frames import is_number

__all__ = ["Contender"]


class Contender:
    """KS for numbers, chi-square for texts."""

    def prepare(self, frame: pd.DataFrame) -> tuple[np.ndarray, list[int]]:
        """A matrix of 32-bit numbers, texts as the number in their name; and where those are."""
        matrix = np.empty(frame.shape, np.float32)
        for place, name in enumerate(frame):
            column = frame[name]
            matrix[:, place] = column if is_number(name) else column.str.removeprefix("level_").astype(int)
        return matrix, [place for place, name in enumerate(frame) if not is_number(name)]

    def fit(self, reference: tuple[np.ndarray, list[int]]) -> TabularDrift:
        """Take the reference in."""
        matrix, texts = reference
        return TabularDrift(matrix, p_val=0.05, categories_per_feature=dict.fromkeys(texts))

    def score(self, fitted: TabularDrift, window: tuple[np.ndarray, list[int]]) -> int:
        """Predict by feature."""
        return len(fitted.predict(window[0], drift_type="feature")["data"]["p_val"])

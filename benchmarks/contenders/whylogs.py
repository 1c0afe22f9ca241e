"""Whylogs: a profile a side, and its drift scores of the two."""

import warnings
from typing import Any

import pandas as pd
import whylogs
from whylogs.viz.drift.column_drift_algorithms import calculate_drift_scores

__all__ = ["Contender"]


class Contender:
    """KS over its sketches for numbers, chi-square for texts."""

    def prepare(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Nothing."""
        warnings.simplefilter("ignore")
        return frame

    def fit(self, reference: pd.DataFrame) -> Any:  # noqa: ANN401 - a view of its profile
        """Profile the reference."""
        return whylogs.log(reference).view()

    def score(self, fitted: Any, window: pd.DataFrame) -> int:  # noqa: ANN401 - as above
        """Profile the window and compare."""
        view = whylogs.log(window).view()
        return len(calculate_drift_scores(target_view=view, reference_view=fitted, with_thresholds=True))

"""SciPy by hand: KS, Wasserstein and JS for numbers, chi-square and JS for texts."""

import numpy as np
import pandas as pd
from scipy.spatial.distance import jensenshannon
from scipy.stats import chi2_contingency, ks_2samp, wasserstein_distance

from benchmarks.drift_frames import is_number

__all__ = ["Contender"]

BINS = 20
Numbers = tuple[np.ndarray, np.ndarray, np.ndarray]
"""Sorted values, edges between quantiles, counts."""


class Contender:
    """What people write themselves; of the reference, sorting and counting are done once."""

    def prepare(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Nothing."""
        return frame

    def fit(self, reference: pd.DataFrame) -> dict[str, Numbers | pd.Series]:
        """Sort numbers, count texts."""
        return {n: _fit(reference[n]) if is_number(n) else reference[n].value_counts() for n in reference}

    def score(self, fitted: dict[str, Numbers | pd.Series], window: pd.DataFrame) -> int:
        """Compare column by column."""
        compare = {True: _numbers, False: _texts}
        return len([compare[is_number(name)](known, window[name]) for name, known in fitted.items()])


def _fit(column: pd.Series) -> Numbers:
    values = np.sort(column.dropna().to_numpy(float))
    edges = np.unique(np.quantile(values, np.linspace(0, 1, BINS + 1)[1:-1]))
    return values, edges, _counts(values, edges)


def _counts(values: np.ndarray, edges: np.ndarray) -> np.ndarray:
    return np.bincount(np.searchsorted(edges, values), minlength=len(edges) + 1)


def _numbers(known: Numbers, column: pd.Series) -> tuple[float, float, float]:
    values, edges, counts = known
    new = column.dropna().to_numpy(float)
    statistic = ks_2samp(values, new, method="asymp").statistic
    return statistic, wasserstein_distance(values, new), jensenshannon(counts, _counts(new, edges))


def _texts(known: pd.Series, column: pd.Series) -> tuple[float, float]:
    both = pd.concat([known, column.value_counts()], axis=1).fillna(0).to_numpy()
    return chi2_contingency(both.T)[1], jensenshannon(both[:, 0], both[:, 1])

"""NannyML's UnivariateDriftCalculator on one chunk a side, which is the least that it can do."""

import nannyml
import pandas as pd

from benchmarks.drift_frames import is_number

__all__ = ["Contender", "JensenShannon"]

Calculator = nannyml.UnivariateDriftCalculator


class Contender:
    """KS, JS and Wasserstein for numbers, JS and L-infinity for texts."""

    numbers = ("kolmogorov_smirnov", "jensen_shannon", "wasserstein")
    texts = ("jensen_shannon", "l_infinity")

    def prepare(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Nothing."""
        return frame

    def fit(self, reference: pd.DataFrame) -> Calculator:
        """Fit a calculator."""
        calculator = Calculator(
            column_names=list(reference),
            treat_as_categorical=[name for name in reference if not is_number(name)],
            continuous_methods=list(self.numbers),
            categorical_methods=list(self.texts),
            chunk_size=len(reference),
        )
        calculator.fit(reference)
        return calculator

    def score(self, fitted: Calculator, window: pd.DataFrame) -> int:
        """Calculate, and read the figures."""
        return len(fitted.calculate(window).to_df().columns)


class JensenShannon(Contender):
    """JS alone."""

    numbers = texts = ("jensen_shannon",)

"""Watchkeeper: KS, JS, PSI, Wasserstein and the shares of missing, infinite, wrong and unseen values, all at once."""

import pandas as pd
import pyarrow as pa

from benchmarks.drift_frames import is_number
from watchkeeper.profiles import Kind
from watchkeeper.profiles.frames import table_of
from watchkeeper.profiles.scoring import Reference, scores

__all__ = ["Arrow", "Category", "Contender"]


class Contender:
    """On the frame as it is."""

    def prepare(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Nothing."""
        return frame

    def fit(self, reference: pd.DataFrame) -> Reference:
        """Profile the reference."""
        kinds = {name: Kind.NUMERIC if is_number(name) else Kind.CATEGORICAL for name in reference}
        return Reference.fit(table_of(reference), kinds)

    def score(self, fitted: Reference, window: pd.DataFrame) -> int:
        """Profile the window and compare."""
        return len(scores(fitted, table_of(window)))


class Category(Contender):
    """On a frame whose texts are pandas categories."""

    def prepare(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Texts as categories."""
        return frame.astype({name: "category" for name in frame if not is_number(name)})


class Arrow(Contender):
    """On an Arrow table whose texts are dictionaries, as the prediction store reads them."""

    def prepare(self, frame: pd.DataFrame) -> pa.Table:
        """As a table."""
        return table_of(Category().prepare(frame))

    def fit(self, reference: pa.Table) -> Reference:
        """Profile the reference."""
        kinds = {name: Kind.NUMERIC if is_number(name) else Kind.CATEGORICAL for name in reference.column_names}
        return Reference.fit(reference, kinds)

    def score(self, fitted: Reference, window: pa.Table) -> int:
        """Profile the window and compare."""
        return len(scores(fitted, window))

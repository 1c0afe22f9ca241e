"""The models of the benchmarks: what their specs say, and how they are trained."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from benchmarks.tables import KINDS
from watchkeeper.ports import Trained, TrainingRequest
from watchkeeper.profiles import Kind

__all__ = ["spec_of", "train", "write_house"]

SPEC = """
model = "NAME"
[features]
numeric = NUMBERS
categorical = TEXTS
[labels]
delay = "1d"
over = "1d"
[training]
function = "benchmarks.models:train"
"""

HOUSE = """
env = "benchmark"
folder = "kept"
models = "models"
"""


def spec_of(name: str, columns: Sequence[str]) -> str:
    """The spec of a model that is asked these columns and whose labels are a day late."""
    numbers = [c for c in columns if KINDS[c] is Kind.NUMERIC]
    texts = [c for c in columns if KINDS[c] is Kind.CATEGORICAL]
    return SPEC.replace("NAME", name).replace("NUMBERS", str(numbers)).replace("TEXTS", str(texts))


def write_house(folder: Path) -> Path:
    """A house without models in a folder; gives its file."""
    (folder / "models").mkdir(parents=True)
    file = folder / "house.toml"
    file.write_text(HOUSE, encoding="utf-8")
    return file


def train(request: TrainingRequest, records: pa.Table) -> Trained:  # noqa: ARG001 - every model is asked for alike
    """A logistic regression on the numbers among the records; what was answered to them stands for out-of-fold."""
    numbers = [c for c in records.column_names if KINDS.get(c) is Kind.NUMERIC]
    estimator = make_pipeline(SimpleImputer(), StandardScaler(), LogisticRegression())
    labels = records["_label"].to_numpy().astype(np.int64)
    return Trained(estimator.fit(records.select(numbers).to_pandas(), labels), records)

"""Trained estimators on disk: loading one runs no code of the file's, only types that are trusted by name."""

import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from watchkeeper.domain.versions import Version
from watchkeeper.errors import BrokenVersion, NotThere
from watchkeeper.profiles.numbers import decoded
from watchkeeper.window import PREDICTION, Floats

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["TRUSTED", "EstimatorPredictor", "features_of", "load_estimator", "save_estimator"]

TRUSTED = (
    "functools.partial",  # what it calls must be trusted as well
    "numpy.dtype",
    "scipy.interpolate._bsplines.BSpline",
    "sklearn._loss.loss.HalfTweedieLoss",
    "sklearn._loss.loss.HalfTweedieLossIdentity",
    "sklearn.calibration._CalibratedClassifier",
    "sklearn.calibration._SigmoidCalibration",
    "sklearn.compose._column_transformer.make_column_selector",
    "sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor",
    "sklearn.feature_selection._univariate_selection.chi2",
    "sklearn.feature_selection._univariate_selection.f_classif",
    "sklearn.feature_selection._univariate_selection.f_regression",
    "sklearn.metrics._dist_metrics.EuclideanDistance64",
    "sklearn.neighbors._ball_tree.BallTree",
    "sklearn.neighbors._kd_tree.KDTree",
    "sklearn.neural_network._stochastic_optimizers.AdamOptimizer",
    "sklearn.neural_network._stochastic_optimizers.SGDOptimizer",
    "sklearn.tree._tree.Tree",
    "sklearn.utils._bunch.Bunch",
    "sklearn.utils.validation.check_array",
    "watchkeeper.layers.classes.ClassLayer",
    "watchkeeper.layers.classes.RecalibratedClassifier",
    "watchkeeper.layers.numbers.RecalibratedRegressor",
    "watchkeeper.layers.numbers.ValueLayer",
)
"""What scikit-learn's own estimators hold beyond the types that skops trusts by itself, and our own layers."""


BINARY = 2
"""The classes of a binary model, of which the second is answered for."""


def save_estimator(estimator: object, file: Path) -> None:
    """Write a fitted estimator."""
    from skops import io  # noqa: PLC0415 - skops imports scikit-learn, which takes a second

    io.dump(estimator, file, compression=zipfile.ZIP_DEFLATED)


def load_estimator(file: Path, trusted: tuple[str, ...]) -> Any:  # noqa: ANN401 - scikit-learn publishes no types
    """Read an estimator back.

    Raises:
        BrokenVersion: when the file holds a type that nobody trusts, or cannot be read.
    """
    from skops import io  # noqa: PLC0415 - the same

    try:
        strange = sorted(set(io.get_untrusted_types(file=file)) - {*TRUSTED, *trusted})
        if not strange:
            return io.load(file, trusted=[*TRUSTED, *trusted])
    except Exception as error:
        raise BrokenVersion(f"{file} cannot be read: {type(error).__name__}: {error}") from error
    raise BrokenVersion(
        f"{file} holds {', '.join(strange)}, which nobody trusts. If you know what they do, name them under"
        " `trusted` in the house's TOML file; else build the estimator of scikit-learn's own parts and train again."
    )


def features_of(sample: pa.Table) -> dict[str, str]:
    """The features in their order, each `number`, `text` or `time`, as the training records hold them."""
    own = [field for field in sample.schema if not field.name.startswith("_") and field.name != PREDICTION]
    return {field.name: _kind(field.type) for field in own}


def _kind(of: pa.DataType) -> str:
    of = of.value_type if pa.types.is_dictionary(of) else of
    if pa.types.is_temporal(of):
        return "time"
    is_number = (
        pa.types.is_integer(of) or pa.types.is_floating(of) or pa.types.is_decimal(of) or pa.types.is_boolean(of)
    )
    return "number" if is_number else "text"


@dataclass(frozen=True, slots=True)
class EstimatorPredictor:
    """Implements `Predictor` with an estimator.

    Attributes:
        features: name to `number`, `text` or `time`, in the estimator's order.
    """

    version: Version
    estimator: Any
    features: dict[str, str]

    def predict(self, features: pa.Table) -> Floats:
        frame = self._frame(features)
        if hasattr(self.estimator, "predict_proba"):
            shares = np.asarray(self.estimator.predict_proba(frame), dtype=np.float64)
            return shares[:, 1] if shares.shape[1] == BINARY else shares
        return np.asarray(self.estimator.predict(frame), dtype=np.float64)

    def _frame(self, features: pa.Table) -> "pd.DataFrame":
        import pandas as pd  # noqa: PLC0415 - pandas takes most of a second to import

        absent = [name for name in self.features if name not in features.column_names]
        if absent:
            raise NotThere(f"{self.version.name} needs {', '.join(absent)}, which these records do not have")
        return pd.DataFrame({name: _column(features.column(name), kind) for name, kind in self.features.items()})


def _column(column: pa.ChunkedArray, kind: str) -> Any:  # noqa: ANN401 - a pandas series, which pyarrow types as Any
    """A column as the training had it: what is no number there is missing, whatever type it came in."""
    import pandas as pd  # noqa: PLC0415 - the same

    plain = decoded(column)
    if kind == "text":
        return plain.cast(pa.string()).to_pandas()
    if kind == "time":
        return plain.to_pandas()
    return pd.to_numeric(plain.to_pandas(), errors="coerce").astype("float64")

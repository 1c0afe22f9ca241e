"""The layer over a regression's answers: a scale and an offset."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from watchkeeper.window import Floats

__all__ = ["RecalibratedRegressor", "ValueLayer"]


@dataclass(frozen=True)
class ValueLayer:
    """Values in, values out: scale * value + offset."""

    scale: float
    offset: float

    def apply(self, answers: Floats) -> Floats:
        """The recalibrated answers, shape (n,)."""
        return self.scale * answers + self.offset

    def after(self, first: "ValueLayer") -> "ValueLayer":
        """The one layer that does what these two do, this one last."""
        return ValueLayer(self.scale * first.scale, self.scale * first.offset + self.offset)

    def over(self, estimator: Any) -> "RecalibratedRegressor":  # noqa: ANN401 - scikit-learn publishes no types
        """An estimator under this layer; a layer that it has already is taken into this one."""
        if isinstance(estimator, RecalibratedRegressor):
            return RecalibratedRegressor(estimator.estimator, self.after(estimator.layer))
        return RecalibratedRegressor(estimator, self)

    def __str__(self) -> str:
        return f"scale {self.scale:.3g}, offset {self.offset:+.3g}"


@dataclass(frozen=True)
class RecalibratedRegressor:
    """A fitted regressor under a layer; to whoever asks it, an estimator like any other."""

    estimator: Any
    layer: ValueLayer

    def predict(self, features: Any) -> Floats:  # noqa: ANN401 - scikit-learn publishes no types
        """The value of each row, shape (n,)."""
        return self.layer.apply(np.asarray(self.estimator.predict(features), dtype=np.float64))

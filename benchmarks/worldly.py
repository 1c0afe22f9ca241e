"""The columns of made-up worlds."""

from collections.abc import Callable, Mapping

import numpy as np

from watchkeeper.profiles import Kind
from watchkeeper.window import Floats

__all__ = ["CATEGORIES", "KINDS", "NUMBERS", "SYMMETRIC", "scaled", "standard"]

Draw = np.random.Generator

NUMBERS: Mapping[str, Callable[[Draw, int], Floats]] = {
    "age": lambda draw, rows: draw.normal(42, 12, rows),
    "amount": lambda draw, rows: draw.lognormal(4, 0.7, rows),
    "distance": lambda draw, rows: draw.gamma(3, 40, rows),
    "orders": lambda draw, rows: draw.poisson(6, rows).astype(float),
    "humidity": lambda draw, rows: 100 * draw.beta(4, 2.5, rows),
    "pressure": lambda draw, rows: draw.normal(1013, 8, rows),
}
SYMMETRIC = ("age", "pressure")
CATEGORIES = {"channel": ("app", "web", "shop", "phone"), "region": tuple("ABCDEFGH")}
KINDS = dict.fromkeys(NUMBERS, Kind.NUMERIC) | dict.fromkeys(CATEGORIES, Kind.CATEGORICAL)

_MOMENTS = {
    name: (values.mean(), values.std())
    for name, shape in NUMBERS.items()
    for values in [shape(np.random.default_rng(1), 200_000)]
}


def standard(name: str, values: Floats) -> Floats:
    """A numeric column in its spreads around its mean, as they were in training."""
    mean, spread = _MOMENTS[name]
    return (values.astype(float) - mean) / spread


def scaled(values: Floats, factor: float) -> Floats:
    """The values made larger or smaller; counts stay counts."""
    whole = bool((values == np.rint(values)).all())
    return np.rint(values * factor) if whole else values * factor

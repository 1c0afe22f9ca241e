"""What kind of answers a model gives."""

from enum import StrEnum

__all__ = ["Problem"]


class Problem(StrEnum):
    """What is predicted.

    `binary`: the probability of the label 1. `regression`: a number. `multiclass`: one probability a class, in the
    order in which the spec names the classes; the label is the place of the true class in that order.
    """

    BINARY = "binary"
    MULTICLASS = "multiclass"
    REGRESSION = "regression"

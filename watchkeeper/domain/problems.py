"""What kind of answers a model gives."""

from collections.abc import Mapping, Sequence
from enum import StrEnum

__all__ = ["LOSSES", "Problem", "trouble_with_classes"]

FEWEST_CLASSES = 3
"""Two are the labels 0 and 1 of a binary model."""


class Problem(StrEnum):
    """What is predicted.

    `binary`: the probability of the label 1. `regression`: a number. `multiclass`: one probability a class, in the
    order in which the spec names the classes; the label is the place of the true class in that order.
    """

    BINARY = "binary"
    MULTICLASS = "multiclass"
    REGRESSION = "regression"


LOSSES: Mapping[Problem, tuple[str, ...]] = {
    Problem.BINARY: ("log_loss", "excess_log_loss", "brier"),
    Problem.MULTICLASS: ("log_loss", "excess_log_loss", "brier"),
    Problem.REGRESSION: ("mae", "rmse"),
}
"""The metrics of which less is better and by which two versions can be compared; the first is the usual one."""


def trouble_with_classes(problem: Problem, classes: Sequence[str]) -> str | None:
    """What is wrong with the classes that a problem is given, or None."""
    if problem is not Problem.MULTICLASS:
        return f"classes are named for multiclass models; this one is {problem}" if classes else None
    if len(classes) < FEWEST_CLASSES:
        mend = 'write for example classes = ["low", "middle", "high"]; two classes are a binary problem'
        return f"a multiclass model has at least three classes, this one {len(classes)}: {mend}"
    twice = sorted({name for name in classes if classes.count(name) > 1 or not name})
    return f"every class has a name of its own; these have not: {twice}" if twice else None

"""What can be wrong with what a training function gave back."""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from watchkeeper.domain.problems import Problem
from watchkeeper.ports import Trained, TrainingRequest
from watchkeeper.profiles.metrics import are_distributions
from watchkeeper.serving.answers import SCORES, answers_in, with_answers

__all__ = ["in_our_columns", "trouble_with"]

BINARY = 2
"""A binary classifier answers with the probability of the second of two classes."""


def trouble_with(trained: object, request: TrainingRequest) -> str | None:
    """What is wrong with what came back, as the end of a sentence that begins with the function's name; or None."""
    if not isinstance(trained, Trained) or not isinstance(trained.records, pa.Table):
        return f"gave a {type(trained).__name__}; it must give Trained(estimator, records) with a pyarrow table"
    return _with_estimator(trained.estimator, request) or _with_records(trained.records, request)


def in_our_columns(records: pa.Table, request: TrainingRequest) -> pa.Table:
    """The records with `_prediction`, which follows from the probabilities where there are several."""
    if request.problem is not Problem.MULTICLASS:
        return records
    answers = answers_in(records, request.problem, request.classes)
    others = [name for name in records.column_names if name not in (SCORES, "_prediction")]
    return with_answers(records.select(others), answers)


def _with_estimator(estimator: object, request: TrainingRequest) -> str | None:
    if not hasattr(estimator, "predict_proba") and not hasattr(estimator, "predict"):
        return f"gave a {type(estimator).__name__} as estimator, which has neither predict_proba nor predict"
    found = list(getattr(estimator, "classes_", ()))
    if request.problem is Problem.MULTICLASS:
        return _with_classes(estimator, found, request.classes)
    if not hasattr(estimator, "predict_proba"):
        return None
    if request.problem is Problem.REGRESSION:
        return f"gave a {type(estimator).__name__} as estimator, a classifier; a regression model has predict alone"
    if found and len(found) != BINARY:
        return f"gave a classifier of {len(found)} classes; train it on labels of exactly two"
    return None


def _with_classes(estimator: object, found: Sequence[object], classes: Sequence[str]) -> str | None:
    if not hasattr(estimator, "predict_proba"):
        return f"gave a {type(estimator).__name__} as estimator, which has no predict_proba"
    if found and found not in (list(range(len(classes))), list(classes)):
        mend = "train it on the labels as they are, the places of the classes, with at least one record of each"
        return f"gave a classifier of the classes {found}, not of {list(classes)} in this order; {mend}"
    return None


def _with_records(records: pa.Table, request: TrainingRequest) -> str | None:
    many = request.problem is Problem.MULTICLASS
    needed = ("_at", "_label", SCORES if many else "_prediction")
    absent = [name for name in needed if name not in records.column_names]
    if absent:
        return f"gave records without {', '.join(absent)}; add what it learned from and its out-of-fold predictions"
    if not records.num_rows:
        return "gave no records; return those it learned from"
    if all(name.startswith("_") for name in records.column_names):
        return "gave records without any feature"
    bad = [name for name in needed if name != SCORES and not _whole(records.column(name))]
    if bad:
        return f"gave records with missing or infinite values in {', '.join(bad)}; leave those rows out"
    return _with_scores(records, request.classes) if many else None


def _with_scores(records: pa.Table, classes: Sequence[str]) -> str | None:
    answers, labels = answers_in(records, Problem.MULTICLASS, classes), records.column("_label").to_numpy()
    if np.isnan(answers).any() or not are_distributions(answers, labels):
        return (
            f"gave records whose {SCORES} are no {len(classes)} probabilities, or whose _label is no place of a class"
        )
    return None


def _whole(column: pa.ChunkedArray) -> bool:
    """Whether every row has a value, and a finite one."""
    if column.null_count or pa.types.is_temporal(column.type):
        return not column.null_count
    return bool(pc.all(pc.is_finite(column.cast(pa.float64()))).as_py())

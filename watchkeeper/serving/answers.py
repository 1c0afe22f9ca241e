"""How answers and labels stand in a table, whatever the model's problem.

`_prediction` (double) is the probability of the label 1, or the predicted number; of a multiclass model it is the place
of the likeliest class, and `_scores` (a list of doubles) holds the probabilities of all classes in their order.
"""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from watchkeeper.domain.problems import Problem
from watchkeeper.profiles import Kind
from watchkeeper.profiles.metrics import SUMS_TO_ONE
from watchkeeper.profiles.numbers import numbers_of
from watchkeeper.window import CONFIDENCE, PREDICTION, Floats

__all__ = ["SCORES", "SCORES_TYPE", "answers_in", "place_of", "scores_of", "with_answers", "with_named_answers"]

SCORES = "_scores"
SCORES_TYPE = pa.list_(pa.float64())


def scores_of(answer: Any, classes: Sequence[str]) -> list[float]:  # noqa: ANN401 - whatever a host logs
    """The probabilities of the classes in their order.

    Args:
        answer: a mapping of classes to probabilities, where a class left out has none; or the probabilities in order.
        classes: of the model.

    Raises:
        ValueError: these are no probabilities of these classes.
        TypeError: nor is this one number after the other.
    """
    if isinstance(answer, Mapping):
        if strangers := answer.keys() - set(classes):
            raise ValueError(f"no classes of the model: {strangers}")
        answer = [answer.get(name, 0.0) for name in classes]
    scores = [float(share) for share in answer]
    inside = len(scores) == len(classes) and all(0 <= share <= 1 for share in scores)
    if not inside or abs(math.fsum(scores) - 1) > SUMS_TO_ONE:
        raise ValueError(f"no probabilities of {len(classes)} classes: {scores}")
    return scores


def place_of(label: Any, classes: Sequence[str]) -> int:  # noqa: ANN401 - the same
    """The place of the class that a label names, or is the place of. Raises ValueError, TypeError for another."""
    if isinstance(label, str):
        return classes.index(label)
    place = float(label)
    if place not in range(len(classes)):
        raise ValueError(f"no place of {len(classes)} classes: {label}")
    return int(place)


def with_answers(table: pa.Table, answers: Floats) -> pa.Table:
    """The table with answers (n,) or (n, k) in the columns that are kept of them; a row with NaN has no answer."""
    if answers.ndim == 1:
        return table.append_column("_prediction", pa.array(answers, pa.float64()))
    missing = np.asarray(np.isnan(answers).any(axis=1))
    likeliest = np.where(missing[:, np.newaxis], 0.0, answers).argmax(axis=1)
    offsets = pa.array(np.arange(0, answers.size + 1, answers.shape[1], dtype=np.int32))
    scores = pa.ListArray.from_arrays(offsets, pa.array(answers.ravel()), mask=pa.array(missing))
    place = pa.array(likeliest, pa.float64(), mask=missing)
    return table.append_column("_prediction", place).append_column(SCORES, scores)


def answers_in(table: pa.Table, problem: Problem, classes: Sequence[str] = ()) -> Floats:
    """The answers of a table's records, NaN where there is none.

    Returns:
        Shape (n,); of a multiclass model (n, k), of which a row is NaN as a whole or not at all.
    """
    if problem is not Problem.MULTICLASS:
        return _numbers(table, "_prediction")
    answers = np.full((table.num_rows, len(classes)), np.nan)
    if SCORES in table.column_names and _holds_lists(table.column(SCORES).type):
        scores = table.column(SCORES).cast(SCORES_TYPE).combine_chunks()
        whole = pc.fill_null(pc.equal(pc.list_value_length(scores), len(classes)), fill_value=False)
        flat = pc.list_flatten(scores.filter(whole)).fill_null(np.nan)
        answers[whole.to_numpy(zero_copy_only=False)] = flat.to_numpy(zero_copy_only=False).reshape(-1, len(classes))
    answers[np.isnan(answers).any(axis=1)] = np.nan
    return answers


def with_named_answers(table: pa.Table, problem: Problem, classes: Sequence[str] = ()) -> pa.Table:
    """The table with the columns of `kinds_of_answers`, as far as it has answers, in the place of `_prediction`."""
    if problem is not Problem.MULTICLASS or "_prediction" not in table.column_names:
        return table.rename_columns([PREDICTION if name == "_prediction" else name for name in table.column_names])
    place = _numbers(table, "_prediction")
    known = np.isin(place, np.arange(len(classes)))
    codes = pa.array(np.where(known, place, 0).astype(np.int32), mask=~known)
    confidence = answers_in(table, problem, classes).max(axis=1, initial=-math.inf)
    table = table.set_column(
        table.schema.get_field_index("_prediction"), PREDICTION, pa.DictionaryArray.from_arrays(codes, list(classes))
    )
    return table.append_column(CONFIDENCE, pa.array(confidence, mask=~np.isfinite(confidence)))


def _holds_lists(kind: pa.DataType) -> bool:
    return bool(pa.types.is_list(kind) or pa.types.is_large_list(kind) or pa.types.is_fixed_size_list(kind))


def _numbers(table: pa.Table, name: str) -> Floats:
    """The numbers of a column, NaN where there is none, and everywhere when the table does not have it."""
    found = numbers_of(table.column(name), Kind.NUMERIC) if name in table.column_names else None
    return np.full(table.num_rows, np.nan) if found is None else found.astype(np.float64)

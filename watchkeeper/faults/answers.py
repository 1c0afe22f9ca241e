"""Faults of answers and of labels."""

import numpy as np
import pyarrow as pa

from watchkeeper.faults.base import Place, chosen, numbers, replaced

__all__ = ["labels_end", "labels_flip", "serving_falls_back"]

ANSWERS = ("_prediction", "_scores")
"""Where answers stand; those of multiclass models in both."""


def serving_falls_back(table: pa.Table, place: Place) -> pa.Table:
    """Half of the answers are the median answer, whatever was asked."""
    answers = numbers(table, "_prediction")
    known = np.flatnonzero(np.isfinite(answers))
    if not known.size:
        return table
    middle = known[np.argsort(answers[known], kind="stable")[known.size // 2]]
    source = pa.array(np.where(chosen(place, len(answers), 0.5), middle, np.arange(len(answers))))
    for name in ANSWERS:
        if name in table.column_names:
            table = replaced(table, name, table.column(name).take(source))
    return table


def labels_flip(table: pa.Table, place: Place) -> pa.Table:
    """10 % of the labels are wrong: of two values the other one, of more the label of some other record."""
    labels = numbers(table, "_label")
    wrong = chosen(place, len(labels), 0.1) & np.isfinite(labels)
    values = np.unique(labels[np.isfinite(labels)])
    if len(values) <= 2:  # noqa: PLR2004 - this or that
        labels[wrong] = values.sum() - labels[wrong] if len(values) > 1 else 1 - labels[wrong]
    else:
        labels[wrong] = place.draw.choice(labels[np.isfinite(labels)], int(wrong.sum()))
    return replaced(table, "_label", labels)


def labels_end(table: pa.Table, place: Place) -> pa.Table:  # noqa: ARG001 - every fault is planted alike
    """No record has a label."""
    return replaced(table, "_label", np.full(table.num_rows, np.nan))

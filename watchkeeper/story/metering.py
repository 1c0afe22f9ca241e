"""What those of a model's metrics say of a window that are made of its records: functions, and late columns."""

import numbers
from collections.abc import Callable, Mapping
from datetime import datetime
from importlib import import_module
from typing import Any

import numpy as np
import pyarrow as pa

from watchkeeper.checks.segmenting import named
from watchkeeper.domain.business import Metric, Statistic
from watchkeeper.domain.intervals import Interval
from watchkeeper.profiles import Segments
from watchkeeper.serving.answers import with_named_answers
from watchkeeper.spec import ModelSpec
from watchkeeper.story.house import House
from watchkeeper.story.saying import numbers_in, with_otherwise
from watchkeeper.window import CONFIDENCE, PREDICTION

__all__ = ["Read", "metered_by_records", "reading"]

Read = Callable[[Metric, Interval], pa.Table | str]
"""Gives the records that a metric is made of, or why there is no number."""


def reading(house: House, spec: ModelSpec, segments: Segments | None) -> Read:
    """The records of production; labels and late columns as they were known when the window ended."""

    def read(metric: Metric, over: Interval) -> pa.Table | str:
        named = metric.columns or (metric.named if metric.column else spec.columns)
        wanted = [*named, *(spec.answer_columns if metric.column else ()), *([segments.column] if segments else ())]
        columns = [name for name in dict.fromkeys(wanted) if name not in (PREDICTION, CONFIDENCE)]
        due = over.end + spec.labels.delay
        if metric.labelled:
            records = house.predictions.labelled(spec.model, over, due, columns)
        else:
            records = house.predictions.records(spec.model, over, columns)
        return _with_late(house, spec, metric, records, due) if metric.late else records

    return read


def metered_by_records(
    spec: ModelSpec, segments: Segments | None, window: Interval, read: Read
) -> Mapping[str, float | str]:
    """What each such metric gave for the window and for its segments, by name; a sentence where one gave nothing.

    One of labelled records, or of a late column, is made of those that are as old as labels take to come.
    """
    found: dict[str, float | str] = {}
    for metric in spec.metrics:
        if metric.of_records:
            over = window.shifted(-spec.labels.delay) if metric.labelled or metric.late else window
            records = read(metric, over)
            if isinstance(records, str):
                found[metric.name] = records
                continue
            found[metric.name] = _made(metric, records)
            for segment, part in segments.split(records) if segments else ():
                found[named(metric.name, segment)] = _made(metric, part)
    return found


def _made(metric: Metric, records: pa.Table) -> float | str:
    return _called(metric.function, records) if metric.function else _statistic(metric, records)


def _with_late(house: House, spec: ModelSpec, metric: Metric, records: pa.Table, due: datetime) -> pa.Table | str:
    """The records of a window with what had come of them when their labels were due."""
    names = [name for name in metric.named if name in spec.late]
    came = house.predictions.late(spec.model, records, names, due)
    if came.trouble and metric.statistic is Statistic.SUM:
        return f"{len(came.trouble)} files of {names[0]} could not be read, so that the sum is not known"
    told, everywhere = came.records, np.zeros(records.num_rows, np.int64)
    for name in names:
        otherwise = None if came.trouble else spec.late[name].otherwise
        values = with_otherwise(numbers_in(told, name), everywhere, otherwise)
        told = told.set_column(told.column_names.index(name), name, pa.array(values, from_pandas=True))
    return with_named_answers(told, spec.problem, spec.classes) if metric.column else told


def _statistic(metric: Metric, records: pa.Table) -> float | str:
    """The statistic of the values that have come, each as often as its record stands for requests, or why none."""
    columns = [name for name in (metric.column, metric.over) if name]
    told = np.array([numbers_in(records, name) for name in columns])
    known = np.isfinite(told).all(axis=0)
    if not known.any():
        what = " and ".join(columns)
        return f"no value of {what} has come for the {records.num_rows:,} records whose labels are due"
    weights = records["_weight"].to_numpy()[known]
    sums = told[:, known] @ weights
    if metric.statistic is Statistic.RATIO:
        return float(sums[0] / sums[1]) if sums[1] else f"the sum of {metric.over} is 0"
    return float(sums[0] if metric.statistic is Statistic.SUM else sums[0] / weights.sum())


def _called(function: str, records: pa.Table) -> float | str:
    """What the function gives for these records, or why it gives nothing; whatever it raises costs only this metric."""
    if not records.num_rows:
        return f"there is no record to call {function} with"
    try:
        given: Any = _found(function)(records)
    except Exception as error:  # noqa: BLE001 - somebody else's code; the other checks must be heard
        return f"{function} raised {type(error).__name__}: {error}"
    if isinstance(given, numbers.Real) and not isinstance(given, bool):
        return float(given)
    return f"{function} gave a {type(given).__name__}; it must give a number"


def _found(function: str) -> Callable[[pa.Table], Any]:
    module, _, name = function.partition(":")
    found: Callable[[pa.Table], Any] = getattr(import_module(module), name)
    return found

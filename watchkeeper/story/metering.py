"""What those of a model's metrics say of a window that are made of its records: functions, and late columns."""

import numbers
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any

import numpy as np
import pyarrow as pa

from watchkeeper.checks.segmenting import named
from watchkeeper.domain.business import Metric, Statistic
from watchkeeper.domain.intervals import Interval
from watchkeeper.profiles import Segments
from watchkeeper.spec import ModelSpec
from watchkeeper.story.house import House
from watchkeeper.story.lateness import with_otherwise
from watchkeeper.story.saying import numbers_in

__all__ = ["Read", "metered_by_records", "reading"]

Read = Callable[[Metric, Interval], pa.Table]
"""Gives the records that a metric is made of."""


def reading(house: House, spec: ModelSpec, segments: Segments | None) -> Read:
    """The records of production; labels and late columns as they were known when the window ended."""

    def read(metric: Metric, over: Interval) -> pa.Table:
        named = metric.columns or ((metric.column, metric.over) if metric.column else spec.columns)
        columns = [*dict.fromkeys(name for name in (*named, segments and segments.column) if name)]
        due = over.end + spec.labels.delay
        if metric.labelled:
            return with_otherwise(spec, house.predictions.labelled(spec.model, over, due, columns))
        if metric.late:
            return with_otherwise(spec, house.predictions.records(spec.model, over, columns, due))
        return house.predictions.records(spec.model, over, columns)

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
            found[metric.name] = _made(metric, records)
            for segment, part in segments.split(records) if segments else ():
                found[named(metric.name, segment)] = _made(metric, part)
    return found


def _made(metric: Metric, records: pa.Table) -> float | str:
    return _called(metric.function, records) if metric.function else _statistic(metric, records)


def _statistic(metric: Metric, records: pa.Table) -> float | str:
    """The statistic of the values that have come, or why there is none."""
    columns = [name for name in (metric.column, metric.over) if name]
    told = [values[np.isfinite(values)] for values in (numbers_in(records, name) for name in columns)]
    if silent := [name for name, values in zip(columns, told, strict=True) if not values.size]:
        return f"no value of {' and '.join(silent)} has come for the {records.num_rows:,} records whose labels are due"
    if metric.statistic is Statistic.RATIO:
        below = float(told[1].sum())
        return float(told[0].sum()) / below if below else f"the sum of {metric.over} is 0"
    return float(told[0].sum() if metric.statistic is Statistic.SUM else told[0].mean())


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

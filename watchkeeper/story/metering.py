"""What the Python functions among a model's metrics say of a window."""

import numbers
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any

import pyarrow as pa

from watchkeeper.checks.segmenting import named
from watchkeeper.domain.business import Metric
from watchkeeper.domain.intervals import Interval
from watchkeeper.profiles import Segments
from watchkeeper.spec import ModelSpec
from watchkeeper.story.house import House

__all__ = ["Read", "metered_by_functions", "reading"]

Read = Callable[[Metric, Interval], pa.Table]
"""Gives the records that a metric's function is called with."""


def reading(house: House, spec: ModelSpec, segments: Segments | None) -> Read:
    """The records of production; labelled ones as they were known when the window ended."""

    def read(metric: Metric, over: Interval) -> pa.Table:
        columns = [*dict.fromkeys([*(metric.columns or spec.columns), *([segments.column] if segments else [])])]
        if not metric.labelled:
            return house.predictions.records(spec.model, over, columns)
        return house.predictions.labelled(spec.model, over, over.end + spec.labels.delay, columns)

    return read


def metered_by_functions(
    spec: ModelSpec, segments: Segments | None, window: Interval, read: Read
) -> Mapping[str, float | str]:
    """What each function gave for the window and for its segments, by name; a sentence where one gave nothing.

    A function of labelled records is called with those that are as old as labels take to come.
    """
    found: dict[str, float | str] = {}
    for metric in spec.metrics:
        if metric.function:
            over = window.shifted(-spec.labels.delay) if metric.labelled else window
            records = read(metric, over)
            found[metric.name] = _called(metric.function, records)
            for segment, part in segments.split(records) if segments else ():
                found[named(metric.name, segment)] = _called(metric.function, part)
    return found


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

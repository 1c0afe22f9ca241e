"""What a metric says of a window, from its counts or from what its function gave."""

import math

from watchkeeper.domain.business import Metric, Statistic
from watchkeeper.profiles import CategoricalColumn, NumericColumn
from watchkeeper.profiles.shares import mean
from watchkeeper.window import Window

__all__ = ["metered"]


def metered(metric: Metric, window: Window) -> float | str:
    """The number, or why there is none."""
    found = window.metrics.get(metric.name, "it was not called") if metric.of_records else _counted(metric, window)
    if isinstance(found, str) or math.isfinite(found):
        return found
    return f"{metric.words} is {found}, no finite number"


def _counted(metric: Metric, window: Window) -> float | str:
    columns = [name for name in (metric.column, metric.over) if name]
    counted = [window.profile.columns.get(name) for name in columns]
    strange = [n for n, c in zip(columns, counted, strict=True) if c is None or not c.size]
    if strange:
        return f"there is no value of {' and '.join(strange)} among the window's {window.rows:,} records"
    if metric.statistic is Statistic.SUM and window.trouble:
        return f"{len(window.trouble)} files of the window could not be read, so that the sum is not known"
    if metric.statistic is Statistic.RATE and isinstance(counted[0], CategoricalColumn):
        return _rate(counted[0], metric.words)
    numeric = [c for c in counted if isinstance(c, NumericColumn)]
    if len(numeric) < len(columns):
        return f"{metric.words} needs numbers, and {' or '.join(columns)} holds categories"
    return _of_numbers(metric, numeric)


def _of_numbers(metric: Metric, columns: list[NumericColumn]) -> float | str:
    if metric.statistic is Statistic.SUM:
        return columns[0].total
    if metric.statistic is Statistic.RATIO:
        return columns[0].total / columns[1].total if columns[1].total else f"the sum of {metric.over} is 0"
    return mean(columns[0]) if columns[0].finite else f"{metric.column} holds no number"


def _rate(column: CategoricalColumn, words: str) -> float | str:
    told = column.counts.get("true", 0) + column.counts.get("false", 0)
    return column.counts.get("true", 0) / told if told else f"{words} needs values that are true or false"

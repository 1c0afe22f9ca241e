"""Faults of single columns: sensors, units, defaults, schemas."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from watchkeeper.faults.base import Place, chosen, numbers, replaced

__all__ = [
    "column_ends",
    "columns_swap",
    "defaults",
    "nulls",
    "outliers",
    "shift",
    "stuck",
    "text",
    "unit",
    "unseen",
    "widen",
]

NEW_CATEGORY = "never seen before"


def nulls(table: pa.Table, place: Place) -> pa.Table:
    """60 % of the values are missing."""
    column = table.column(place.column)
    lost = chosen(place, table.num_rows, 0.6)
    return replaced(table, place.column, pc.if_else(pa.array(lost), pa.scalar(None, column.type), column))


def column_ends(table: pa.Table, place: Place) -> pa.Table:
    """The column is not there."""
    return table.drop_columns([place.column])


def text(table: pa.Table, place: Place) -> pa.Table:
    """The numbers are strings."""
    return replaced(table, place.column, table.column(place.column).cast(pa.string()))


def stuck(table: pa.Table, place: Place) -> pa.Table:
    """All values are the first one."""
    values = numbers(table, place.column)
    known = values[np.isfinite(values)]
    return replaced(table, place.column, np.full(len(values), known[0] if known.size else 0.0))


def unit(table: pa.Table, place: Place) -> pa.Table:
    """Times 1.8 and 32 more."""
    return replaced(table, place.column, numbers(table, place.column) * 1.8 + 32)


def defaults(table: pa.Table, place: Place) -> pa.Table:
    """30 % of the values are 0."""
    values = numbers(table, place.column)
    values[chosen(place, len(values), 0.3)] = 0.0
    return replaced(table, place.column, values)


def outliers(table: pa.Table, place: Place) -> pa.Table:
    """1 % of the values, at least one of a window of 100, are a million times too large."""
    values = numbers(table, place.column)
    far = chosen(place, len(values), 0.01)
    values[far] = (np.abs(values[far]) + 1) * 1e6
    return replaced(table, place.column, values)


def shift(table: pa.Table, place: Place) -> pa.Table:
    """One standard deviation more."""
    values = numbers(table, place.column)
    return replaced(table, place.column, values + _spread(values))


def widen(table: pa.Table, place: Place) -> pa.Table:
    """Twice as far from the median."""
    values = numbers(table, place.column)
    middle = np.nanmedian(values) if np.isfinite(values).any() else 0.0
    return replaced(table, place.column, middle + 2 * (values - middle))


def _spread(values: np.ndarray) -> float:
    return float(np.nanstd(values)) if np.isfinite(values).any() else 0.0


def columns_swap(table: pa.Table, place: Place) -> pa.Table:
    """The column and the next one have each other's values; alone it keeps its own."""
    first, second = place.column, place.columns[1 % len(place.columns)]
    own, other = table.column(first), table.column(second)
    return replaced(replaced(table, first, other), second, own)


def unseen(table: pa.Table, place: Place) -> pa.Table:
    """30 % of the values are one new category."""
    column = table.column(place.column).cast(pa.string())
    new = chosen(place, table.num_rows, 0.3)
    return replaced(table, place.column, pc.if_else(pa.array(new), pa.scalar(NEW_CATEGORY), column))

"""One table out of many, whatever types their columns have."""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from watchkeeper.adapters._parquet_files import microseconds
from watchkeeper.serving.tables import RECORD_TYPES

__all__ = ["EMPTY", "evenly", "in_order", "one_table"]

EMPTY = pa.schema(RECORD_TYPES).empty_table()
"""No records."""


def one_table(tables: Sequence[pa.Table], names: Sequence[str]) -> pa.Table:
    """The rows of all tables in our own columns and the named ones.

    A column holds null where a table lacks it, and text when its types agree in no other way.
    """
    tables = [EMPTY, *tables]
    columns = dict.fromkeys([*RECORD_TYPES, *names])
    return pa.table({name: _joined([_column(table, name) for table in tables]) for name in columns})


def in_order(table: pa.Table) -> pa.Table:
    """The rows by time."""
    times = microseconds(table)
    sorted_already = bool((times[1:] >= times[:-1]).all())
    return table if sorted_already else table.combine_chunks().take(np.argsort(times, kind="stable"))


def evenly(times: np.ndarray, most: int) -> np.ndarray:
    """The places of at most `most` records that lie evenly among all, by time."""
    count = min(len(times), max(most, 0))
    places = np.linspace(0, len(times) - 1, count).round().astype(np.int64)
    return np.sort(np.argsort(times, kind="stable")[places])


def _column(table: pa.Table, name: str) -> pa.ChunkedArray:
    if name not in table.column_names:
        return pa.chunked_array([pa.nulls(table.num_rows)])
    column = table.column(name)
    return column.cast(column.type.value_type) if pa.types.is_dictionary(column.type) else column


def _joined(columns: Sequence[pa.ChunkedArray]) -> pa.ChunkedArray:
    try:
        return _stacked(columns)
    except (pa.ArrowInvalid, pa.ArrowTypeError):
        return _stacked([_as_text(column) for column in columns])


def _stacked(columns: Sequence[pa.ChunkedArray]) -> pa.ChunkedArray:
    tables = [pa.table({"column": column}) for column in columns]
    return pa.concat_tables(tables, promote_options="permissive").column(0)


def _as_text(column: pa.ChunkedArray) -> pa.ChunkedArray:
    try:
        return column.cast(pa.string())
    except pa.ArrowNotImplementedError:
        return pa.chunked_array([[None if value is None else str(value) for value in column.to_pylist()]], pa.string())

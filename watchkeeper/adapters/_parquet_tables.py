"""One table out of many, whatever types their columns have."""

from collections.abc import Mapping, Sequence

import numpy as np
import pyarrow as pa

from watchkeeper.adapters._parquet_files import microseconds
from watchkeeper.adapters._parquet_ids import floats
from watchkeeper.serving.tables import OPTIONAL_TYPES, RECORD_TYPES
from watchkeeper.window import Floats

__all__ = ["EMPTY", "evenly", "in_order", "one_table", "weights", "with_optional"]

EMPTY = pa.schema(RECORD_TYPES).empty_table()
"""No records."""


def one_table(
    tables: Sequence[pa.Table], names: Sequence[str], own: Mapping[str, pa.DataType] = RECORD_TYPES
) -> pa.Table:
    """The rows of all tables in our own columns and the named ones.

    A column holds null where a table lacks it, and text when its types agree in no other way.
    """
    tables = [pa.schema(own).empty_table(), *tables]
    columns = dict.fromkeys([*own, *names])
    return pa.table({name: _joined([_column(table, name) for table in tables]) for name in columns})


def with_optional(table: pa.Table) -> pa.Table:
    """A table that has the columns of `OPTIONAL_TYPES` with their defaults where they say nothing."""
    failed, place = table.column("_failed"), table.column_names.index("_failed")
    if not pa.types.is_integer(failed.type):
        failed = pa.chunked_array([pa.nulls(table.num_rows)])
    table = table.set_column(place, "_failed", failed.cast(OPTIONAL_TYPES["_failed"]))
    return table.set_column(table.column_names.index("_weight"), "_weight", pa.array(weights(table)))


def weights(table: pa.Table) -> Floats:
    """For how many records each row stands, shape (n,): never for less than itself."""
    given = floats(table.column("_weight"))
    return np.where(np.isfinite(given) & (given >= 1), given, 1.0)


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

"""Faults of whole records: lost, or put together wrongly."""

import pyarrow as pa

from watchkeeper.faults.base import Place, chosen, replaced

__all__ = ["column_shuffles", "records_end", "rows_shuffle"]


def column_shuffles(table: pa.Table, place: Place) -> pa.Table:
    """The column's values in another order: each distribution is as before."""
    order = pa.array(place.draw.permutation(table.num_rows))
    return replaced(table, place.column, table.column(place.column).take(order))


def rows_shuffle(table: pa.Table, place: Place) -> pa.Table:
    """The features of one record stand beside the id, the time and the label of another."""
    order = pa.array(place.draw.permutation(table.num_rows))
    for name in table.column_names:
        if not name.startswith("_"):
            table = replaced(table, name, table.column(name).take(order))
    return table


def records_end(table: pa.Table, place: Place) -> pa.Table:
    """Two of three records are lost."""
    return table.filter(pa.array(~chosen(place, table.num_rows, 2 / 3)))

"""Known faults, planted into copies of records to see whether they are caught.

Every fault is a pure function of a table of records (the features, the columns of `ports.records`, and `_label`), and
one row of the table below. A new fault is one function and one row.
"""

from watchkeeper.faults.answers import labels_end, labels_flip, serving_falls_back
from watchkeeper.faults.base import Fault, Place, Touches
from watchkeeper.faults.columns import (
    column_ends,
    columns_swap,
    defaults,
    nulls,
    outliers,
    shift,
    stuck,
    text,
    unit,
    unseen,
    widen,
)
from watchkeeper.faults.rows import column_shuffles, records_end, rows_shuffle
from watchkeeper.profiles import Kind

__all__ = ["FAULTS", "Fault", "Place", "Touches"]

NUMBERS = (Kind.NUMERIC,)
VALUES = (Kind.NUMERIC, Kind.CATEGORICAL, Kind.BOOLEAN, Kind.TEXT)

FAULTS = {
    fault.name: fault
    for fault in (
        Fault("nulls", "60 % of a column's values are missing", nulls, kinds=VALUES),
        Fault("column-ends", "a column is logged no more", column_ends, kinds=VALUES),
        Fault("text", "a column of numbers arrives as text", text, kinds=NUMBERS),
        Fault("stuck", "a column has one value, the last it had", stuck, kinds=NUMBERS),
        Fault("unit", "a column comes in another unit, as from degrees Celsius to Fahrenheit", unit, kinds=NUMBERS),
        Fault("defaults", "30 % of a column's values are 0, where nobody knew better", defaults, kinds=NUMBERS),
        Fault("outliers", "1 % of a column's values are a million times too large", outliers, kinds=NUMBERS),
        Fault("shift", "a column has moved by one standard deviation", shift, kinds=NUMBERS),
        Fault("widen", "a column spreads twice as far around its middle", widen, kinds=NUMBERS),
        Fault("columns-swap", "two columns of numbers have changed places", columns_swap, kinds=NUMBERS),
        Fault("unseen", "30 % of a column's values are of a new category", unseen, kinds=(Kind.CATEGORICAL,)),
        Fault("column-shuffles", "a column's values belong to other records", column_shuffles, kinds=VALUES),
        Fault("rows-shuffle", "all features belong to other records, as after a broken join", rows_shuffle),
        Fault("records-end", "two of three records are lost", records_end),
        Fault("fallback", "half of the answers are a fallback: always the same", serving_falls_back, Touches.ANSWERS),
        Fault("labels-flip", "10 % of the labels are wrong", labels_flip, Touches.LABELS),
        Fault("labels-end", "no labels come any more", labels_end, Touches.LABELS),
    )
}
"""Every fault by its name."""

"""What came later than the records: the values of late columns, each at its record."""

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

import numpy as np
import pyarrow as pa

from watchkeeper.adapters._parquet_files import Trouble
from watchkeeper.adapters._parquet_ids import floats, hashed, latest_labels
from watchkeeper.adapters._parquet_records import labels_known
from watchkeeper.serving.layout import late_part

__all__ = ["with_late"]


def with_late(
    records: pa.Table,
    columns: Sequence[str],
    folder: Callable[[str], Path],
    since: datetime,
    known_by: datetime,
    trouble: Trouble,
) -> pa.Table:
    """The records with what came later of the named columns; a column of which nothing ever came stays as it is.

    Args:
        folder: where a part of the model's files lies.
        since: when the records begin.
        known_by: what came after that does not count; of two values the later one does, and either before what the
            record itself says.
    """
    for column in columns:
        try:
            values = folder(late_part(column))
        except ValueError:
            continue  # no folder can be called so: it is no late column
        if values.is_dir():
            came = latest_labels(hashed(records.column("_id")), labels_known(values, since, known_by, trouble))
            place = records.column_names.index(column)
            known = np.where(np.isnan(came), floats(records.column(column)), came)
            records = records.set_column(place, column, pa.array(known, from_pandas=True))
    return records

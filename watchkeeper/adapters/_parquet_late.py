"""What came later than the records: the values of late columns, each at its record."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

import pyarrow as pa

from watchkeeper.adapters._parquet_files import EPOCH, TICK, Trouble, microseconds
from watchkeeper.adapters._parquet_ids import hashed, latest_labels
from watchkeeper.adapters._parquet_records import labels_known

__all__ = ["with_late"]


def with_late(records: pa.Table, folders: Mapping[str, Path], known_by: datetime, trouble: Trouble) -> pa.Table:
    """The records with what came of them in each column until a moment, from the column's folder."""
    since = EPOCH + TICK * int(microseconds(records).min()) if records.num_rows else known_by
    ids = hashed(records.column("_id"))
    for column, folder in folders.items():
        came = latest_labels(ids, labels_known(folder, since, known_by, trouble))
        values = pa.array(came, pa.float64(), from_pandas=True)
        place = records.schema.get_field_index(column)
        records = records.append_column(column, values) if place < 0 else records.set_column(place, column, values)
    return records

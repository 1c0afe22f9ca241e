"""Numbers of the business that come later than the records they belong to."""

import numpy as np
import pyarrow as pa

from watchkeeper.spec import ModelSpec
from watchkeeper.story.saying import numbers_in

__all__ = ["with_otherwise"]


def with_otherwise(spec: ModelSpec, records: pa.Table) -> pa.Table:
    """Records whose labels are due, with what the spec says of those of which no value of a late column has come."""
    for name, late in spec.late.items():
        if late.otherwise is not None and name in records.column_names:
            values = numbers_in(records, name)
            filled = np.where(np.isfinite(values), values, late.otherwise)
            records = records.set_column(records.column_names.index(name), name, pa.array(filled))
    return records

"""Pandas frames as Arrow tables, their numbers and texts as they lie in memory."""

from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["table_of"]

PLAIN = "iufb"
"""Kinds of numpy's types that Arrow reads in place."""


def table_of(frame: "pd.DataFrame") -> pa.Table:
    """The columns of a frame under their names as text; the index is left out.

    Numbers are not copied, and NaN stays NaN, which profiles count as missing. A column of objects that have no common
    type becomes text.
    """
    columns = [_column(series) for _, series in frame.items()]
    return pa.Table.from_arrays(columns, [str(name) for name in frame.columns])


def _column(series: "pd.Series[Any]") -> pa.Array | pa.ChunkedArray:
    if isinstance(series.dtype, np.dtype) and series.dtype.kind in PLAIN:
        return pa.array(series.to_numpy(), from_pandas=False)
    if hasattr(series.array, "__arrow_array__"):
        return series.array.__arrow_array__()
    try:
        return pa.array(series, from_pandas=True)
    except (pa.ArrowInvalid, pa.ArrowTypeError, pa.ArrowNotImplementedError):
        return pa.array([None if missing else str(value) for value, missing in zip(series, series.isna(), strict=True)])

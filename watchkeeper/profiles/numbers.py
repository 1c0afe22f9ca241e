"""The numbers in an Arrow column that is counted as numeric."""

import math

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from watchkeeper.profiles.profile import Kind

__all__ = ["decoded", "is_string", "missing", "numbers_of"]

SECONDS = {"s": 1, "ms": 1_000, "us": 1_000_000, "ns": 1_000_000_000}


def numbers_of(values: pa.ChunkedArray, kind: Kind) -> npt.NDArray[np.generic] | None:
    """The values as numbers, NaN where null, shape (n,); None when the column's type is wrong for its kind.

    Args:
        values: of any Arrow type.
        kind: numeric, datetime (seconds since 1970) or text (length in characters).
    """
    values = decoded(values)
    if pa.types.is_null(values.type):
        return np.full(len(values), math.nan)
    if kind is Kind.DATETIME:
        return _seconds(values)
    if kind is Kind.TEXT:
        return _lengths(values)
    return _plain(values)


def decoded(values: pa.ChunkedArray) -> pa.ChunkedArray:
    """The column without its dictionary."""
    return values.cast(values.type.value_type) if pa.types.is_dictionary(values.type) else values


def missing(values: pa.ChunkedArray) -> int:
    """How many values are null or NaN, whatever the column's type."""
    return int(pc.sum(pc.is_null(decoded(values), nan_is_null=True)).as_py() or 0)


def is_string(kind: pa.DataType) -> bool:
    """Whether this Arrow type holds text."""
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind))


def _plain(values: pa.ChunkedArray) -> npt.NDArray[np.generic] | None:
    if pa.types.is_decimal(values.type):
        values = values.cast(pa.float64())
    if not (pa.types.is_integer(values.type) or pa.types.is_floating(values.type)):
        return None
    numbers: npt.NDArray[np.generic] = values.to_numpy()
    return numbers


def _seconds(values: pa.ChunkedArray) -> npt.NDArray[np.generic] | None:
    if pa.types.is_date(values.type):
        values = values.cast(pa.timestamp("ms"))
    if not pa.types.is_timestamp(values.type):
        return None
    ticks = values.cast(pa.int64()).to_numpy()
    seconds: npt.NDArray[np.float64] = ticks / SECONDS[values.type.unit]
    return seconds


def _lengths(values: pa.ChunkedArray) -> npt.NDArray[np.generic] | None:
    if not is_string(values.type):
        return None
    lengths: npt.NDArray[np.generic] = pc.utf8_length(values.cast(pa.large_string())).to_numpy()
    return lengths

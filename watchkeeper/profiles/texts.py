"""Texts counted by looking them up among those that the first rows hold, which is twice as fast as counting afresh."""

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

__all__ = ["tally"]

FIRST = 16_384
"""Values whose texts are learned; shorter columns are counted afresh."""

MANY = 2_048
"""With more different texts than this among the first values, most of the others will be new as well."""

BLOCK = 65_536
"""Values looked up at a time, so that their codes stay in the processor's cache."""

Tally = tuple[pa.Array, npt.NDArray[np.int64]]


def tally(values: pa.ChunkedArray) -> Tally:
    """The distinct texts, null perhaps among them, and how often each occurs; a text may stand there twice."""
    if pa.types.is_string_view(values.type):  # Arrow 26 looks none up, and counts null among the empty ones
        values = values.cast(pa.large_string())
    if len(values) < 2 * FIRST:
        return afresh(values)
    names = pc.unique(values.slice(0, FIRST)).drop_null()
    return afresh(values) if len(names) > MANY else _looked_up(values, names)


def afresh(values: pa.ChunkedArray) -> Tally:
    """The distinct values of any type that can be counted, and how often each occurs.

    Raises:
        pyarrow.ArrowNotImplementedError: values of this type cannot be counted.
    """
    found = pc.value_counts(values)
    return found.field("values"), found.field("counts").to_numpy()


def _looked_up(values: pa.ChunkedArray, names: pa.Array) -> Tally:
    counts = np.zeros(len(names), np.int64)
    strange: list[pa.Array] = []
    for chunk in values.chunks:
        for start in range(0, len(chunk), BLOCK):
            block = chunk.slice(start, BLOCK)
            codes = pc.index_in(block, value_set=names)
            if codes.null_count:
                strange.append(block.filter(codes.is_null()))
                codes = codes.drop_null()
            counts += np.bincount(codes.to_numpy(), minlength=len(names))
    others, more = afresh(pa.chunked_array(strange, values.type))
    return pa.concat_arrays([names, others]), np.concatenate([counts, more])

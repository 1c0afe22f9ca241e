"""Tables for profiles, drawn and made."""

import numpy as np
import pyarrow as pa
from hypothesis import strategies as st

from watchkeeper.profiles import Grid, Kind, Profile, profile_batches

KINDS = {
    "number": Kind.NUMERIC,
    "letter": Kind.CATEGORICAL,
    "flag": Kind.BOOLEAN,
    "note": Kind.TEXT,
}
GRIDS = {"number": Grid(10.0, 2.0), "note": Grid(3.0, 1.0)}

numbers = st.none() | st.integers(-1000, 1000).map(float) | st.floats(allow_nan=True, allow_infinity=True, width=32)
letters = st.none() | st.sampled_from(["a", "b", "c", "d", "e"])


@st.composite
def tables(draw: st.DrawFn) -> pa.Table:
    """Up to eight rows; any column but one may be absent, and the numbers may come as strings."""
    size = draw(st.integers(0, 8))
    column = lambda values: draw(st.lists(values, min_size=size, max_size=size))
    columns = {
        "number": pa.array(column(numbers), pa.float64()),
        "letter": pa.array(column(letters), pa.string()),
        "flag": pa.array(column(st.none() | st.booleans()), pa.bool_()),
        "note": pa.array(column(st.none() | st.text("xyz", max_size=5)), pa.string()),
    }
    if draw(st.booleans()):
        columns["number"] = columns["number"].cast(pa.string())
    if draw(st.booleans()):
        columns["letter"] = columns["letter"].dictionary_encode()
    for name in draw(st.sets(st.sampled_from(["number", "flag", "note"]), max_size=2)):
        del columns[name]
    return pa.table(columns)


def profile(*batches: pa.Table | pa.RecordBatch) -> Profile:
    """The profile of tables as drawn above."""
    return profile_batches(batches, KINDS, GRIDS)


def numeric(values: object, grid: Grid | None = None) -> Profile:
    """A profile of one numeric column `x`."""
    array = values if isinstance(values, pa.Array | pa.ChunkedArray) else pa.array(np.asarray(values))
    return profile_batches([pa.table({"x": array})], {"x": Kind.NUMERIC}, {"x": grid or Grid()})


def categorical(values: object) -> Profile:
    """A profile of one categorical column `x`."""
    array = values if isinstance(values, pa.Array | pa.ChunkedArray) else pa.array(values)
    return profile_batches([pa.table({"x": array})], {"x": Kind.CATEGORICAL}, {})

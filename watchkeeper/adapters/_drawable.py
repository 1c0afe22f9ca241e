"""Columns as pictures can take them: two numbers' or two names' columns, without what breaks a picture."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from watchkeeper.profiles import Kind

__all__ = ["Undrawable", "column_of", "drawable", "thinned"]

MOST_CATEGORIES = 20
"""More bars are not read, and drawing them takes time that grows with their square."""

OTHER = "(other)"

NUMBER = r"^\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\s*$"


class Undrawable(Exception):
    """The reason why a column cannot be drawn, as the end of a sentence that begins with its name."""


def column_of(table: pa.Table, name: str, sample: str) -> pa.Array:
    """The one column of this name; a record's `_prediction` stands for `prediction`."""
    places = table.schema.get_all_field_indices(name) or table.schema.get_all_field_indices(f"_{name}")
    if len(places) != 1:
        raise Undrawable(f"is in the {sample} twice" if places else f"is not in the {sample}")
    column = table.column(places[0]).combine_chunks()
    return column.dictionary_decode() if pa.types.is_dictionary(column.type) else column


def thinned(table: pa.Table, most: int) -> pa.Table:
    """At most so many rows, spread evenly."""
    return table if table.num_rows <= most else table.take(np.linspace(0, table.num_rows - 1, most).astype(np.int64))


def drawable(baseline: pa.Array, window: pa.Array, kind: Kind) -> tuple[pa.Array, pa.Array]:
    """Both columns as finite float64 or as strings of few categories, nulls where there is nothing to draw.

    Raises:
        Undrawable: when one of them holds nothing that can be drawn as this kind.
    """
    try:
        both = _as_kind(baseline, kind), _as_kind(window, kind)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError, pa.ArrowTypeError) as error:
        raise Undrawable(f"holds {baseline.type} and {window.type}, not {kind} values: {error}") from error
    for sample, column in zip(("baseline", "window"), both, strict=True):
        if column.null_count == len(column):
            raise Undrawable(f"has no {kind} value in the {sample}")
    return _few(*both) if pa.types.is_string(both[0].type) else both


def _as_kind(column: pa.Array, kind: Kind) -> pa.Array:
    if kind in (Kind.CATEGORICAL, Kind.BOOLEAN):
        return column.cast(pa.string())
    if kind is Kind.TEXT:
        return pc.utf8_length(column.cast(pa.string())).cast(pa.float64())
    if kind is Kind.DATETIME and not pa.types.is_floating(column.type):
        return pc.divide(column.cast(pa.timestamp("us", "UTC")).cast(pa.int64()).cast(pa.float64()), 1e6)
    return _finite(column)


def _finite(column: pa.Array) -> pa.Array:
    """Numbers, and text that reads as numbers; infinities and everything else become null."""
    if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
        reads = pc.match_substring_regex(column, NUMBER)
        column = pc.utf8_trim_whitespace(pc.if_else(reads, column, pa.scalar(None, column.type)))
    if pa.types.is_boolean(column.type):
        column = column.cast(pa.uint8())
    numbers = column.cast(pa.float64(), safe=False)
    return pc.if_else(pc.is_finite(numbers), numbers, pa.scalar(None, pa.float64()))


def _few(baseline: pa.Array, window: pa.Array) -> tuple[pa.Array, pa.Array]:
    """The categories with the largest share in either sample, and one for all others."""
    shares: dict[str, float] = {}
    for column in (baseline, window):
        for entry in column.drop_null().value_counts().to_pylist():
            share = entry["counts"] / len(column)
            shares[entry["values"]] = max(share, shares.get(entry["values"], 0.0))
    if len(shares) <= MOST_CATEGORIES:
        return baseline, window
    kept = pa.array(sorted(shares, key=lambda name: (-shares[name], name))[:MOST_CATEGORIES])
    return _renamed(baseline, kept), _renamed(window, kept)


def _renamed(column: pa.Array, kept: pa.Array) -> pa.Array:
    others = pc.and_(pc.is_valid(column), pc.invert(pc.is_in(column, value_set=kept)))
    return pc.if_else(others, OTHER, column)

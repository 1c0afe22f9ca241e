"""Profiles from rows: one pass, in bounded memory, on Arrow's columns as they are."""

import itertools
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import partial

import numpy as np
import pyarrow as pa

from watchkeeper.profiles.categories import category_counts
from watchkeeper.profiles.numbers import missing, numbers_of
from watchkeeper.profiles.profile import (
    LEAST_SCALE,
    MOST_SCALE,
    CategoricalColumn,
    Column,
    Grid,
    Kind,
    NumericColumn,
    Profile,
)
from watchkeeper.profiles.segments import Segments
from watchkeeper.profiles.tallying import count_numbers

__all__ = ["fit_grids", "profile_batches"]

ENOUGH, MOST_ROWS = 2**20, 2**20
"""Small batches of one schema are counted together until they have so many values (8 MB), large ones in slices."""

PIECES = 8
"""So many counted pieces are added in one go; those of a wide table take some 3 MB each."""

GRID_SAMPLE = 32_768
"""A grid is fitted on at most so many values, evenly spread over the column: its quartiles then err by one percent."""

CATEGORIES = (Kind.CATEGORICAL, Kind.BOOLEAN)


def profile_batches(
    batches: Iterable[pa.RecordBatch | pa.Table],
    kinds: Mapping[str, Kind],
    grids: Mapping[str, Grid],
    segments: Segments | None = None,
) -> Profile:
    """Counts of the named columns over all batches, read once.

    NaN counts as null. What is not of the column's kind counts as wrong and never raises: in a numeric column all but
    numbers (strings of digits and booleans too), in a boolean one all but booleans, 0 and 1, in a datetime one all but
    dates and timestamps (those without a zone are read as UTC), in a text all but strings. Categories may be strings,
    whole numbers (12 and 12.0 are both "12"), booleans or dates. An Arrow column of nulls is missing in every kind.

    Args:
        batches: of any schema each; a column that a batch does not have counts in `absent`, others are passed over.
        kinds: of the columns to count.
        grids: of the numeric ones, as `fit_grids` gives them; without one the bins are finest around 0.
        segments: also counted apart, in the same pass; a segment without a row is there too, and empty.
    """
    nothing = Profile(0, {name: _empty(kind, grids.get(name, Grid())) for name, kind in kinds.items()})
    if segments:
        nothing = replace(nothing, segments=dict.fromkeys(segments.names, nothing))
    count = partial(_profile_of, kinds=kinds, grids=grids, segments=segments)
    pieces = map(count, _pieces(batches))  # which, unlike a loop's variable, lets go of a piece before the next is read
    return _total(nothing, pieces)


def _total(whole: Profile, pieces: Iterator[Profile]) -> Profile:
    while some := tuple(itertools.islice(pieces, PIECES)):
        whole = Profile.total((whole, *some))
    return whole


def _empty(kind: Kind, grid: Grid) -> Column:
    return CategoricalColumn({}) if kind in CATEGORIES else NumericColumn.empty(grid)


def _pieces(batches: Iterable[pa.RecordBatch | pa.Table]) -> Iterator[pa.Table]:
    """The rows of all batches in tables of a size that is fast to count."""
    waiting: list[pa.Table] = []
    for batch in batches:
        table = pa.Table.from_batches([batch]) if isinstance(batch, pa.RecordBatch) else batch
        full = sum(t.num_rows for t in waiting) * table.num_columns >= ENOUGH
        if waiting and (full or waiting[0].schema != table.schema):
            yield from _sliced(waiting)
            waiting = []
        waiting.append(table)
    yield from _sliced(waiting)


def _sliced(tables: list[pa.Table]) -> Iterator[pa.Table]:
    if not tables:
        return
    whole = pa.concat_tables(tables)
    for start in range(0, whole.num_rows, MOST_ROWS):
        yield whole.slice(start, MOST_ROWS)


def _profile_of(
    table: pa.Table, kinds: Mapping[str, Kind], grids: Mapping[str, Grid], segments: Segments | None = None
) -> Profile:
    if segments:
        parts = {name: _profile_of(part, kinds, grids) for name, part in segments.split(table) if part.num_rows}
        return replace(Profile.total(parts.values()), segments=parts)
    columns: dict[str, Column] = {}
    absent: dict[str, int] = {}
    for name, kind in kinds.items():
        places = table.schema.get_all_field_indices(name)
        if places:
            columns[name] = _count(table.column(places[0]), kind, grids.get(name, Grid()))
        else:
            absent[name] = table.num_rows
    return Profile(table.num_rows, columns, absent)


def _count(values: pa.ChunkedArray, kind: Kind, grid: Grid) -> Column:
    if kind in CATEGORIES:
        return category_counts(values, kind)
    numbers = numbers_of(values, kind)
    if numbers is None:
        nulls = missing(values)
        return NumericColumn.empty(grid, nulls=nulls, wrong=len(values) - nulls)
    return count_numbers(numbers, grid)


def fit_grids(table: pa.Table, kinds: Mapping[str, Kind]) -> dict[str, Grid]:
    """A grid for every column that is counted as numbers, fitted on its finite values.

    The center is the median; the scale the distance between the quartiles, or the standard deviation when that is 0,
    or the size of the median, at least 1. A column without numbers, or that the table does not have, gets `Grid()`.
    """
    numeric = [name for name, kind in kinds.items() if kind not in CATEGORIES]
    return {name: _fit(table, name, kinds[name]) for name in numeric}


def _fit(table: pa.Table, name: str, kind: Kind) -> Grid:
    places = table.schema.get_all_field_indices(name)
    numbers = numbers_of(_spread(table.column(places[0])), kind) if places else None
    if numbers is None:
        return Grid()
    sample = numbers.astype(np.float64)
    sample = sample[np.isfinite(sample)]
    return _grid_around(sample) if sample.size else Grid()


def _spread(values: pa.ChunkedArray) -> pa.ChunkedArray:
    step = -(-len(values) // GRID_SAMPLE)
    return values.take(pa.array(np.arange(0, len(values), step))) if step > 1 else values


def _grid_around(sample: np.ndarray) -> Grid:
    low, center, high = (float(q) for q in np.quantile(sample, [0.25, 0.5, 0.75]))
    with np.errstate(over="ignore", invalid="ignore"):
        spreads = (high - low, float(sample.std()))
    usable = [s for s in spreads if LEAST_SCALE <= s <= MOST_SCALE]
    return Grid(center, usable[0] if usable else min(max(abs(center), 1.0), MOST_SCALE))

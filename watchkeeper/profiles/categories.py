"""The categories in an Arrow column, counted by their codes."""

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from watchkeeper.profiles import texts
from watchkeeper.profiles.merging import MOST_CATEGORIES
from watchkeeper.profiles.numbers import is_string, missing
from watchkeeper.profiles.profile import CategoricalColumn, Kind

__all__ = ["category_counts", "category_names"]

BOOLEANS = {"true": "true", "false": "false", "1": "true", "0": "false"}


def category_counts(values: pa.ChunkedArray, kind: Kind) -> CategoricalColumn:
    """Counts by category; those beyond the most frequent `MOST_CATEGORIES` are `other`.

    Args:
        values: of any Arrow type; a dictionary is counted by its codes.
        kind: categorical or boolean.
    """
    if pa.types.is_null(values.type):
        return CategoricalColumn({}, nulls=len(values))
    names, counts = _tally(values)
    told = _as_text(names, kind)
    if told is None:
        nulls = missing(values)
        return CategoricalColumn({}, nulls=nulls, wrong=len(values) - nulls)
    return _booleans(told, counts) if kind is Kind.BOOLEAN else _categories(told, counts)


def _tally(values: pa.ChunkedArray) -> tuple[pa.Array, npt.NDArray[np.int64]]:
    """The distinct values, null perhaps among them, and how often each occurs."""
    if pa.types.is_dictionary(values.type):
        return _tally_codes(values.combine_chunks())
    try:
        return texts.tally(values) if is_string(values.type) else texts.afresh(values)
    except pa.ArrowNotImplementedError:  # a type that cannot be counted, such as a list, is no category either
        return pa.array([], values.type), np.empty(0, np.int64)


def _tally_codes(values: pa.DictionaryArray | pa.ChunkedArray) -> tuple[pa.Array, npt.NDArray[np.int64]]:
    """Counts by code; a code's name may itself be null, and null may have no code."""
    array = values.chunk(0) if isinstance(values, pa.ChunkedArray) else values
    codes = array.indices.fill_null(len(array.dictionary)) if array.indices.null_count else array.indices
    counts = np.bincount(codes.to_numpy(), minlength=len(array.dictionary) + 1)
    names = pa.concat_arrays([array.dictionary, pa.nulls(1, array.dictionary.type)])
    return names, counts.astype(np.int64)


def _as_text(names: pa.Array, kind: Kind) -> pa.Array | None:
    """The names as strings, null where missing; None when they cannot name a category of this kind."""
    type_ = names.type
    if pa.types.is_floating(type_):
        names = pc.if_else(pc.is_nan(names), pa.scalar(None, type_), names)
    number = pa.types.is_integer(type_) or pa.types.is_floating(type_) or pa.types.is_boolean(type_)
    textual = is_string(type_) or pa.types.is_date(type_) or pa.types.is_timestamp(type_) or pa.types.is_decimal(type_)
    if not (number or (textual and kind is Kind.CATEGORICAL)):
        return None
    return names.cast(pa.large_string())


def category_names(values: pa.Array, kind: Kind) -> list[str | None]:
    """The category of each value, shape (n,), by the name under which it is counted; None where it has none."""
    names = _as_text(values, kind)
    told: list[str | None] = [None] * len(values) if names is None else names.to_pylist()
    return [BOOLEANS.get(text or "") for text in told] if kind is Kind.BOOLEAN else told


def _booleans(names: pa.Array, counts: npt.NDArray[np.int64]) -> CategoricalColumn:
    told: dict[str, int] = {}
    nulls = wrong = 0
    for name, count in zip(names.to_pylist(), counts.tolist(), strict=True):
        if name is None:
            nulls += count
        elif name in BOOLEANS:
            told[BOOLEANS[name]] = told.get(BOOLEANS[name], 0) + count
        else:
            wrong += count
    return CategoricalColumn({name: count for name, count in told.items() if count}, 0, nulls, wrong)


def _categories(names: pa.Array, counts: npt.NDArray[np.int64]) -> CategoricalColumn:
    if len(names) > MOST_CATEGORIES:
        return _most_frequent(names, counts)
    told: dict[str | None, int] = {}
    for name, count in zip(names.to_pylist(), counts.tolist(), strict=True):
        told[name] = told.get(name, 0) + count
    nulls = told.pop(None, 0)
    return CategoricalColumn({name: count for name, count in told.items() if name is not None and count}, nulls=nulls)


def _most_frequent(names: pa.Array, counts: npt.NDArray[np.int64]) -> CategoricalColumn:
    valid = names.is_valid().to_numpy(zero_copy_only=False)
    nulls, every = int(counts[~valid].sum()), int(counts[valid].sum())
    table = pa.table({"name": names, "count": counts}).filter(pc.and_(names.is_valid(), pc.greater(counts, 0)))
    table = table.group_by("name").aggregate([("count", "sum")])
    if table.num_rows > MOST_CATEGORIES:
        order = [("count_sum", "descending"), ("name", "ascending")]
        table = table.take(pc.select_k_unstable(table, MOST_CATEGORIES, order))
    kept = dict(zip(table["name"].to_pylist(), table["count_sum"].to_pylist(), strict=True))
    return CategoricalColumn(kept, other=every - sum(kept.values()), nulls=nulls)

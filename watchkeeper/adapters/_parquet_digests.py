"""What tells whether files hold the same rows."""

import hashlib
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from watchkeeper.adapters._parquet_ids import Mask, hashed

__all__ = ["DIGEST", "digest_of", "first_of_each", "ids_in", "same_rows"]

DIGEST = b"watchkeeper.digest"
"""In a compacted file's footer: what `digest_of` said of the files it is made of."""

PIECE = 2**16


def ids_in(file: Path) -> pa.ChunkedArray:
    """The ids of a file's rows, as text."""
    with pq.ParquetFile(file, page_checksum_verification=True) as opened:
        return opened.read(["_id"]).column(0).cast(pa.string())


def digest_of(ids: Iterable[pa.ChunkedArray]) -> str:
    """How many rows there are and a SHA-256 over their ids in order, `1234 5e5e...`, given those of each file."""
    whole = pa.chunked_array([chunk for column in ids for chunk in column.chunks], pa.string())
    known = whole.drop_null()
    ordered = known.take(pc.sort_indices(known))
    digest = hashlib.sha256(str(whole.null_count).encode())
    for start in range(0, len(ordered), PIECE):
        piece = ordered.slice(start, PIECE).to_pylist()
        digest.update(b"".join(len(text := name.encode()).to_bytes(4, "big") + text for name in piece))
    return f"{len(whole)} {digest.hexdigest()}"


def first_of_each(files: Sequence[Path]) -> dict[Path, Mask]:
    """By file, which of its rows are the first of their id among all files in this order; rows without an id are."""
    hashes = {file: hashed(ids_in(file)) for file in files}
    found, often = np.unique(np.concatenate([np.empty(0, np.int64), *hashes.values()]), return_counts=True)
    seen: set[str] = set()
    return {file: _first(file, np.isin(mine, found[often > 1]), seen) for file, mine in hashes.items()}


def _first(file: Path, doubtful: Mask, seen: set[str]) -> Mask:
    """Which rows of a file are first; only ids whose hash occurs elsewhere can be anything else."""
    first, places = np.ones(len(doubtful), bool), np.flatnonzero(doubtful)
    ids = ids_in(file).take(pa.array(places)).to_pylist() if len(places) else []
    for place, name in zip(places, ids, strict=True):
        first[place] = name is None or name not in seen
        seen.update([name] if name is not None else [])
    return first


def same_rows(one: pa.Table, other: pa.Table) -> bool:
    """Whether two tables hold the same values of the same types in the same order; NaN is the same as NaN."""
    alike = one.schema.equals(other.schema) and one.num_rows == other.num_rows
    return alike and all(map(_same, one.columns, other.columns))


def _same(one: pa.ChunkedArray, other: pa.ChunkedArray) -> bool:
    if one.equals(other):
        return True
    if pa.types.is_floating(one.type):
        return one.is_null().equals(other.is_null()) and np.array_equal(
            one.to_numpy(), other.to_numpy(), equal_nan=True
        )
    return repr(one.to_pylist()) == repr(other.to_pylist())

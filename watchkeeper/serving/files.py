"""One table as one Parquet file, named by its first time and its content. Imports pyarrow."""

import hashlib
from collections.abc import Collection
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from watchkeeper.serving.layout import arriving, settle

__all__ = ["UNIQUE", "file_of", "put_file", "write_parquet"]

UNIQUE = {b"watchkeeper.ids": b"unique"}
"""What stands in a file's footer when no id occurs in it twice."""

GROUP = 2**17
"""Rows of a row group: what a reader may skip at once."""

PAGE = 2**17
"""Bytes of a page: a reader holds one of every column and its dictionary at once, so that they should be small."""

RANGED = ("_id", "_at")
"""Columns whose smallest and largest values stand in the footer: readers ask for no others, and they cost time."""


def file_of(table: pa.Table) -> tuple[str, bytes]:
    """The name and the content of the file of a table with `_id` and `_at`; the same table has the same file."""
    stream, marked = pa.BufferOutputStream(), _marked(table)
    write_parquet(marked, stream)
    content = stream.getvalue().to_pybytes()
    return _name(marked, hashlib.sha256(content).hexdigest()), content


def put_file(table: pa.Table, folder: Path) -> None:
    """Write the file of a table of any size into a folder, if it is not there yet; OSError when the disk says no."""
    marked = _marked(table)
    with arriving(folder) as draft:
        write_parquet(marked, draft)
        with draft.open("rb") as content:
            target = folder / _name(marked, hashlib.file_digest(content, "sha256").hexdigest())
        if not target.exists():
            settle(draft, target)


def _marked(table: pa.Table) -> pa.Table:
    """The table in one piece, with `UNIQUE` when it is; what is part of a table that is so is not counted again."""
    ids = table.column("_id")
    distinct = table.schema.metadata == UNIQUE or pc.count_distinct(ids).as_py() == len(ids)
    return table.combine_chunks().replace_schema_metadata(UNIQUE if distinct else None)


def write_parquet(table: pa.Table, where: Any, encoded: Collection[str] = ()) -> None:  # noqa: ANN401 - path or stream
    """Write a table as all our files are written; with a dictionary for the columns named, and those that repeat."""
    pq.write_table(
        table,
        where,
        row_group_size=GROUP,
        compression="zstd",
        use_dictionary=[field.name for field in table.schema if _repeats(field) or field.name in encoded],
        write_statistics=list(RANGED),
        data_page_size=PAGE,
        dictionary_pagesize_limit=PAGE,
        write_page_checksum=True,
    )


def _repeats(field: pa.Field) -> bool:
    """Whether a column is likely to hold its values many times: ids and fractions do not, and gain by no dictionary."""
    return field.name != "_id" and not pa.types.is_floating(field.type)


def _name(table: pa.Table, digest: str) -> str:
    """Sorts by the time of the first record within the day; equal content has an equal name."""
    return f"{pc.min(table.column('_at')).as_py():%H%M%S%f}-{digest[:24]}.parquet"

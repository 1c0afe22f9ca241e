"""The rows of Parquet files, read in pieces, so that a window may be larger than memory."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from watchkeeper.adapters._parquet_files import Span, footer_of, is_text, microseconds, those
from watchkeeper.serving.tables import MICROSECOND

__all__ = ["read_within"]

FEWEST, MOST, VALUES = 2**12, 2**16, 2**18
"""Rows that are read at once, at least and at most; of a wide file so many that they have this many values (2 MB)."""

TURNS = 8
"""After so many readings, what Arrow has freed goes back to the system, or it keeps more than it needs."""

BUFFER = 2**16
"""Bytes of a column that are read ahead; without such a bound Arrow reads a row group's whole column first."""


def read_within(path: Path, names: Sequence[str], span: Span, needed: Sequence[str]) -> Iterator[pa.Table]:
    """The rows of a file within a span: those of the named columns that it has, in the order of the names.

    Texts come as dictionaries, all but the ids; `_at` must be among the names, and comes in microseconds.
    """
    footer = footer_of(path, needed)
    schema = footer.schema.to_arrow_schema()
    present = [name for name in dict.fromkeys(names) if name in schema.names]
    texts = [name for name in present if name != "_id" and is_text(schema.field(name).type)]
    rows = min(max(VALUES // len(present), FEWEST), MOST)
    with pq.ParquetFile(
        path,
        metadata=footer,
        read_dictionary=texts,
        pre_buffer=False,
        buffer_size=BUFFER,
        page_checksum_verification=True,
    ) as file:
        groups = [group for group in range(footer.num_row_groups) if _overlaps(footer.row_group(group), span)]
        many = footer.num_rows > rows
        for turn, batch in enumerate(file.iter_batches(rows, row_groups=groups, columns=present, use_threads=many), 1):
            yield _within(pa.Table.from_batches([batch]).select(present), span)
            if turn % TURNS == 0:
                pa.default_memory_pool().release_unused()


def _overlaps(group: pq.RowGroupMetaData, span: Span) -> bool:
    """Whether a row group may hold rows of a span; one without statistics may."""
    for place in range(group.num_columns):
        column = group.column(place)
        if column.path_in_schema == "_at" and column.statistics and column.statistics.has_min_max:
            low, high = (Span.of(moment, moment).start for moment in (column.statistics.min, column.statistics.max))
            return low < span.end and high >= span.start
    return True


def _within(table: pa.Table, span: Span) -> pa.Table:
    at = microseconds(table)
    table = table.set_column(
        table.schema.get_field_index("_at"), "_at", table.column("_at").cast(MICROSECOND, safe=False)
    )
    return those(table, (at >= span.start) & (at < span.end))

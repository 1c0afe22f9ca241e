"""A CSV or Parquet file, a table or a data frame, read piece by piece. Imports pyarrow."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq

__all__ = ["Source", "source_of"]

PIECE = 2**18
"""Rows that are read at once."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where labels come from.

    Attributes:
        where: its name, for messages.
        names: of its columns.
        known: when it was written.
        pieces: gives the named columns piece by piece, from the beginning at every call.
    """

    where: str
    names: tuple[str, ...]
    known: datetime
    pieces: Callable[[Sequence[str]], Iterator[pa.Table]]


def source_of(labels: Any) -> Source:  # noqa: ANN401 - a path, an Arrow table, or a data frame of pandas or polars
    """The source in a path or a table. Raises ValueError for what is neither, or cannot be read."""
    if isinstance(labels, str | Path):
        return _file(Path(labels))
    table = _table(labels)

    def pieces(names: Sequence[str]) -> Iterator[pa.Table]:
        chosen = table.select(list(names))
        return (chosen.slice(start, PIECE) for start in range(0, chosen.num_rows, PIECE))

    return Source("the table", tuple(table.column_names), datetime.now(UTC), pieces)


def _file(path: Path) -> Source:
    readers = {".csv": (_names_of_csv, _csv), ".parquet": (_names_of_parquet, _parquet)}
    if path.suffix not in readers:
        raise ValueError(f"{path}: its name ends neither in .csv nor in .parquet")
    known = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    names, read = readers[path.suffix]
    with _told_of(path):
        return Source(str(path), tuple(names(path)), known, lambda chosen: read(path, chosen))


def _table(labels: Any) -> pa.Table:  # noqa: ANN401 - the same
    if isinstance(labels, pa.Table):
        return labels
    if hasattr(labels, "to_arrow"):  # polars
        return labels.to_arrow()
    if type(labels).__module__.partition(".")[0] == "pandas":
        return pa.Table.from_pandas(labels, preserve_index=False)
    raise ValueError(f"labels come in a .csv or .parquet file, an Arrow table or a data frame, not {type(labels)}")


QUOTED = pa.csv.ParseOptions(newlines_in_values=True)
"""A quoted cell may hold line breaks."""


def _names_of_csv(path: Path) -> Sequence[str]:
    with pa.csv.open_csv(path, parse_options=QUOTED) as reader:
        return list(reader.schema.names)


def _csv(path: Path, names: Sequence[str]) -> Iterator[pa.Table]:
    """Every value as text: what it means is for `importable` to say, row by row."""
    texts = pa.csv.ConvertOptions(include_columns=list(names), column_types=dict.fromkeys(names, pa.string()))
    with _told_of(path), pa.csv.open_csv(path, parse_options=QUOTED, convert_options=texts) as reader:
        for batch in reader:
            yield pa.Table.from_batches([batch])


def _names_of_parquet(path: Path) -> Sequence[str]:
    return list(pq.read_schema(path).names)


def _parquet(path: Path, names: Sequence[str]) -> Iterator[pa.Table]:
    with _told_of(path), pq.ParquetFile(path) as file:
        for batch in file.iter_batches(PIECE, columns=list(names)):
            yield pa.Table.from_batches([batch])


@contextmanager
def _told_of(path: Path) -> Iterator[None]:
    try:
        yield
    except pa.ArrowInvalid as error:
        raise ValueError(f"{path}: {error}") from error

"""How labels come out of files and tables, and into the store. Imports pyarrow: not for a serving host's start."""

import hashlib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pyarrow as pa

from watchkeeper.serving.importable import Reading, labels_of
from watchkeeper.serving.layout import LABELS
from watchkeeper.serving.sinks import sink_at
from watchkeeper.serving.tables import parcels
from watchkeeper.serving.tabular import Source

__all__ = ["IMPORTS", "imported"]

IMPORTS = "imports"
"""The folder of a model in which an empty file stands for every import that came to its end."""

Told = Callable[[int], None]


def imported(place: str, source: Source, reading: Reading, told: Told) -> int:
    """Write labels into a model's place unless they were written before; how many."""
    mark = f"{IMPORTS}/{_digest(source, reading, told)}"
    sink, written = sink_at(place), 0
    if sink.has(mark):
        return 0
    for piece in _pieces(source, reading, told):
        for parcel in parcels(reading.part, piece):
            sink.put(parcel.path, parcel.content)
        written += piece.num_rows
    sink.put(mark, f"{written} labels, {datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}\n".encode())
    return written


def _pieces(source: Source, reading: Reading, told: Told) -> Iterator[pa.Table]:
    row = 1
    for piece in source.pieces(reading.chosen):
        yield labels_of(piece, reading, row)
        row += piece.num_rows
        told(piece.num_rows)


def _digest(source: Source, reading: Reading, told: Told) -> str:
    """What is the same for the same labels; the times are theirs only where a column says them."""
    digest = hashlib.sha256(b"" if reading.part == LABELS else reading.part.encode())
    for piece in _pieces(source, reading, told):
        digest.update("\0".join(piece["_id"].to_pylist()).encode())
        digest.update(piece["_label"].to_numpy().tobytes())
        if reading.names["at"]:
            digest.update(piece["_at"].cast(pa.int64()).to_numpy().tobytes())
    return digest.hexdigest()

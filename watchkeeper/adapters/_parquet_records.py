"""The records of a span out of the files of its days: each once, or so that each counts for equally many requests."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path

import pyarrow as pa

from watchkeeper.adapters._parquet_files import EPOCH, TICK, Span, Trouble, day_files, those
from watchkeeper.adapters._parquet_ids import Seen, Source
from watchkeeper.adapters._parquet_reading import read_within
from watchkeeper.adapters._parquet_weights import EVEN, WEIGHT, Weights, weights_of
from watchkeeper.serving.tables import LABEL_TYPES

__all__ = ["counted", "labels_known", "once_each", "weighed"]

DAY = 86_400_000_000


def once_each(sources: Sequence[Source], names: Sequence[str], span: Span, trouble: Trouble) -> Iterator[pa.Table]:
    """The records of a span, each once."""
    seen = Seen()
    for source in sources:
        with trouble.around(source.path):
            wanted = [*names, "_id"] if source.doubtful else names
            for table in read_within(source.path, wanted, span, ["_at"]):
                kept = those(table, seen.fresh(table.column("_id"))) if source.doubtful else table
                yield kept if "_id" in names or not source.doubtful else kept.drop_columns("_id")


def weighed(sources: Sequence[Source], span: Span, trouble: Trouble) -> Weights:
    """What the weights of a span's records are together; nothing is read where no file has weights."""
    if not any(source.weighted for source in sources):
        return EVEN
    return weights_of(once_each(sources, ["_at", WEIGHT], span, trouble))


def counted(
    sources: Sequence[Source], names: Sequence[str], span: Span, trouble: Trouble, weights: Weights
) -> Iterator[pa.Table]:
    """The records of a span, each as often as it counts."""
    if weights.even:
        return once_each(sources, names, span, trouble)
    return weights.evened(once_each(sources, [*names, "_id", WEIGHT], span, trouble))


def labels_known(folder: Path, since: datetime, known_by: datetime, trouble: Trouble) -> Iterator[pa.Table]:
    """The labels of records from `since` on; a day more, for the clocks of two machines."""
    span = Span((since - EPOCH) // TICK - DAY, (known_by - EPOCH) // TICK + 1)
    for path in day_files(folder, span):
        with trouble.around(path):
            yield from read_within(path, [*LABEL_TYPES], span, [*LABEL_TYPES])

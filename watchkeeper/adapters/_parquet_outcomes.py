"""Which records count as outcomes, and what becomes of them when they meet their labels."""

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from watchkeeper.adapters._parquet_files import Span, microseconds
from watchkeeper.adapters._parquet_ids import floats
from watchkeeper.ports.records import Look
from watchkeeper.window import Floats, Outcomes

__all__ = ["asked_about", "joined"]


def joined(look: Look, answers: Floats, labels: Floats, places: npt.NDArray[np.int64]) -> Outcomes:
    """The outcomes of all records, and of each segment; `places` says whose each record is."""
    whole = ~np.isnan(np.column_stack([answers, labels])).any(axis=1)
    parts = {}
    for place, name in enumerate(look.segments.names if look.segments else ()):
        mine = places == place
        parts[name] = Outcomes(
            look.outcomes, answers[whole & mine], labels[whole & mine], int(mine.sum()), look.problem
        )
    return Outcomes(look.outcomes, answers[whole], labels[whole], len(labels), look.problem, parts)


def asked_about(table: pa.Table, look: Look) -> npt.NDArray[np.bool_]:
    """Which records count as outcomes, shape (n,)."""
    at, counts = microseconds(table), np.ones(table.num_rows, bool)
    if look.version is not None:
        counts &= _numbers(table, "_version") == look.version
    for span in (Span.of(interval.start, interval.end) for interval in look.without):
        counts &= (at < span.start) | (at >= span.end)
    return counts


def _numbers(table: pa.Table, name: str) -> Floats:
    """The numbers of a column, NaN everywhere when the table does not have it."""
    return floats(table.column(name)) if name in table.column_names else np.full(table.num_rows, np.nan)

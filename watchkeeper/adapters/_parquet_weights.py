"""Records that were kept with unequal chances, counted so that each stands for equally many requests.

A record with weight w was kept with a chance of 1/w. It counts w / unit times, the fraction by a hash of its id: so
every request has the same chance to count once more, whatever became of the others, and every count, share and metric
of the counted rows is that of all requests, up to chance. With unit = sum of w^2 / sum of w there are as many rows as
records kept with equal chances would tell as much (Kish's effective sample size), so that nothing looks surer than it
is. Where all weights are equal every record counts exactly once.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from zlib import crc32

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from watchkeeper.adapters._parquet_tables import weights
from watchkeeper.window import Floats

__all__ = ["EVEN", "WEIGHT", "Weights", "weights_of"]

WEIGHT = "_weight"

ENOUGH = 1e-9
"""Weights that differ by no more than this part are equal."""


@dataclass(frozen=True, slots=True)
class Weights:
    """What is known of the weights of some records.

    Attributes:
        total: their sum, an estimate of how many requests there were.
        unit: for how many requests each counted row stands.
        even: whether all are equal, so that every record counts once.
    """

    total: float = 0.0
    unit: float = 1.0
    even: bool = True

    def evened(self, tables: Iterable[pa.Table]) -> Iterator[pa.Table]:
        """The rows that count, some of them more than once; the tables hold `_id`, and `_weight` where it was kept."""
        for table in tables:
            yield table if self.even else table.take(pa.array(self._places(table)))

    def stands_for(self, rows: int) -> float:
        """For how many requests each of so many counted rows stands, so that together they stand for all."""
        return self.total / rows if self.total and rows else 1.0

    def _places(self, table: pa.Table) -> npt.NDArray[np.int64]:
        times = _weights(table) / self.unit
        whole = np.floor(times)
        more = _uniform(table.column("_id")) < times - whole
        return np.repeat(np.arange(table.num_rows), (whole + more).astype(np.int64))


EVEN = Weights()
"""Every record was kept."""


def weights_of(tables: Iterable[pa.Table]) -> Weights:
    """What the weights of all these rows are together."""
    total = squares = 0.0
    low, high = np.inf, 0.0
    for table in tables:
        if table.num_rows:
            found = _weights(table)
            total, squares = total + float(found.sum()), squares + float(np.square(found).sum())
            low, high = min(low, float(found.min())), max(high, float(found.max()))
    if not total:
        return EVEN
    return Weights(total, squares / total, even=high - low <= ENOUGH * high)


def _weights(table: pa.Table) -> Floats:
    return weights(table) if WEIGHT in table.column_names else np.ones(table.num_rows)


def _uniform(ids: pa.ChunkedArray) -> Floats:
    """A number from 0 up to 1 for every id, shape (n,), the same in every process."""
    texts = ids.cast(pa.string()).to_pylist()
    mixed = np.fromiter((crc32((text or "").encode()) for text in texts), np.uint64, len(texts))
    for shift, factor in ((33, 0xFF51AFD7ED558CCD), (33, 0xC4CEB9FE1A85EC53)):  # the finalizer of MurmurHash3
        mixed = (mixed ^ (mixed >> np.uint64(shift))) * np.uint64(factor)
    mixed ^= mixed >> np.uint64(33)
    return (mixed >> np.uint64(11)).astype(np.float64) * 2.0**-53

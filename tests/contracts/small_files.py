"""Days of many small files, and what a reader finds in them; as a program, compacts them over and over."""

import hashlib
import sys
from datetime import timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa

from tests.contracts.records import DAY, HOUR, MINUTE, NOON, TODAY, foreign, labels, look, records
from watchkeeper.adapters.parquet_predictions import ParquetPredictions
from watchkeeper.domain.intervals import Interval
from watchkeeper.serving.tables import SHADOW_TYPES

WHOLE = Interval(TODAY.start - DAY, TODAY.end)
BOTH = look(TODAY, WHOLE)
LATER = TODAY.end + 2 * DAY
NOW = timedelta(0)


def sown(root: Path, files: int = 8, each: int = 5) -> ParquetPredictions:
    """Yesterday and today: records in small files, some twice, some of other columns; labels and shadow answers."""
    store = ParquetPredictions(root, grace=NOW)
    draw = np.random.default_rng(7)
    for number in range(2 * files):
        since = NOON - (number % 2) * DAY + (number // 2) * 7 * MINUTE
        names = [f"{number}-{n}-{draw.integers(1 << 30)}" for n in range(each)]
        table = records(names, since, temps=[None, float("nan"), *draw.normal(size=each - 2).round(1).tolist()])
        if number % 4 == 0:
            table = table.append_column("_weight", pa.array([2.0] * each))
        store.append("flights", table)
        store.append("flights", table.slice(0, 2).append_column("extra", pa.array(["x", "y"])))
        store.append_labels("flights", labels(dict.fromkeys(names, number % 2), since + HOUR))
        store.append_labels("flights", labels({names[0]: 1.0 - number % 2}, since + 2 * HOUR))
        store.append_labels("flights", labels({names[1]: number / 4}, since + HOUR), of="revenue")
        _shadow(root, names, number)
    return store


def _shadow(root: Path, names: list[str], number: int) -> None:
    count = len(names)
    columns = [names, [NOON] * count, [4] * count, [number / 100] * count, [3.0] * count, [None] * count]
    table = pa.table({n: pa.array(c, kind) for (n, kind), c in zip(SHADOW_TYPES.items(), columns, strict=True)})
    foreign(root, table, f"{number:02}.parquet", part="shadows")


def found(store: ParquetPredictions) -> str:
    """A digest of all that readers find."""
    window = store.window(BOTH)
    assert not window.trouble
    tables = [
        store.records("flights", WHOLE, ["temp", "carrier", "extra"]),
        store.labelled("flights", WHOLE, LATER, ["temp", "carrier"]),
        store.late("flights", store.records("flights", WHOLE, []), ["revenue"], LATER).records,
        store.shadowed("flights", WHOLE, LATER, ["temp"]),
    ]
    rows = [row for table in tables for row in sorted(map(repr, table.to_pylist()))]
    outcomes = sorted(zip(window.outcomes.predictions.tolist(), window.outcomes.labels.tolist(), strict=True))
    counted = (window.rows, window.profile.rows, dict(window.profile.absent), window.newest, window.weight, outcomes)
    return hashlib.sha256("\n".join([repr(counted), *rows]).encode()).hexdigest()


if __name__ == "__main__":
    ParquetPredictions(Path(sys.argv[1]), grace=NOW).compact("flights", LATER)
    sys.stdout.write("done")

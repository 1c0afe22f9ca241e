"""A fresh process that runs Evidently's DataDriftPreset: `python -m benchmarks.peer FOLDER TIMES` prints what it cost.

The window is the house's first day, the reference the day before it, of the same size; both are in memory before the
clock starts.
"""

import gc
import json
import os
import sys
import time
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.houses import FIRST, MODEL
from benchmarks.memory import forget_peak, peak_mb
from benchmarks.past import DAY
from benchmarks.tables import KINDS
from watchkeeper.profiles import Kind
from watchkeeper.serving.layout import PREDICTIONS, day_folder

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["measure"]


def measure(folder: Path, times: int) -> dict[str, object]:
    """Seconds of every run, and by how many MB memory grew beyond what it was with both frames in it."""
    os.environ["DO_NOT_TRACK"] = "1"
    from evidently import DataDefinition, Dataset, Report  # noqa: PLC0415 - asks the environment when imported
    from evidently.presets import DataDriftPreset  # noqa: PLC0415 - the same

    numbers = [name for name, kind in KINDS.items() if kind is Kind.NUMERIC]
    definition = DataDefinition(numerical_columns=numbers, categorical_columns=[c for c in KINDS if c not in numbers])
    reference, window = (
        Dataset.from_pandas(_frame(folder, day), data_definition=definition) for day in (FIRST - DAY, FIRST)
    )
    gc.collect()
    pa.default_memory_pool().release_unused()
    seconds, before = [], forget_peak()
    for _ in range(times):
        began = time.perf_counter()
        Report([DataDriftPreset()]).run(window, reference)
        seconds.append(time.perf_counter() - began)
    return {"seconds": seconds, "peak_mb": peak_mb() - before}


def _frame(folder: Path, day: datetime) -> "pd.DataFrame":
    files = sorted((folder / "kept" / "records" / MODEL / PREDICTIONS / day_folder(day.date())).glob("*.parquet"))
    frame: pd.DataFrame = pa.concat_tables([pq.read_table(file, columns=list(KINDS)) for file in files]).to_pandas()
    return frame


if __name__ == "__main__":
    print(json.dumps(measure(Path(sys.argv[1]), int(sys.argv[2]))))

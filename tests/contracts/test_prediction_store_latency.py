"""Latencies are counted in the same pass, and stand in no profile that checks of columns look at."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from tests.contracts.records import look, records
from watchkeeper.adapters.parquet_predictions import ParquetPredictions
from watchkeeper.profiles.shares import quantile
from watchkeeper.window import Window


def seen(folder: Path, *parts: list[float | None]) -> Window:
    """A window whose records took so many milliseconds, a file each part."""
    store = ParquetPredictions(folder)
    for number, latencies in enumerate(parts):
        table = records([f"{number}-{n}" for n in range(len(latencies))])
        place = table.column_names.index("_latency_ms")
        store.append("flights", table.set_column(place, "_latency_ms", pa.array(latencies, pa.float64())))
    return store.window(look())


def test_a_window_comes_with_the_latencies_of_all_its_records(tmp_path: Path) -> None:
    window = seen(tmp_path, list(np.linspace(1, 50, 50)), list(np.linspace(51, 100, 50)))
    assert window.latency is not None
    assert (window.latency.finite, window.latency.low, window.latency.high) == (100, 1.0, 100.0)
    assert quantile(window.latency, 0.95) == pytest.approx(95, rel=0.02)
    assert "_latency_ms" not in window.profile.columns


@pytest.mark.parametrize("latencies", [[], [None, None]])
def test_without_a_latency_there_is_none(tmp_path: Path, latencies: list[float | None]) -> None:
    assert seen(tmp_path, latencies).latency is None

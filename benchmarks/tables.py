"""Made-up traffic of a wide model: 35 numeric columns of many shapes, and 15 of texts."""

from collections.abc import Callable
from datetime import datetime

import numpy as np
import pyarrow as pa

from watchkeeper.profiles import Kind
from watchkeeper.serving.tables import MICROSECOND
from watchkeeper.window import Floats

__all__ = ["KINDS", "PARTS", "labels_of", "traffic"]

Draw = np.random.Generator
DAY = 86_400_000_000
"""Microseconds."""

LABELLED_AFTER = 3_600_000_000
"""Labels become known an hour after their record."""

PARTS = 20
"""A day comes in so many files, as a host's logger would write it."""


def _with_gaps(draw: Draw, rows: int) -> Floats:
    values = draw.normal(size=rows)
    values[draw.random(rows) < 0.05] = np.nan  # noqa: PLR2004 - one in twenty is missing
    return values


def _two_humps(draw: Draw, rows: int) -> Floats:
    return np.where(draw.random(rows) < 1 / 3, draw.normal(0, 1, rows), draw.normal(9, 2, rows))


def _mostly_nothing(draw: Draw, rows: int) -> Floats:
    return np.where(draw.random(rows) < 0.7, 0.0, draw.exponential(5, rows))  # noqa: PLR2004 - seven in ten are 0


SHAPES: tuple[Callable[[Draw, int], np.ndarray], ...] = (
    lambda draw, rows: draw.normal(60, 15, rows),
    lambda draw, rows: draw.lognormal(3, 1, rows),
    lambda draw, rows: draw.uniform(0, 1, rows),
    lambda draw, rows: draw.standard_t(2, rows),
    lambda draw, rows: draw.poisson(12, rows),
    _two_humps,
    _mostly_nothing,
    _with_gaps,
    lambda draw, rows: draw.integers(0, 7, rows),
    lambda draw, rows: draw.normal(1.7e9, 3e6, rows).astype(np.int64),
)
"""Bell, long tail, flat, heavy tails, counts, two humps, mostly zero, with gaps, a few integers, large integers."""

LEVELS = (5, 20, 200)

NUMBERS = {f"n{i:02d}": SHAPES[i % len(SHAPES)] for i in range(35)}
TEXTS = {f"c{i:02d}": LEVELS[i % len(LEVELS)] for i in range(15)}
KINDS: dict[str, Kind] = dict.fromkeys(NUMBERS, Kind.NUMERIC) | dict.fromkeys(TEXTS, Kind.CATEGORICAL)
"""The features with their kinds."""


def traffic(day: datetime, rows: int) -> pa.Table:
    """The records of one UTC day in order of time, answered by version 1; the same at every call."""
    draw = np.random.default_rng(int(day.timestamp()) // 86_400)
    start = int(day.timestamp()) * 1_000_000
    at = start + np.arange(rows, dtype=np.int64) * (DAY // rows)
    own = {
        "_id": pa.array([f"{day:%Y%m%d}-{i:07d}" for i in range(rows)]),
        "_at": pa.array(at).cast(MICROSECOND),
        "_key": _text(draw, rows, 1_000),
        "_version": pa.array(np.ones(rows, np.int64)),
        "_prediction": pa.array(draw.beta(2, 6, rows)),
        "_latency_ms": pa.array(draw.gamma(2, 3, rows)),
    }
    numbers = {name: pa.array(shape(draw, rows), from_pandas=True) for name, shape in NUMBERS.items()}
    texts = {name: _text(draw, rows, levels) for name, levels in TEXTS.items()}
    return pa.table(own | numbers | texts)


def labels_of(records: pa.Table) -> pa.Table:
    """What became of these records: label 1 as often as was predicted."""
    draw = np.random.default_rng(records.num_rows)
    came_true = draw.random(records.num_rows) < records["_prediction"].to_numpy()
    known = pa.array(records["_at"].cast(pa.int64()).to_numpy() + LABELLED_AFTER).cast(MICROSECOND)
    return pa.table({"_id": records["_id"], "_label": pa.array(came_true.astype(float)), "_at": known})


def _text(draw: Draw, rows: int, levels: int) -> pa.Array:
    """Texts of which the first are the most frequent, as 1, 1/2, 1/3, ..."""
    weights = 1 / np.arange(1, levels + 1)
    codes = draw.choice(levels, rows, p=weights / weights.sum()).astype(np.int32)
    names = pa.array([f"level {i:04d}" for i in range(levels)])
    return pa.DictionaryArray.from_arrays(codes, names).cast(pa.string())

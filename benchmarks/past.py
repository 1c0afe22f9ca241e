"""Days gone by, as profiles alone: drawn from a pool of real days, so that months of large days take seconds."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

import numpy as np

from benchmarks.tables import KINDS, traffic
from watchkeeper.domain.intervals import Interval
from watchkeeper.profiles import CategoricalColumn, Column, Kind, NumericColumn, Profile, fit_grids, profile_batches
from watchkeeper.window import PREDICTION

__all__ = ["DAY", "past_days"]

DAY = timedelta(days=1)
POOLED = 3
"""Days whose records are really drawn."""

ENOUGH = 200_000
"""Grids are fitted on so many records."""


def past_days(end: datetime, days: int, rows: int) -> list[tuple[Interval, Profile]]:
    """Profiles of the days before a moment, oldest first, of so many records each."""
    pool = _pool(end, rows)
    starts = [end - n * DAY for n in range(days, 0, -1)]
    return [(Interval(start, start + DAY), _one_of(pool, start, rows)) for start in starts]


def _pool(end: datetime, rows: int) -> Profile:
    """All records of some days after each other, as they were answered."""
    kinds = KINDS | {PREDICTION: Kind.NUMERIC}
    days = (traffic(end - n * DAY, rows) for n in range(POOLED))
    named = (day.rename_columns([n.replace("_prediction", PREDICTION) for n in day.column_names]) for day in days)
    first = next(named)
    grids = fit_grids(first.slice(0, ENOUGH), kinds)
    whole = profile_batches([first], kinds, grids)
    return whole + Profile.total(profile_batches([day], kinds, grids) for day in named)


def _one_of(pool: Profile, day: datetime, rows: int) -> Profile:
    """As many records as fall on one day when every value comes as often as in the pool."""
    draw = np.random.default_rng(day.toordinal())
    share = rows / pool.rows

    def often(counts: object) -> np.ndarray:
        return draw.poisson(np.asarray(counts) * share)

    return Profile(rows, {name: _less(column, often, share) for name, column in pool.columns.items()})


def _less(column: Column, often: Callable[[object], np.ndarray], share: float) -> Column:
    if isinstance(column, CategoricalColumn):
        counts = often(list(column.counts.values())).tolist()
        return CategoricalColumn({n: c for n, c in zip(column.counts, counts, strict=True) if c})
    counts = often(column.counts).astype(np.int64)
    filled = counts > 0
    seen = partial(NumericColumn, column.grid, column.bins[filled], counts[filled], nulls=int(often(column.nulls)))
    return seen(low=column.low, high=column.high, total=column.total * share)

"""What windows are held against: the anchor of a version, and the trailing baseline of a model."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

import numpy as np
import pyarrow as pa

from watchkeeper.checks import seed
from watchkeeper.domain.findings import Measure
from watchkeeper.domain.followups import NEVER_RETRAIN_ON
from watchkeeper.domain.intervals import Interval, interval_ending
from watchkeeper.domain.levels import Level
from watchkeeper.domain.verdicts import Verdict
from watchkeeper.domain.versions import Version
from watchkeeper.ports import Anchor
from watchkeeper.profiles import Grid, Kind, NumericColumn, Profile
from watchkeeper.profiles.counting import fit_grids, profile_batches
from watchkeeper.spec import ModelSpec
from watchkeeper.story.house import House
from watchkeeper.window import PREDICTION, Baseline, History

__all__ = ["TRAILING", "broken_intervals", "clean_intervals", "grids_of", "make_anchor", "recall_baseline"]

TRAILING = timedelta(days=28)
"""The trailing baseline sums this much: four of every weekday, short enough to follow the seasons."""

REMEMBERED = timedelta(days=120)
"""Measures older than this are no longer compared with."""

SAMPLE = 5_000
"""Records kept for pictures."""


def grids_of(profile: Profile) -> dict[str, Grid]:
    """The bins on which a profile was counted."""
    return {name: c.grid for name, c in profile.columns.items() if isinstance(c, NumericColumn)}


def recall_baseline(house: House, spec: ModelSpec, version: Version, anchor: Anchor, window: Interval) -> Baseline:
    """The version's anchor, the trailing sum without broken windows, and the history of measures."""
    reach = max(TRAILING, spec.every)
    kept = dict(anchor.windows) | dict(house.predictions.profiles(spec.model, _before(window, reach)))
    broken = set(broken_intervals(house, spec, _before(window, reach)))
    clean = [p for i, p in kept.items() if i not in broken and i in _Inside(_before(window, reach))]
    measured = house.state.measures(spec.model, window.end - REMEMBERED, window.end)
    return Baseline(
        version.number,
        version.digest,
        anchor.profile,
        Profile.total(clean) if clean else None,
        history(anchor.measures, measured, window.end),
        version.metrics,
    )


class _Inside:
    """Whether an interval lies within another."""

    def __init__(self, outer: Interval) -> None:
        self.outer = outer

    def __contains__(self, inner: Interval) -> bool:
        return self.outer.start <= inner.start and inner.end <= self.outer.end


def _before(window: Interval, reach: timedelta) -> Interval:
    return Interval(window.start - reach, window.start)


def is_broken(verdict: Verdict) -> bool:
    """Whether a window's records are nothing to learn from or to compare with."""
    return verdict.level >= Level.WARNING and verdict.cause in NEVER_RETRAIN_ON


def history(seeded: Iterable[Measure], measured: Iterable[Measure], before: datetime) -> History:
    """Measures by check, subject and name, oldest first; what was really measured replaces what was seeded."""
    found: dict[tuple[str, str, str], dict[datetime, float]] = defaultdict(dict)
    for m in (*seeded, *measured):
        if m.at < before:
            found[m.check, m.subject, m.name][m.at] = m.value
    return {key: tuple(sorted(values.items())) for key, values in found.items()}


def broken_intervals(house: House, spec: ModelSpec, within: Interval) -> tuple[Interval, ...]:
    """The broken windows that touch an interval, oldest first."""
    most = max(within.length // spec.every + 2, 1)
    verdicts = house.state.verdicts(spec.model, within.end + spec.every, most)
    return tuple(sorted(v.interval for v in verdicts if is_broken(v) and v.interval.end > within.start))


def clean_intervals(house: House, spec: ModelSpec, within: Interval) -> tuple[Interval, ...]:
    """The parts of an interval outside broken windows, oldest first."""
    clean, start = [], within.start
    for broken in broken_intervals(house, spec, within):
        if broken.start > start:
            clean.append(Interval(start, broken.start))
        start = max(start, broken.end)
    return (*clean, Interval(start, within.end)) if start < within.end else tuple(clean)


def make_anchor(spec: ModelSpec, records: pa.Table, grids: Mapping[str, Grid]) -> Anchor:
    """The baseline of a version, out of its training records with their out-of-fold predictions.

    Args:
        grids: the model's bins so far; columns that have none yet get theirs from these records.
    """
    kinds = spec.columns
    known = [c for c in kinds if c in records.column_names]
    counted = records.select([*known, "_prediction"]).rename_columns([*known, PREDICTION])
    all_kinds = {c: kinds[c] for c in known} | {PREDICTION: Kind.NUMERIC}
    bins = fit_grids(counted, all_kinds) | dict(grids)
    windows = tuple((i, profile_batches([part], all_kinds, bins)) for i, part in _windows(counted, records, spec.every))
    profile = Profile.total([p for _, p in windows])
    sample = records.take(np.linspace(0, records.num_rows - 1, min(SAMPLE, records.num_rows)).astype(int))
    return Anchor(profile, windows, seed(spec.asked, windows), sample)


def _windows(counted: pa.Table, records: pa.Table, every: timedelta) -> Iterable[tuple[Interval, pa.Table]]:
    """The records cut into windows, oldest first; records need not be in order."""
    at = records["_at"].cast(pa.timestamp("us", "UTC")).cast(pa.int64()).to_numpy()
    order = np.argsort(at, kind="stable")
    whole = at[order] // int(every / timedelta(microseconds=1))
    edges = np.flatnonzero(np.diff(whole)) + 1
    for part in np.split(order, edges):
        first = records["_at"][int(part[0])].as_py()
        yield interval_ending(first + every, every), counted.take(part)

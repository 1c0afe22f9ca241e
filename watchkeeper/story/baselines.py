"""What windows are held against: the anchor of a version, and the trailing baseline of a model."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

import numpy as np
import pyarrow as pa

from watchkeeper.checks import seed, seed_outcomes
from watchkeeper.domain.causes import BROKEN_LABELS, BROKEN_RECORDS
from watchkeeper.domain.findings import Measure
from watchkeeper.domain.intervals import Interval, interval_ending
from watchkeeper.domain.levels import Level
from watchkeeper.domain.verdicts import Verdict
from watchkeeper.domain.versions import Version
from watchkeeper.ports import Anchor
from watchkeeper.profiles import Grid, NumericColumn, Profile
from watchkeeper.profiles.counting import fit_grids, profile_batches
from watchkeeper.serving.answers import with_named_answers
from watchkeeper.spec import ModelSpec
from watchkeeper.story.blocks import trained_blocks
from watchkeeper.story.house import House
from watchkeeper.window import Baseline, History, kinds_of_answers

__all__ = [
    "REMEMBERED",
    "TRAILING",
    "broken_intervals",
    "clean_intervals",
    "grids_of",
    "history",
    "is_broken",
    "make_anchor",
    "recall_anchor",
    "recall_baseline",
]

TRAILING = timedelta(days=28)
"""The trailing baseline sums this much: four of every weekday, short enough to follow the seasons."""

REMEMBERED = timedelta(days=120)
"""Measures older than this are no longer compared with."""

MOST_WINDOWS = 400
"""Training windows kept one by one; older ones count in the profile alone."""

SAMPLE = 5_000
"""Records kept for pictures."""


def grids_of(profile: Profile) -> dict[str, Grid]:
    """The bins on which a profile was counted."""
    return {name: c.grid for name, c in profile.columns.items() if isinstance(c, NumericColumn)}


def recall_anchor(house: House, spec: ModelSpec, number: int, window: Interval) -> Anchor:
    """The anchor of a version with as much of its windows and measures as this window is held against."""
    trailing, remembered = _trailing(spec, window), Interval(window.end - REMEMBERED, window.end)
    return house.registry.anchor(spec.model, number, windows=trailing, measures=remembered)


def recall_baseline(house: House, spec: ModelSpec, version: Version, anchor: Anchor, window: Interval) -> Baseline:
    """The version's anchor, the trailing sum without broken windows, and the history of measures."""
    most = {check.kind: check.looks_back for check in spec.asked}
    measured = house.state.history(spec.model, window.end - REMEMBERED, window.end, most)
    return Baseline(
        version.number,
        version.digest,
        anchor.profile,
        _trailing_sum(house, spec, anchor, _trailing(spec, window)),
        history(anchor.measures, measured, window.end),
        version.metrics,
    )


def _trailing(spec: ModelSpec, window: Interval) -> Interval:
    return Interval(window.start - max(TRAILING, spec.every), window.start)


def _trailing_sum(house: House, spec: ModelSpec, anchor: Anchor, within: Interval) -> Profile | None:
    """What was kept of the clean windows of production, and of those of training before them."""
    trained = {i: p for i, p in anchor.windows if within.start <= i.start and i.end <= within.end}
    kept = trained | dict(house.predictions.profiles(spec.model, within))
    for broken in broken_intervals(house, spec, within):
        kept.pop(broken, None)
    return Profile.total(kept.values()) if kept else None


def is_broken(verdict: Verdict) -> bool:
    """Whether a window's records are nothing to learn from or to compare with."""
    return verdict.level >= Level.WARNING and verdict.cause in BROKEN_RECORDS


def history(seeded: Iterable[Measure], measured: History, before: datetime) -> History:
    """Measures by check, subject and name, oldest first; what was really measured replaces what was seeded."""
    older: dict[tuple[str, str, str], dict[datetime, float]] = defaultdict(dict)
    for m in seeded:
        if m.at < before:
            older[m.check, m.subject, m.name][m.at] = m.value
    return {**measured, **{key: _joined(values, measured.get(key, ())) for key, values in older.items()}}


def _joined(
    older: Mapping[datetime, float], newer: Sequence[tuple[datetime, float]]
) -> tuple[tuple[datetime, float], ...]:
    return tuple(sorted({**older, **dict(newer)}.items()))


def broken_intervals(house: House, spec: ModelSpec, within: Interval) -> tuple[Interval, ...]:
    """The broken windows that touch an interval, oldest first."""
    most = max(within.length // spec.every + 2, 1)
    verdicts = house.state.outlines(spec.model, within.end + spec.every, most, after=within.start)
    return tuple(sorted(v.interval for v in verdicts if is_broken(v)))


def _not_for_training(house: House, spec: ModelSpec, within: Interval) -> list[Interval]:
    """What touches an interval and is nothing to learn from, oldest first: broken windows, and records whose labels are.

    A window that finds labels broken finds those of the records that were due by its end.
    """
    due = spec.labels.delay + (spec.labels.over or spec.every) + spec.every
    most = max((within.length + due) // spec.every + 2, 1)
    verdicts = house.state.outlines(spec.model, within.end + due, most, after=within.start)
    faulty = [v.interval for v in verdicts if is_broken(v)]
    faulty += [spec.outcomes(v.interval) for v in verdicts if v.level >= Level.WARNING and v.cause in BROKEN_LABELS]
    return sorted(i for i in faulty if i.start < within.end and i.end > within.start)


def clean_intervals(house: House, spec: ModelSpec, within: Interval) -> tuple[Interval, ...]:
    """The parts of an interval that a model may learn from, oldest first."""
    clean, start = [], within.start
    for faulty in _not_for_training(house, spec, within):
        if faulty.start > start:
            clean.append(Interval(start, faulty.start))
        start = max(start, faulty.end)
    return (*clean, Interval(start, within.end)) if start < within.end else tuple(clean)


def make_anchor(spec: ModelSpec, records: pa.Table, grids: Mapping[str, Grid]) -> Anchor:
    """The baseline of a version, out of its training records with their out-of-fold predictions.

    Args:
        grids: the model's bins so far; columns that have none yet get theirs from these records.
    """
    kinds = spec.columns
    known = [c for c in kinds if c in records.column_names]
    counted = with_named_answers(
        records.select([*known, "_prediction", *spec.answer_columns]), spec.problem, spec.classes
    )
    all_kinds = {c: kinds[c] for c in known} | kinds_of_answers(spec.problem)
    bins = fit_grids(counted, all_kinds) | dict(grids)
    parts = list(_windows(counted, records, spec.every))
    windows = tuple((i, profile_batches([part], all_kinds, bins)) for i, part in parts[-MOST_WINDOWS:])
    older = profile_batches([part for _, part in parts[:-MOST_WINDOWS]], all_kinds, bins)
    profile = Profile.total([older, *(p for _, p in windows)])
    sample = records.take(np.linspace(0, records.num_rows - 1, min(SAMPLE, records.num_rows)).astype(int))
    proven = seed_outcomes(spec.asked, trained_blocks(spec, records), spec.every)
    return Anchor(profile, windows, (*seed(spec.asked, windows), *proven), sample)


def _windows(counted: pa.Table, records: pa.Table, every: timedelta) -> Iterable[tuple[Interval, pa.Table]]:
    """The records cut into windows, oldest first; records need not be in order."""
    at = records["_at"].cast(pa.timestamp("us", "UTC")).cast(pa.int64()).to_numpy()
    order = np.argsort(at, kind="stable")
    whole = at[order] // int(every / timedelta(microseconds=1))
    edges = np.flatnonzero(np.diff(whole)) + 1
    for part in np.split(order, edges):
        first = records["_at"][int(part[0])].as_py()
        yield interval_ending(first + every, every), counted.take(part)

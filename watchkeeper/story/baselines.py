"""What windows are held against: the anchor of a version, and the trailing baseline of a model."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime

from watchkeeper.domain.findings import Measure
from watchkeeper.domain.intervals import Interval
from watchkeeper.domain.levels import Level
from watchkeeper.domain.reaches import held_against, is_thinned, newest, remembered, thinned
from watchkeeper.domain.verdicts import Verdict
from watchkeeper.domain.versions import Version
from watchkeeper.ports import Anchor
from watchkeeper.profiles import Profile
from watchkeeper.spec import ModelSpec
from watchkeeper.story.aside import is_troubled, troubled_since, usual_part
from watchkeeper.story.house import House
from watchkeeper.window import Baseline, History

__all__ = [
    "Broken",
    "broken_intervals",
    "clean_intervals",
    "history",
    "is_broken",
    "overlaps",
    "recall_anchor",
    "recall_baseline",
]


Broken = Callable[[Interval], tuple[Interval, ...]]
"""Gives the broken windows that touch an interval, oldest first."""


def recall_anchor(house: House, spec: ModelSpec, number: int, window: Interval) -> Anchor:
    """The anchor of a version with as much of its windows and measures as this window is held against."""
    return house.registry.anchor(spec.model, number, windows=held_against(window), measures=remembered(window))


def recall_baseline(house: House, spec: ModelSpec, version: Version, anchor: Anchor, window: Interval) -> Baseline:
    """The version's anchor, the trailing sum without windows of trouble, and the history of measures."""
    return Baseline(
        version.number,
        version.digest,
        anchor.profile,
        _trailing_sum(house, spec, anchor, held_against(window)),
        history(anchor.measures, _measured(house, spec, window), window.end),
        version.metrics,
    )


def _measured(house: House, spec: ModelSpec, window: Interval) -> History:
    """What was measured in production; of very short windows not in all of them."""
    thin = {check.kind for check in spec.asked if check.thins and is_thinned(spec.every)}
    most = {check.kind: check.looks_back for check in spec.asked if check.kind not in thin}
    known = house.state.history(spec.model, remembered(window).start, window.end, most)
    if not thin:
        return known
    recent = house.state.history(spec.model, newest(window).start, window.end, dict.fromkeys(thin))
    older = house.state.measured_at(spec.model, thinned(window), thin)
    return {**known, **older, **{key: _joined(dict(older.get(key, ())), values) for key, values in recent.items()}}


def _trailing_sum(house: House, spec: ModelSpec, anchor: Anchor, within: Interval) -> Profile | None:
    """What was kept of the windows of production that nothing was wrong with, and of those of training before them."""
    since, before = troubled_since(within), within.end + spec.every
    verdicts = house.state.outlines(spec.model, before, None, after=since, least=Level.WARNING)
    usual = usual_part(within, [v.interval for v in verdicts if is_troubled(v)])
    kept = house.predictions.sums(spec.model, Interval(usual.since, within.end), spec.every, usual.aside)
    seen = [*(i for i, _ in kept), *usual.aside]
    earlier = [(i, p) for i, p in anchor.windows if usual.since <= i.start and i.end <= within.end]
    parts = [p for i, p in earlier if not overlaps(i, seen)] + [p for _, p in kept]
    return Profile.total(parts) if parts else None


def overlaps(interval: Interval, others: Iterable[Interval]) -> bool:
    """Whether an interval shares time with any of the others."""
    return any(other.start < interval.end and other.end > interval.start for other in others)


def is_broken(verdict: Verdict) -> bool:
    """Whether a window's records are nothing to learn from or to compare with."""
    return verdict.not_for_training == "records"


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
    before = within.end + spec.every
    verdicts = house.state.outlines(spec.model, before, None, after=within.start, least=Level.WARNING)
    return tuple(sorted(v.interval for v in verdicts if is_broken(v)))


def _not_for_training(house: House, spec: ModelSpec, within: Interval) -> list[Interval]:
    """What touches an interval and is nothing to learn from, oldest first: broken windows and records of broken labels.

    A window that finds labels broken finds those of the records that were due by its end.
    """
    due = spec.labels.delay + (spec.labels.over or spec.every) + spec.every
    verdicts = house.state.outlines(spec.model, within.end + due, None, after=within.start, least=Level.WARNING)
    faulty = [v.interval for v in verdicts if is_broken(v)]
    faulty += [spec.outcomes(v.interval) for v in verdicts if v.not_for_training == "labels"]
    return sorted(i for i in faulty if i.start < within.end and i.end > within.start)


def clean_intervals(house: House, spec: ModelSpec, within: Interval) -> tuple[Interval, ...]:
    """The parts of an interval that a model may learn from, oldest first."""
    clean, start = [], within.start
    for faulty in _not_for_training(house, spec, within):
        if faulty.start > start:
            clean.append(Interval(start, faulty.start))
        start = max(start, faulty.end)
    return (*clean, Interval(start, within.end)) if start < within.end else tuple(clean)

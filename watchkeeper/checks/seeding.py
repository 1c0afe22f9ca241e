"""The history that a fresh version starts with."""

from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import numpy as np

from watchkeeper.checks.base import Check
from watchkeeper.checks.examining import examine_all
from watchkeeper.checks.outcomes import OutcomeCheck
from watchkeeper.checks.segmenting import Apart, examine_segments, named
from watchkeeper.domain.findings import Measure
from watchkeeper.domain.intervals import Interval
from watchkeeper.domain.reaches import FEWEST_TRAILING, held_against
from watchkeeper.profiles import Profile, Trailing
from watchkeeper.window import Baseline, Outcomes, Window

__all__ = ["seed", "seed_outcomes"]

Counted = tuple[Interval, Profile]


def seed(
    checks: Iterable[Check],
    windows: Sequence[Counted],
    anchor: Profile | None = None,
    *,
    blocks: Sequence[Counted] | None = None,
    apart: Apart | None = None,
    metrics: Mapping[Interval, Mapping[str, float | str]] | None = None,
) -> tuple[Measure, ...]:
    """What the checks would have measured, had they watched while the training records came in.

    Every window is held against the sum of the blocks before it, as far back as in production; a window with fewer
    than 7 such blocks has no trailing baseline, so that drift is not measured on it.

    Args:
        checks: those that will ask in production.
        windows: of the training records, oldest first.
        anchor: the baseline of the version; the sum of all windows when it is not given.
        blocks: profiles of all records, oldest first, where the windows are only some of them; else the windows.
        apart: how segments will be monitored.
        metrics: what functions gave for a window.
    """
    asked, whole = tuple(checks), anchor or Profile.total(profile for _, profile in windows)
    history: dict[tuple[str, str, str], list[tuple[datetime, float]]] = {}
    measures: list[Measure] = []
    recent, waiting = Trailing(), deque(windows if blocks is None else blocks)
    for interval, profile in windows:
        while waiting and waiting[0][0].end <= interval.start:
            recent.take(*waiting.popleft())
        baseline = Baseline(0, "", whole, _before(recent, interval), history, {})
        window = Window("", interval, profile.rows, profile, _unlabelled(interval), None)
        found = _measured(asked, apart, baseline, replace(window, metrics=(metrics or {}).get(interval, {})))
        for m in found:
            history.setdefault((m.check, m.subject, m.name), []).append((m.at, m.value))
        measures.extend(found)
    return tuple(measures)


def seed_outcomes(
    checks: Iterable[Check],
    blocks: Iterable[Outcomes],
    every: timedelta,
    apart: Apart | None = None,
) -> tuple[Measure, ...]:
    """What the checks would have measured on the labels of training, answered out of fold, by the end of each block.

    Args:
        checks: those that will ask in production; the ones that need no labels have nothing to say here.
        blocks: of the training records, oldest first, without overlap.
        every: the length of a window.
        apart: how segments will be monitored.
    """
    asked = tuple(check for check in checks if isinstance(check, OutcomeCheck))
    untrained = Baseline(0, "", Profile(), None, {}, {})
    measures: list[Measure] = []
    for block in blocks:
        end = block.interval.end
        window = Window("", Interval(end - every, end), 0, Profile(), block, None)
        measures += [m for finding in examine_all(asked, untrained, window) for m in finding.measures]
        for segment, part in block.segments.items() if apart else ():
            mine = examine_all(asked, untrained, replace(window, outcomes=part))
            measures += [replace(m, subject=named(m.subject, segment)) for f in mine for m in f.measures]
    return tuple(measures)


def _measured(checks: tuple[Check, ...], apart: Apart | None, baseline: Baseline, window: Window) -> list[Measure]:
    found = examine_all(checks, baseline, window)
    found += examine_segments(apart, baseline, window) if apart else ()
    return [m for finding in found for m in finding.measures]


def _unlabelled(interval: Interval) -> Outcomes:
    return Outcomes(interval, np.empty(0), np.empty(0), 0)


def _before(recent: Trailing, interval: Interval) -> Profile | None:
    """The sum of the blocks that a window is held against; None while they are too few."""
    reach = held_against(interval)
    recent.forget(reach.start)
    return recent.total() if len(recent) >= min(FEWEST_TRAILING, reach.length // interval.length) else None

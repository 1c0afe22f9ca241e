"""The history that a fresh version starts with."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

import numpy as np

from watchkeeper.checks.base import Check
from watchkeeper.checks.examining import examine_all
from watchkeeper.checks.outcomes import OutcomeCheck
from watchkeeper.domain.findings import Measure
from watchkeeper.domain.intervals import Interval
from watchkeeper.profiles import Profile, Trailing
from watchkeeper.window import Baseline, Outcomes, Window

__all__ = ["seed", "seed_outcomes"]

TRAILING = timedelta(days=28)
"""How far back a window's trailing baseline reaches, here as in production."""

FEWEST_WINDOWS = 7
"""Fewer earlier windows than this are no trailing baseline."""


def seed(
    checks: Iterable[Check], windows: Sequence[tuple[Interval, Profile]], anchor: Profile | None = None
) -> tuple[Measure, ...]:
    """What the checks would have measured, had they watched while the training records came in.

    Every window is held against the sum of the windows of the 28 days before it, as in production; a window with fewer
    than 7 such windows has no trailing baseline, so that drift is not measured on it.

    Args:
        checks: those that will ask in production.
        windows: of the training records, oldest first.
        anchor: the baseline of the version; the sum of all windows when it is not given.
    """
    asked, whole = tuple(checks), anchor or Profile.total(profile for _, profile in windows)
    history: dict[tuple[str, str, str], tuple[tuple[datetime, float], ...]] = {}
    measures: list[Measure] = []
    recent = Trailing()
    for interval, profile in windows:
        baseline = Baseline(0, "", whole, _before(recent, interval), history, {})
        found = _measures(asked, baseline, interval, profile)
        for m in found:
            key = (m.check, m.subject, m.name)
            history[key] = (*history.get(key, ()), (m.at, m.value))
        measures.extend(found)
        recent.take(interval, profile)
    return tuple(measures)


def seed_outcomes(
    checks: Iterable[Check], blocks: Iterable[Outcomes], every: timedelta
) -> tuple[Measure, ...]:
    """What the checks would have measured on the labels of training, answered out of fold, by the end of each block.

    Args:
        checks: those that will ask in production; the ones that need no labels have nothing to say here.
        blocks: of the training records, oldest first, without overlap.
        every: the length of a window.
    """
    asked = tuple(check for check in checks if isinstance(check, OutcomeCheck))
    untrained = Baseline(0, "", Profile(), None, {}, {})
    measures: list[Measure] = []
    for block in blocks:
        end = block.interval.end
        window = Window("", Interval(end - every, end), 0, Profile(), block, None)
        measures += [m for finding in examine_all(asked, untrained, window) for m in finding.measures]
    return tuple(measures)


def _measures(checks: tuple[Check, ...], baseline: Baseline, interval: Interval, profile: Profile) -> list[Measure]:
    none = np.empty(0)
    window = Window("", interval, profile.rows, profile, Outcomes(interval, none, none, 0), None)
    return [m for finding in examine_all(checks, baseline, window) for m in finding.measures]


def _before(recent: Trailing, interval: Interval) -> Profile | None:
    """The sum of the windows of the 28 days before this one; None while they are too few."""
    recent.forget(interval.start - max(TRAILING, interval.length))
    return recent.total() if len(recent) >= FEWEST_WINDOWS else None

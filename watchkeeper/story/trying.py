"""Known faults planted into copies of clean windows: were they caught, and how late?"""

import math
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from watchkeeper.domain.causes import Cause
from watchkeeper.domain.incidents import Incident
from watchkeeper.domain.intervals import Interval
from watchkeeper.domain.levels import Level
from watchkeeper.faults import Fault, Place
from watchkeeper.spec import ModelSpec
from watchkeeper.story.house import House
from watchkeeper.story.past import FOREVER, Past, Replay, Walk, stored
from watchkeeper.story.planting import Ground

__all__ = ["Try", "candidates", "stretches", "try_faults"]

PLACES = 3
"""Every fault is planted so often, in another place of the period and another column each time."""

CANDIDATES = 12
"""So many places are looked at to find clean ones."""

SLOW = 7
"""In so many windows charts add up what no single window shows, where the spec does not say how many they measure."""

MOST_LASTING = 30
"""A fault that is not caught within so many windows is missed, however late its labels come."""

LEAST_LASTING = 3
"""Fewer clean windows than this are no stretch to plant in: nothing could be confirmed."""

Stretch = tuple[Interval, ...]


@dataclass(frozen=True, slots=True)
class Try:
    """One fault in one place, as one spec saw it.

    Attributes:
        looked: what the spec is called.
        column: that the fault was planted in; empty when it is about no column.
        stretch: the windows that had the fault.
        told: the window in which somebody was told, counted from 1; None when nobody was.
        paged: the window in which somebody was paged, counted from 1; None when nobody was.
        cause: that was given, of what was told last.
        marks: the findings that were told.
    """

    looked: str
    fault: str
    column: str
    stretch: Interval
    told: int | None = None
    paged: int | None = None
    cause: Cause | None = None
    marks: tuple[str, ...] = ()


def lasting(spec: ModelSpec) -> int:
    """So many windows a fault lasts: until labels that it spoils are due, fill what is measured, and are confirmed."""
    due, filled = (math.ceil(time / spec.every) for time in (spec.labels.delay, spec.labels.over or SLOW * spec.every))
    return min(due + filled + spec.confirmation.reach, MOST_LASTING)


def candidates(past: Past, spec: ModelSpec) -> tuple[Interval, ...]:
    """Windows, evenly spread, in which a fault might begin; the period's last ones leave no time to catch it."""
    last = max(len(past.windows) - lasting(spec), 1)
    places = np.unique(np.linspace(0, last - 1, CANDIDATES + 2).round().astype(int)[1:-1])
    return tuple(past.windows[place] for place in places)


def stretches(
    past: Past, spec: ModelSpec, beginnings: Sequence[Interval], incidents: Sequence[Incident]
) -> tuple[Stretch, ...]:
    """The clean windows from some of these beginnings on: the longest, spread over the period.

    Clean are windows without an incident of WARNING or worse, of one champion.
    """
    bad = [i for i in incidents if i.level >= Level.WARNING]
    whole = lasting(spec)
    found = [_clean(past, past.windows.index(first), whole, bad) for first in beginnings]
    usable = [stretch for stretch in found if len(stretch) >= min(LEAST_LASTING, whole)]
    longest = [stretch for stretch in usable if len(stretch) == whole] or usable
    evenly = np.unique(np.linspace(0, len(longest) - 1, min(PLACES, len(longest))).round().astype(int))
    return tuple(longest[place] for place in evenly)


def _clean(past: Past, first: int, most: int, bad: Sequence[Incident]) -> Stretch:
    champion, clean = past.champion_at(past.windows[first]), []
    for window in past.windows[first : first + most]:
        spoilt = any(i.since - window.length < window.end and window.start < (i.resolved or FOREVER) for i in bad)
        if spoilt or past.champion_at(window) != champion:
            break
        clean.append(window)
    return tuple(clean)


def try_faults(
    house: House, replays: Sequence[Replay], room: Sequence[Stretch], faults: Sequence[Fault], walk: Walk
) -> tuple[Try, ...]:
    """Every fault in every stretch, as every spec sees it; they all see the same records."""
    tries: list[Try] = []
    for turn, stretch in enumerate(room):
        with tempfile.TemporaryDirectory(prefix="watchkeeper-") as folder:
            version = replays[-1].forks[stretch[0]].version
            ground = Ground.prepared(house, replays[-1].spec, version, stretch, Path(folder))
            for fault in walk(faults, f"faults from {stretch[0].start:%Y-%m-%d} on"):
                place = fault.place(replays[-1].spec.feature_kinds, turn, len(room))
                if place is not None:
                    tries += _tried(house, ground, replays, fault, place)
    return tuple(tries)


def _tried(house: House, ground: Ground, replays: Sequence[Replay], fault: Fault, place: Place) -> list[Try]:
    planted = replace(house, predictions=ground.planted(fault, place))
    stretch = tuple(ground.records)
    about = Interval(stretch[0].start, stretch[-1].end)
    return [_looked(planted, ground, seen, Try(seen.name, fault.name, place.column, about)) for seen in replays]


def _looked(planted: House, ground: Ground, seen: Replay, found: Try) -> Try:
    """Look at the windows with the fault until somebody is paged."""
    stretch = tuple(ground.records)
    replayer = seen.forks[stretch[0]].fork()
    rows = {v.interval: v.rows for v in seen.verdicts}
    for count, interval in enumerate(stretch, 1):
        window, _ = stored(planted, seen.spec, replayer, interval)
        developed = replayer.step(replace(window, rows=ground.of_all(window.rows, interval, rows[interval]))).developed
        incident = developed.incident
        if developed.transition and incident and incident.is_open and incident.level >= Level.WARNING:
            found = replace(found, told=found.told or count, cause=incident.cause, marks=incident.marks)
        if developed.paged:
            return replace(found, paged=count)
    return found

"""Earlier windows' measures, and how unusual a new one is among them."""

import math
from bisect import bisect_left
from collections.abc import Hashable, Mapping, Sequence
from datetime import datetime, timedelta
from statistics import NormalDist, median

from watchkeeper.window import History

__all__ = [
    "CALM",
    "SCORE",
    "angle",
    "angle_error",
    "earlier",
    "robust_spread",
    "tail_aware_spread",
    "tail_aware_z",
    "unspoilt",
    "without_places",
]

SCORE = "score"
"""The measure under which a check remembers the value it judged a subject by."""

CALM = 3
"""So many quiet windows in a row end a trouble, as they resolve an incident by default."""

DAY = timedelta(days=1)

HOURS_FROM, WEEKDAYS_FROM = timedelta(days=3), timedelta(days=21)
"""Hours of the day, and weekdays, are told apart once windows cover three of each."""

SHRINKAGE = 4
"""A place's own level counts n / (n + 4) when it was seen n times: by half after four weeks."""

TAIL_RANKS = (2, 3, 4)
"""Which of the largest earlier values the spread must explain; not the largest, which may be an incident."""


def earlier(history: History, key: tuple[str, str, str], before: datetime, most: int | None) -> dict[datetime, float]:
    """The last `most` finite values of a measure by their windows' ends, newest first.

    Args:
        history: of all measures.
        key: check, subject and name of the measure.
        before: only windows that ended before this moment count, so that a replay sees what the first look saw.
        most: how many windows are looked back; None for all.
    """
    entries = history.get(key, ())
    until = bisect_left(entries, before, key=lambda entry: entry[0])
    recent = dict(reversed(entries[max(0, until - most) if most else 0 : until]))
    if all(map(math.isfinite, recent.values())):
        return recent
    return {at: value for at, value in recent.items() if math.isfinite(value)}


def unspoilt(
    history: History, key: tuple[str, str, str], before: datetime, most: int, critical: float
) -> dict[datetime, float]:
    """The same without the windows in which the check found its subject critical: faults are nothing to get used to."""
    scores = earlier(history, (key[0], key[1], SCORE), before, most)
    values = earlier(history, key, before, most)
    return {at: value for at, value in values.items() if scores.get(at, 0.0) < critical}


def without_places(values: Mapping[datetime, float], length: timedelta, start: datetime) -> tuple[list[float], float]:
    """The values freed of the usual level of their place of the day and week, and that level at the judged place.

    Windows of a day or longer have their weekday's level. Shorter ones have that of their hour of the day, and on top
    of it what their weekday adds at that hour: hours are seen on all weekdays, so that they are soon known well.

    Args:
        values: by the end of their window.
        length: of the windows; a window has the place of its start, in UTC.
        start: of the window that is judged.
    """
    starts = [at - length for at in values]
    freed, shift = list(values.values()), 0.0
    covered = max(starts) - min(starts) + length
    if length < DAY and covered >= HOURS_FROM:
        freed, shift = _without([at.hour for at in starts], freed, start.hour)
    if length < DAY and covered >= WEEKDAYS_FROM:
        places = [(at.weekday(), at.hour) for at in starts]
        freed, more = _without(places, freed, (start.weekday(), start.hour))
        return freed, shift + more
    if length >= DAY and covered >= WEEKDAYS_FROM:
        freed, shift = _without([at.weekday() for at in starts], freed, start.weekday())
    return freed, shift


def _without(places: Sequence[Hashable], values: Sequence[float], place: Hashable) -> tuple[list[float], float]:
    """The values without the shrunken level of their place, and the level of the asked place, 0 when never seen."""
    middle = median(values)
    at: dict[Hashable, list[float]] = {}
    for where, value in zip(places, values, strict=True):
        at.setdefault(where, []).append(value)
    levels = {where: (median(same) - middle) * len(same) / (len(same) + SHRINKAGE) for where, same in at.items()}
    return [value - levels[where] for where, value in zip(places, values, strict=True)], levels.get(place, 0.0)


def angle(share: float) -> float:
    """The arcsine of a share's root, in which its sampling error is the same everywhere (Anscombe 1948)."""
    return math.asin(math.sqrt(min(max(share, 0.0), 1.0)))


def angle_error(count: float) -> float:
    """The sampling error of the angle of a share of this many independent values."""
    return 0.5 / math.sqrt(count)


def robust_spread(values: Sequence[float]) -> float:
    """The median absolute deviation, scaled to be a normal distribution's standard deviation; 0 for no values."""
    if not values:
        return 0.0
    middle = median(values)
    return 1.4826 * median(abs(value - middle) for value in values)


def tail_aware_spread(values: Sequence[float], floor: float) -> float:
    """The spread of earlier values, as a standard deviation whose normal distribution explains the large ones.

    It is the robust one, at least `floor`, and wide enough that the second to fourth largest values lie no further out
    than a normal distribution's would (Blom's positions, (r - 3/8) / (n + 1/4)).

    Args:
        values: at least one.
        floor: the least spread.
    """
    middle, count = median(values), len(values)
    spread = max(robust_spread(values), floor)
    largest = sorted(values, reverse=True)
    for rank in TAIL_RANKS:
        if count > 4 * rank:
            expected = NormalDist().inv_cdf(1 - (rank - 0.375) / (count + 0.25))
            spread = max(spread, (largest[rank - 1] - middle) / expected)
    return spread


def tail_aware_z(values: Sequence[float], value: float, floor: float) -> float:
    """How many spreads `value` lies above the median of earlier values; a heavy tail needs more to surprise.

    Args:
        values: at least one earlier value.
        value: the new one.
        floor: the least spread.
    """
    return (value - median(values)) / tail_aware_spread(values, floor)

"""How far back windows of a minute to a month are looked: what they are held against, and what is remembered."""

from datetime import datetime, timedelta

from watchkeeper.domain.intervals import EPOCH, Interval, interval_ending

__all__ = ["FEWEST_TRAILING", "held_against", "is_thinned", "newest", "remembered", "thinned"]

QUARTER, HOUR, DAY = timedelta(minutes=15), timedelta(hours=1), timedelta(days=1)

TRAILING = timedelta(days=28)
"""The trailing baseline sums this much: four of every weekday, short enough to follow the seasons."""

LEAST_TRAILING = 4
"""Nor fewer windows than this: of one alone the baseline would be as uncertain as the window itself."""

FEWEST_TRAILING = 7
"""Fewer earlier windows than this are no trailing baseline, where it reaches back so many."""

REMEMBERED, LEAST_REMEMBERED = timedelta(days=120), 36
"""Measures older than this are no longer compared with, nor fewer windows remembered: of months three years."""


def held_against(window: Interval) -> Interval:
    """The time whose records a window is held against: the 28 days before it, or four windows of a week or longer.

    For windows shorter than a day it begins at midnight, so that whole days' sums can be used.
    """
    start = window.start - max(TRAILING, LEAST_TRAILING * window.length)
    if window.length < DAY:
        start = EPOCH + (start - EPOCH) // DAY * DAY
    return Interval(start, window.start)


def remembered(window: Interval) -> Interval:
    """The time whose measures a window may be compared with."""
    return Interval(window.end - max(REMEMBERED, LEAST_REMEMBERED * window.length), window.end)


def is_thinned(length: timedelta) -> bool:
    """Whether windows are so short that not all are compared with: 28 days have forty thousand minutes."""
    return length < QUARTER


def newest(window: Interval) -> Interval:
    """The time of which every window is compared with, where they are thinned: the last hour, at least four windows."""
    return Interval(window.end - max(HOUR, 4 * window.length), window.end)


def thinned(window: Interval) -> tuple[datetime, ...]:
    """The ends of the older windows that are compared with, one an hour for 28 days.

    They are counted from the window itself, so that those at the same time of other days are among them.
    """
    ends = (window.end - n * HOUR for n in range(1, TRAILING // HOUR + 1))
    return tuple(interval_ending(end, window.length).end for end in ends)

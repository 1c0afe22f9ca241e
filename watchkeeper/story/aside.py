"""Which windows are no baseline for others: those of a trouble that nobody has taken back or accepted."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from watchkeeper.checks.troubles import unaccepted
from watchkeeper.domain.causes import Cause
from watchkeeper.domain.intervals import Interval
from watchkeeper.domain.levels import Level
from watchkeeper.domain.verdicts import Verdict

__all__ = ["Usual", "is_troubled", "troubled_since", "usual_part"]

SHIFTS = (Cause.COVARIATE_SHIFT, Cause.HARMFUL_SHIFT)
"""Inputs that have moved; what is wrong with labels or answers alone is nothing to inputs."""


def is_troubled(verdict: Verdict) -> bool:
    """Whether a window's inputs are not what they should be: broken records, or inputs that moved critically."""
    return verdict.not_for_training == "records" or (verdict.level is Level.CRITICAL and verdict.cause in SHIFTS)


@dataclass(frozen=True, slots=True)
class Usual:
    """What of a time is how things are.

    Attributes:
        since: windows that start before this moment are how things were.
        aside: troubled windows, oldest first.
    """

    since: datetime
    aside: tuple[Interval, ...] = ()

    def holds(self, window: Interval) -> bool:
        """Whether a window is one that others are held against."""
        return window.start >= self.since and window not in self.aside


def usual_part(within: Interval, troubled: Collection[Interval]) -> Usual:
    """What of the trailing time windows are held against.

    A fault is nothing to get used to: troubled windows are left out. A trouble of more than half of 28 days is how
    things are now (see `checks.troubles`): its windows are taken in, and those before it left out, so that what follows
    is compared with its like.

    Args:
        within: the time that the trailing baseline sums.
        troubled: windows of one length, in any order, from `troubled_since` on.
    """
    known = sorted(window for window in troubled if window.end > troubled_since(within))
    if not known:
        return Usual(within.start)
    first, length = known[0].start, known[0].length
    places = {(window.start - first) // length: window for window in known}
    begins, bad = unaccepted([n in places for n in range(max(places) + 1)], length)
    since = within.start if begins is None else max(within.start, first + begins * length)
    return Usual(since, tuple(places[n] for n in bad if places[n].start >= since))


def troubled_since(within: Interval) -> datetime:
    """How far back trouble matters: a trouble is the rule until its last window has left the trailing baseline."""
    return within.start - within.length

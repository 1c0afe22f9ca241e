"""The sum of the newest windows' profiles, kept up as windows come and go."""

from collections import deque
from collections.abc import Iterable
from copy import copy
from datetime import datetime

from watchkeeper.domain.intervals import Interval
from watchkeeper.profiles.profile import Profile

__all__ = ["Trailing"]

Counted = tuple[Interval, Profile]


class Trailing:
    """Windows in a queue with the sum of all of them: a few additions a window, however many there are.

    The queue is two stacks. `_old` holds, for every window of the older part, the sum of it and of all after it in that
    part, the oldest at the right; `_new` is the sum of the younger part. When the old part is used up, the young one
    takes its place.

    Args:
        windows: oldest first, none overlapping another.
    """

    def __init__(self, windows: Iterable[Counted] = ()) -> None:
        self._old: deque[Counted] = deque()
        self._young: deque[Counted] = deque()
        self._new = Profile()
        for interval, profile in windows:
            self.take(interval, profile)

    def __len__(self) -> int:
        return len(self._old) + len(self._young)

    def take(self, interval: Interval, profile: Profile) -> None:
        """Add one more window, newer than all others."""
        self._young.append((interval, profile))
        self._new += profile

    def forget(self, before: datetime) -> None:
        """Drop the windows that started before a moment."""
        while len(self) and self._oldest.start < before:
            self._settle()
            self._old.pop()

    def total(self) -> Profile | None:
        """The sum; None when there is no window."""
        if not self._old:
            return self._new if self._young else None
        return self._old[-1][1] + self._new if self._young else self._old[-1][1]

    def copy(self) -> "Trailing":
        """One of its own, with the same windows."""
        other = Trailing()
        other._old, other._young, other._new = copy(self._old), copy(self._young), self._new
        return other

    @property
    def _oldest(self) -> Interval:
        return (self._old[-1] if self._old else self._young[0])[0]

    def _settle(self) -> None:
        """Make the young part the old one, once that is used up."""
        if self._old:
            return
        after = Profile()
        while self._young:
            interval, profile = self._young.pop()
            after += profile
            self._old.append((interval, after))
        self._new = Profile()

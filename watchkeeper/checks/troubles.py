"""What a row of bad windows was: an event, something that lasts, or how things are now.

A fault is nothing to get used to, and a change that lasts must not be told for ever. So of a trouble the first window
counts as experience, one unusual event among others, however long it lasts; the next ones do not; and once more
than half of 28 days' windows were bad, most of what windows are held against would be trouble, and a person has been
told two weeks ago: what nobody has taken back by then is the new rule. The baseline then begins with it, and what is
measured from there on counts.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from enum import Enum, auto

from watchkeeper.checks.history import CALM
from watchkeeper.domain.reaches import is_thinned

__all__ = ["Part", "apart", "lasts_on", "out_of_trouble", "parts_of", "unaccepted"]

WEEKS, HOUR = timedelta(days=28), timedelta(hours=1)
"""As much as the trailing baseline sums; and how far remembered windows are apart where they are thinned."""

FEWEST = 3
"""More bad windows than this make a rule, of however long windows: two may be an accident each."""


class Part(Enum):
    """What a window was to a trouble."""

    QUIET = auto()
    BEGINS = auto()
    LASTS = auto()
    RULE = auto()


def parts_of(bad: Sequence[bool], length: timedelta) -> list[Part]:
    """What each window was, oldest first.

    A trouble begins with a bad window and ends with the last of three quiet ones in a row. Its windows are the RULE
    once more than half of 28 days' windows before them were bad.

    Args:
        bad: whether each window was bad.
        length: of the windows, or how far they are `apart`.
    """
    enough = max(WEEKS / length / 2, FEWEST)
    parts, calm, count = [], CALM, 0
    for one in bad:
        if calm == CALM:
            count = 0
            parts.append(Part.BEGINS if one else Part.QUIET)
        else:
            parts.append(Part.RULE if count > enough else Part.LASTS)
        count += one
        calm = 0 if one else min(calm + 1, CALM)
    return parts


def apart(length: timedelta) -> timedelta:
    """How far the windows of a history are apart: of very short ones it has one an hour."""
    return HOUR if is_thinned(length) else length


def lasts_on(bad: Sequence[bool], length: timedelta) -> bool:
    """Whether a trouble lasts that is no rule yet: it would, were the next window bad too."""
    return parts_of([*bad, False], length)[-1] is Part.LASTS


def unaccepted(bad: Sequence[bool], length: timedelta) -> tuple[int | None, list[int]]:
    """The place where the newest rule begins, None when there is none, and the places of bad windows that are no rule.

    Args:
        bad: whether each window was bad, oldest first.
        length: of the windows.
    """
    parts = parts_of([*bad, False], length)
    ruled = _ruled(parts)[:-1]
    begun = [n for n, part in enumerate(parts[:-1]) if part is Part.BEGINS and ruled[n]]
    return max(begun, default=None), [n for n, one in enumerate(bad) if one and not ruled[n]]


def out_of_trouble(
    values: Mapping[datetime, float], bad: Collection[datetime], length: timedelta, *, whole: bool = True
) -> dict[datetime, float]:
    """The values without those of windows in which a trouble lasted, but for one that became the rule.

    Of a trouble that is not over yet its beginning is left out too, so that it is not compared with itself.

    Args:
        values: by the end of their window.
        bad: ends of the bad windows.
        length: of the windows.
        whole: whether a trouble that became the rule counts from its beginning, as it does for levels; distances from
            a baseline count only from then on, when the baseline has taken the new rule in.
    """
    if not bad:
        return dict(values)
    ends = sorted(values)
    *parts, now = parts_of([*(at in bad for at in ends), False], apart(length))
    begun = max((at for at, part in zip(ends, parts, strict=True) if part is Part.BEGINS), default=None)
    left_out = begun if now is Part.LASTS else None
    seen = zip(ends, parts, _ruled([*parts, now])[:-1], strict=True)
    kept = {at: values[at] for at, part, rule in seen if part is not Part.LASTS or (whole and rule)}
    return {at: value for at, value in kept.items() if at != left_out}


def _ruled(parts: Sequence[Part]) -> list[bool]:
    """Of each window whether it belongs to a trouble that became the rule."""
    found, rule = [], False
    for part in reversed(parts):
        rule = part is Part.RULE or (rule and part is not Part.QUIET)
        found.append(rule)
        rule = rule and part is not Part.BEGINS
    return found[::-1]

"""What a row of bad windows was: an event, something that lasts, or how things are now.

A fault is nothing to get used to, and a change that lasts must not be told for ever. So of a trouble the first window
counts as experience, one unusual event among others, however long it lasts; the next ones do not; and once more
than half of 28 days' windows were bad, most of what windows are held against would be trouble, and a person has been
told two weeks ago: what nobody has taken back by then is the new rule.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from enum import Enum, auto

from watchkeeper.checks.history import CALM

__all__ = ["Part", "lasts_on", "out_of_trouble", "parts_of"]

WEEKS, QUARTER = timedelta(days=28), timedelta(minutes=15)
"""As much as the trailing baseline sums; of shorter windows one in a quarter of an hour is remembered."""

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
    from the one on with which more than half of 28 days' windows were bad.

    Args:
        bad: whether each window was bad.
        length: of the windows.
    """
    enough = max(WEEKS / max(length, QUARTER) / 2, FEWEST)
    parts, calm, count = [], CALM, 0
    for one in bad:
        lasts = calm < CALM
        count = count + one if lasts else int(one)
        calm = 0 if one else calm + 1
        if lasts:
            parts.append(Part.RULE if count > enough else Part.LASTS)
        else:
            parts.append(Part.BEGINS if one else Part.QUIET)
    return parts


def lasts_on(bad: Sequence[bool], length: timedelta) -> bool:
    """Whether a trouble lasts that is no rule yet: it would, were the next window bad too."""
    return parts_of([*bad, False], length)[-1] is Part.LASTS


def out_of_trouble(
    values: Mapping[datetime, float], bad: Collection[datetime], length: timedelta
) -> dict[datetime, float]:
    """The values without those of windows in which a trouble lasted, unless it became the rule: then all count.

    Args:
        values: by the end of their window.
        bad: ends of the bad windows.
        length: of the windows.
    """
    if not bad:
        return dict(values)
    ends = sorted(values)
    kept, ruled = {}, False
    for at, part in zip(reversed(ends), reversed(parts_of([at in bad for at in ends], length)), strict=True):
        ruled = part is Part.RULE or (ruled and part is Part.LASTS)
        if ruled or part is not Part.LASTS:
            kept[at] = values[at]
    return kept

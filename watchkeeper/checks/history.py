"""Earlier windows' measures, and how unusual a new one is among them."""

import itertools
import math
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from statistics import NormalDist, median

from watchkeeper.window import History

__all__ = [
    "CALM",
    "SCORE",
    "accepted",
    "angle",
    "angle_error",
    "earlier",
    "experienced",
    "robust_spread",
    "tail_aware_z",
    "unspoilt",
    "without_weekdays",
]

SCORE = "score"
"""The measure under which a check remembers the value it judged a subject by."""

ACCEPTED_WITHIN = timedelta(days=28)
"""As much as the trailing baseline sums."""

FEWEST = 7
"""Of fewer windows than this, more than half is soon said."""

CALM = 3
"""So many windows in a row that are not critical end a trouble."""

FOR_WEEKDAYS = 21
"""With fewer windows than this, weekdays are not told apart."""

SHRINKAGE = 4
"""A weekday's own level counts n / (n + 4) when it was seen n times."""

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
    found = (entry for entry in reversed(history.get(key, ())) if entry[0] < before)
    return {at: value for at, value in itertools.islice(found, most) if math.isfinite(value)}


def accepted(ends: Collection[datetime], troubled: Collection[datetime], before: datetime) -> bool:
    """Whether trouble has lasted so long that it is the new rule: through more than half of the last 28 days' windows.

    That is when most of what a window is held against, the trailing baseline, would be trouble too: a person has been
    told, and a change that nobody has taken back for two weeks is how things are now. Where 28 days are fewer than 7
    windows, the newest 7 are looked at, so that it takes four of them.

    Args:
        ends: of the windows that are remembered.
        troubled: those among them that were critical.
        before: the end of the window that is judged.
    """
    newest = sorted(ends, reverse=True)
    recent = [at for n, at in enumerate(newest) if at >= before - ACCEPTED_WITHIN or n < FEWEST]
    return sum(at in troubled for at in recent) * 2 > max(len(recent), FEWEST)


def unspoilt(
    history: History, key: tuple[str, str, str], before: datetime, most: int, critical: float
) -> dict[datetime, float]:
    """The same without the windows in which the check found its subject critical: faults are nothing to get used to."""
    scores = earlier(history, (key[0], key[1], SCORE), before, most)
    values = earlier(history, key, before, most)
    return {at: value for at, value in values.items() if scores.get(at, 0.0) < critical}


def experienced(
    history: History, key: tuple[str, str, str], before: datetime, most: int, critical: float
) -> dict[datetime, float]:
    """The same without the critical windows of a trouble that still lasts; one that is over is experience.

    Trouble lasts until three windows in a row were not critical. Where it has lasted through most of what is looked
    back on, it has become the rule, and all windows count.
    """
    scores = earlier(history, (key[0], key[1], SCORE), before, most)
    values = earlier(history, key, before, most)
    spoilt, calm = set(), 0
    for at, score in scores.items():
        calm = 0 if score >= critical else calm + 1
        if calm == CALM:
            break
        spoilt |= {at} if score >= critical else set()
    clean = {at: value for at, value in values.items() if at not in spoilt}
    return clean if len(clean) * 2 >= len(values) else values


def without_weekdays(values: Mapping[datetime, float], length: timedelta, start: datetime) -> tuple[list[float], float]:
    """The values freed of their weekday's usual level, and the level of the weekday of `start`.

    Args:
        values: by the end of their window.
        length: of the windows; a window has the weekday of its start, in UTC.
        start: of the window that is judged.
    """
    if len(values) < FOR_WEEKDAYS:
        return list(values.values()), 0.0
    middle = median(values.values())
    days = {at: (at - length).weekday() for at in values}
    shifts = {}
    for day in range(7):
        same = [value for at, value in values.items() if days[at] == day]
        shifts[day] = (median(same) - middle) * len(same) / (len(same) + SHRINKAGE) if same else 0.0
    return [value - shifts[days[at]] for at, value in values.items()], shifts[start.weekday()]


def angle(share: float) -> float:
    """The arcsine of a share's root, in which its sampling error is the same everywhere (Anscombe 1948)."""
    return math.asin(math.sqrt(min(max(share, 0.0), 1.0)))


def angle_error(count: int) -> float:
    """The sampling error of the angle of a share of this many values."""
    return 0.5 / math.sqrt(count)


def robust_spread(values: Sequence[float]) -> float:
    """The median absolute deviation, scaled to be a normal distribution's standard deviation; 0 for no values."""
    if not values:
        return 0.0
    middle = median(values)
    return 1.4826 * median(abs(value - middle) for value in values)


def tail_aware_z(values: Sequence[float], value: float, floor: float) -> float:
    """How many spreads `value` lies above the median of earlier values.

    The spread is the robust one, at least `floor`, and wide enough that the second to fourth largest earlier values
    lie no further out than a normal distribution's would (Blom's positions, (r - 3/8) / (n + 1/4)): a column with
    heavy tails needs more to surprise.

    Args:
        values: at least one earlier value.
        value: the new one.
        floor: the least spread.
    """
    middle, count = median(values), len(values)
    spread = max(robust_spread(values), floor)
    largest = sorted(values, reverse=True)
    for rank in TAIL_RANKS:
        if count > 4 * rank:
            expected = NormalDist().inv_cdf(1 - (rank - 0.375) / (count + 0.25))
            spread = max(spread, (largest[rank - 1] - middle) / expected)
    return (value - middle) / spread

"""When a value that rises will have reached its critical limit."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import combinations
from statistics import median

from watchkeeper.domain.findings import Finding
from watchkeeper.domain.levels import Level
from watchkeeper.domain.verdicts import Verdict

__all__ = ["LOOKS_BACK", "foreseen", "is_foreseeable", "time_to_breach"]

LOOKS_BACK = 14
"""So many windows a pace is read from: two weeks of days, in which every weekday stands twice."""

FEWEST = 6
"""With fewer values than this a row that rises by chance is too common: of six, one order in 360 is this clear."""

SURE = 2.58
"""The Mann-Kendall score from which a row is called rising (Mann 1945, Kendall 1948): by chance one in 200 is."""

UNITS = ((7, "week"), (1, "day"), (1 / 24, "hour"), (1 / 1440, "minute"))
"""In days, the largest first."""


def foreseen(findings: Iterable[Finding], earlier: Sequence[Verdict], now: datetime) -> tuple[Finding, ...]:
    """The findings; the sentence of a warning that rises says when it will be critical.

    Args:
        earlier: the verdicts before, newest first; `LOOKS_BACK` of them are enough.
        now: the end of the findings' window.
    """
    return tuple(_with_outlook(f, earlier, now) if is_foreseeable(f) else f for f in findings)


def is_foreseeable(finding: Finding) -> bool:
    """Whether a forecast says something: of what is critical already, or quiet, it does not."""
    return finding.level is Level.WARNING and finding.limit > 0 and 0 < finding.value < finding.limit


def _with_outlook(finding: Finding, earlier: Sequence[Verdict], now: datetime) -> Finding:
    past = [(v.interval.end, old) for v in earlier[:LOOKS_BACK] if (old := v.finding(finding.mark))]
    values = [(at, old.value / old.limit) for at, old in past if old.limit > 0 and math.isfinite(old.value)]
    left = time_to_breach([*reversed(values), (now, finding.value / finding.limit)])
    if left is None:
        return finding
    return replace(finding, sentence=f"{finding.sentence} At this pace critical in about {_told(left)}.")


def time_to_breach(values: Sequence[tuple[datetime, float]]) -> timedelta | None:
    """How long until a rising row reaches 1, from its last value at the pace of its median slope.

    The slope is Theil and Sen's: the median over all pairs, which a few outliers do not move (Sen 1968). Told only of a
    row that rises clearly, and no further ahead than the row looks back.

    Args:
        values: of shares of the critical limit, oldest first; the last is below 1.
    """
    if len(values) < FEWEST or _score([v for _, v in values]) < SURE:
        return None
    pairs = combinations(values, 2)
    slope = median((v - u) / (t - s).total_seconds() for (s, u), (t, v) in pairs)
    if slope <= 0:
        return None
    seconds, seen = (1 - values[-1][1]) / slope, values[-1][0] - values[0][0]
    return timedelta(seconds=seconds) if seconds <= seen.total_seconds() else None


def _score(values: Sequence[float]) -> float:
    """Mann and Kendall's: pairs that rise minus pairs that fall, in standard deviations of a row without a trend."""
    count = len(values)
    rises = sum((v > u) - (v < u) for u, v in combinations(values, 2))
    return (rises - 1) / math.sqrt(count * (count - 1) * (2 * count + 5) / 18)


def _told(left: timedelta) -> str:
    """`5 days`, in the largest unit of which there are at least two, else in minutes."""
    days = left.total_seconds() / 86_400
    unit, name = next(((u, n) for u, n in UNITS if days / u >= 2), UNITS[-1])  # noqa: PLR2004 - below two, the next
    count = max(1, round(days / unit))
    return f"{count} {name}{'s' if count > 1 else ''}"

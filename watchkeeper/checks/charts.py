"""Two control charts of a metric: has it been worse than usual for a while, or is it much worse at once?

A metric of one block of labels is freed of its place of the day and week and measured in the spread of earlier blocks.
Two charts watch these values z:

* The CUSUM of Page 1954 adds up what exceeds half a spread, `s = max(0, s + z - 1/2)`: no chart finds a lasting change
  of one spread sooner (Moustakides 1986). Labels of which every fiftieth is wrong move the AUC by about that much.
* The chart of Shewhart 1931 looks at z alone, for outages.

How often chance reaches a limit is known, so that limits follow from the false alarms that are allowed.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from statistics import fmean

from watchkeeper.checks.chart_limits import ALLOWANCE, cusum_limit, shewhart_limit
from watchkeeper.checks.history import tail_aware_spread, without_places
from watchkeeper.domain.intervals import Interval

__all__ = [
    "AT_ONCE",
    "HEADROOM",
    "Reading",
    "Usual",
    "cusum",
    "read_charts",
    "usual",
]

AT_ONCE = 0.1
"""The Shewhart chart's share of the false alarms. What it sees alone is over by the next block, the CUSUM sees the rest
at most a block later, and its limit hardly grows by giving up a tenth (Lucas 1982)."""

HEADROOM = math.log(20)
"""How far the CUSUM rises above its limit at most: it has to be twenty times likelier that all is usual again than that
the change lasts, before it comes back."""

MOST_ALIKE = 0.9
"""Where blocks are more alike than this no chart would ever speak."""

CLIPPED = 3.0
"""One outlier says nothing of how alike neighbours are."""


@dataclass(frozen=True, slots=True)
class Usual:
    """What a metric usually is at one place of the week.

    Attributes:
        level: what is expected.
        spread: a normal value's standard deviation, above 0.
        alike: how alike a block and the next one are, their autocorrelation; 0 to 0.9.
        blocks: how many earlier ones it was learned from, at least 2.
    """

    level: float
    spread: float
    alike: float
    blocks: int

    def z(self, value: float) -> float:
        """How unusual a value is, as a standard normal value; upwards is above what is expected.

        The fewer blocks are known, the less a value far from them says: level and spread are uncertain themselves.
        Student's t with one degree of freedom less than blocks, as a normal value (Wallace 1959).
        """
        t = (value - self.level) / self.spread / math.sqrt(1 + 1 / self.blocks)
        freedom = self.blocks - 1
        size = math.sqrt(freedom * math.log1p(t * t / freedom))
        return math.copysign((8 * freedom + 1) / (8 * freedom + 3) * size, t)


def usual(past: Mapping[datetime, float], interval: Interval, floor: float, *, both_ways: bool = False) -> Usual:
    """What is expected of a window, from earlier ones.

    Args:
        past: values by the end of their window, at least two; upwards is worse.
        interval: of the window that is judged.
        floor: the least spread, above 0: what chance alone makes of so few labels.
        both_ways: whether downwards is worse, too.
    """
    ordered = dict(sorted(past.items()))
    freed, shift = without_places(ordered, interval.length, interval.start)
    spread = tail_aware_spread(freed, floor)
    spread = max(spread, tail_aware_spread([-value for value in freed], floor)) if both_ways else spread
    middle = _middle(freed)
    return Usual(middle + shift, spread, _alike([(value - middle) / spread for value in freed]), len(freed))


@dataclass(frozen=True, slots=True)
class Reading:
    """What the charts say of one block.

    Attributes:
        value: of the chart that is nearest to its limit.
        limit: of that chart.
        side: 1 where the metric moved upwards on its scale, -1 downwards.
        at_once: whether it is the Shewhart chart.
        cusums: one, or one for either direction where both are worse: upwards, downwards.
    """

    value: float
    limit: float
    side: int
    at_once: bool
    cusums: tuple[float, ...]


def read_charts(z: float, alike: float, before: Sequence[tuple[float, float]], rate: float) -> Reading:
    """Both charts after one more block.

    Args:
        z: of the block.
        alike: the autocorrelation of neighbouring blocks.
        before: the CUSUM before, 0 at the start, and the size of the change it saw; two where both directions are
            worse, upwards first.
        rate: false alarms a block that are allowed, over all charts together.
    """
    share = rate / len(before)
    limits = cusum_limit(share * (1 - AT_ONCE), alike), shewhart_limit(share * AT_ONCE)
    sides = (1, -1)[: len(before)]
    cusums = tuple(cusum(s, side * z, limits[0], size) for (s, size), side in zip(before, sides, strict=True))
    readings = [Reading(s, limits[0], side, False, cusums) for s, side in zip(cusums, sides, strict=True)]  # noqa: FBT003 - named by its field
    readings += [Reading(side * z, limits[1], side, True, cusums) for side in sides]  # noqa: FBT003 - the same
    return max(readings, key=lambda r: r.value / r.limit)


def _middle(values: Sequence[float]) -> float:
    """The mean without the smallest and the largest fifth: deaf to outliers, and surer than the median (Tukey 1960)."""
    left_out = len(values) // 5
    return fmean(sorted(values)[left_out : len(values) - left_out])


def _alike(values: Sequence[float]) -> float:
    """The autocorrelation of neighbours, outliers clipped, without the bias of short series (Kendall 1954)."""
    clipped = [min(max(value, -CLIPPED), CLIPPED) for value in values]
    size = sum(value * value for value in clipped)
    shared = sum(a * b for a, b in pairwise(clipped))
    alike = shared / size if size else 0.0
    return min(max(alike + (1 + 4 * alike) / len(values), 0.0), MOST_ALIKE)


def cusum(before: float, z: float, limit: float, size: float = 1.0) -> float:
    """The CUSUM after one more block.

    It is the logarithm of how much more likely the last blocks are if a change of one spread has come than if none has.
    Below its limit that is the change looked for; once it has spoken, the change that has come is known, and how large
    it is says how soon its end is seen: an outage of seven spreads is over with the first usual block.

    Args:
        before: the CUSUM of the block before, 0 at the start.
        z: of this block.
        limit: of the CUSUM; it rises little above it, so that it comes back soon after what was wrong is mended.
        size: what the change amounts to, in spreads; less than 1 is taken for 1.
    """
    change = max(size, 1.0) if before >= limit else 1.0
    return min(max(0.0, before + change * (z - ALLOWANCE * change)), limit + HEADROOM)

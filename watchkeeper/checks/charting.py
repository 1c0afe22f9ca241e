"""What a check remembers of the blocks of labels before, and what its charts make of a new one."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import takewhile
from statistics import median

from watchkeeper.checks.charts import Reading, Usual, read_charts, usual
from watchkeeper.checks.history import CALM, SCORE, earlier
from watchkeeper.checks.scales import Scale
from watchkeeper.domain.intervals import Interval
from watchkeeper.window import History

__all__ = ["CUSUMS", "SEEDED", "SPREAD", "USUAL", "Charted", "Past"]

SEEDED = "*"
"""The subject of what was measured out of fold, before there was a version."""

CUSUMS = ("cusum", "cusum_below")
"""Under these names a check remembers its CUSUMs; the second where both directions are worse."""

USUAL, SPREAD = "usual", "spread"
"""Under these names it remembers what a block was held against."""

MOST_FALSE = 0.1
"""A chart that may speak falsely more often than in one of ten blocks is none."""


@dataclass(frozen=True, slots=True)
class Charted:
    """A block on its charts: what they say, what was expected, and for how many blocks it has been worse."""

    reading: Reading
    usual: Usual
    lasted: int

    @property
    def remembered(self) -> dict[str, float]:
        """What the next blocks need to know of this one, by the names of the measures."""
        known = dict(zip(CUSUMS, self.reading.cusums, strict=False))
        kept = {SCORE: self.reading.value / self.reading.limit, USUAL: self.usual.level, SPREAD: self.usual.spread}
        return known | kept


@dataclass(frozen=True, slots=True)
class Run:
    """The last blocks in which a CUSUM was above 0: where it stands, how many they are, and how far off in spreads."""

    cusum: float
    blocks: int
    size: float


@dataclass(frozen=True, slots=True)
class Past:
    """The earlier blocks of one version, newest first.

    Attributes:
        interval: of the window that is judged.
        due: the block of labels that it sees.
        metric: its name.
        scale: of the metric.
        clean: the metric on its scale, by the end of the block, without trouble.
        measured: the version's own measures by name, then by the end of their window.
        anew: the end of the last trouble's last window, after which charts begin anew; None when there was none.
    """

    interval: Interval
    due: Interval
    metric: str
    scale: Scale
    clean: Mapping[datetime, float]
    measured: Mapping[str, Mapping[datetime, float]]
    anew: datetime | None

    @classmethod
    def of(
        cls, history: History, key: tuple[str, str, str], interval: Interval, due: Interval, scale: Scale, most: int
    ) -> "Past":
        """The past of a metric.

        Args:
            history: of all measures.
            key: check, version and name of the metric.
            interval: of the window that is judged.
            due: the block of labels that it sees.
            scale: of the metric.
            most: how many clean blocks count.
        """
        check, version, metric = key
        names = (metric, *CUSUMS, SCORE, USUAL, SPREAD)
        own = {name: earlier(history, (check, version, name), interval.end, None) for name in names}
        seeded = earlier(history, (check, SEEDED, metric), due.end, None)
        (spoilt, anew), delay = _troubles(own[SCORE]), interval.end - due.end
        values = {**seeded, **{at - delay: value for at, value in own[metric].items() if at not in spoilt}}
        newest = sorted(values, reverse=True)[:most]
        return cls(interval, due, metric, scale, {at: scale.chart(values[at]) for at in newest}, own, anew)

    @property
    def is_new(self) -> bool:
        """Whether the labels of this block count in no block that is remembered."""
        remembered = next(iter(self.measured[self.metric]), None)
        return remembered is None or remembered <= self.interval.end - self.due.length

    def usual(self, floor: float, least: int) -> Usual | None:
        """What is expected of this block; None while fewer than `least` blocks are known.

        After a trouble so long that the blocks before it are forgotten it is what the last block was held against.
        """
        if len(self.clean) >= least:
            labelled = Interval(self.due.end - self.interval.length, self.due.end)
            return usual(self.clean, labelled, floor, both_ways=self.scale.both_ways)
        level, spread = (next(iter(self.measured[name].values()), math.nan) for name in (USUAL, SPREAD))
        return None if math.isnan(level) else Usual(level, max(spread, floor), 0.0, least)

    def charted(self, value: float, expected: Usual, false_alarms: float) -> Charted:
        """A new block on the charts.

        Where blocks are longer than windows, the charts of neighbouring windows see mostly the same labels, and speak
        together: as many false alarms as windows allow fall on half as many charts as there are windows in a block.

        Args:
            value: the metric.
            expected: what it usually is.
            false_alarms: allowed a window.
        """
        windows = self.due.length / self.interval.length
        rate = min(false_alarms * max(1.0, windows / 2), MOST_FALSE)
        before = [self._before(*side) for side in ((1, CUSUMS[0]), (-1, CUSUMS[1]))[: 1 + self.scale.both_ways]]
        z = expected.z(self.scale.chart(value))
        reading = read_charts(z, expected.alike, [(run.cusum, run.size) for run in before], rate)
        return Charted(reading, expected, before[0 if reading.side > 0 else 1].blocks + 1)

    def _before(self, side: int, name: str) -> "Run":
        """The run of blocks up to this one, those that share labels with it and those of old troubles apart."""
        since, until = self.anew or datetime.min.replace(tzinfo=UTC), self.interval.end - self.due.length
        before = {at: s for at, s in self.measured[name].items() if since < at <= until}
        ends = list(takewhile(lambda at: before[at] > 0, before))
        return Run(next(iter(before.values()), 0.0), len(ends), side * median(map(self._z, ends)) if ends else 0.0)

    def _z(self, at: datetime) -> float:
        """How many spreads a block was off what it was held against."""
        return (self.scale.chart(self.measured[self.metric][at]) - self.measured[USUAL][at]) / self.measured[SPREAD][at]


def _troubles(scores: Mapping[datetime, float]) -> tuple[set[datetime], datetime | None]:
    """The ends of all windows of trouble, and the last moment at which one was over.

    A trouble lasts from a critical window until three in a row were not critical.
    """
    spoilt: set[datetime] = set()
    over, calm = None, CALM
    for at, score in sorted(scores.items()):
        calm = 0 if score >= 1 else calm + 1
        spoilt |= {at} if calm < CALM else set()
        over = at if calm == CALM and spoilt else over
    return spoilt, over

"""What would have paged, against what did: the past looked at again with the spec in force, or with a changed one."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta

from watchkeeper.domain.incidents import Incident, Transition
from watchkeeper.domain.intervals import Interval
from watchkeeper.domain.levels import Level
from watchkeeper.domain.verdicts import Verdict
from watchkeeper.errors import NotThere
from watchkeeper.faults import Fault
from watchkeeper.spec import ModelSpec
from watchkeeper.story.house import House
from watchkeeper.story.paging import pages_of
from watchkeeper.story.past import FOREVER, TICK, Past, Replay, Walk, replay, straight
from watchkeeper.story.trying import Try, candidates, stretches, try_faults

__all__ = [
    "CHANGED",
    "EVERY_ALARM",
    "IN_FORCE",
    "PRODUCTION",
    "Backtest",
    "Track",
    "backtest",
    "is_explained",
    "right_ones",
]

PRODUCTION, IN_FORCE, CHANGED = "production", "spec in force", "changed spec"

EVERY_ALARM = "all"
"""In place of an incident's key: all that production paged for was nothing."""


@dataclass(frozen=True, slots=True)
class Track:
    """How one way of looking saw the period.

    Attributes:
        name: who looked: production, or a replay with a spec.
        levels: of every window that was judged, oldest first.
        incidents: that were open in the period, as they stood at its end, oldest first.
        pages: the transitions in the period that made an incident critical, oldest first.
        false_pages: those of them that no incident explains which production paged for and nobody called a false alarm.
        verdicts: with their findings, of a replay; none of production's.
    """

    name: str
    levels: tuple[tuple[Interval, Level], ...]
    incidents: tuple[Incident, ...]
    pages: tuple[Transition, ...]
    false_pages: tuple[Transition, ...]
    verdicts: tuple[Verdict, ...] = ()

    @property
    def paged(self) -> tuple[Incident, ...]:
        """The incidents that paged, as they stood at the period's end."""
        keys = {page.incident.key for page in self.pages}
        return tuple(i for i in self.incidents if i.key in keys)


@dataclass(frozen=True, slots=True)
class Backtest:
    """The past looked at again.

    Attributes:
        spec: the one of most interest.
        tracks: production's, then one a replay.
        tries: of planted faults.
        room: so many stretches were clean enough to plant faults in.
        rows_gone: so many windows had only their profile left.
    """

    spec: ModelSpec
    over: Interval
    tracks: tuple[Track, ...]
    tries: tuple[Try, ...]
    room: int
    rows_gone: int

    @property
    def last_two(self) -> tuple[Track, Track]:
        """What is compared."""
        return self.tracks[-2], self.tracks[-1]

    @property
    def only_before(self) -> tuple[Incident, ...]:
        """What the last track would no more have paged for."""
        before, after = self.last_two
        return _without(before.paged, after.paged)

    @property
    def only_after(self) -> tuple[Incident, ...]:
        """What the last track alone would have paged for."""
        before, after = self.last_two
        return _without(after.paged, before.paged)

    def per_month(self, count: int) -> float:
        """So many in the period, per 30 days."""
        return count * (timedelta(days=30) / self.over.length)


def backtest(
    house: House,
    past: Past,
    specs: Sequence[tuple[str, ModelSpec]],
    faults: Sequence[Fault] = (),
    false_alarms: Collection[str] = (),
    walk: Walk = straight,
) -> Backtest:
    """Look at the past again with every spec, and plant faults where it was clean. Writes nothing.

    Args:
        specs: with what each is called; the last one is of most interest.
        faults: to plant into copies of clean windows.
        false_alarms: keys of production's incidents that were nothing; the others that it paged for explain pages.
        walk: shows progress.

    Raises:
        NotThere: neither records nor a profile of any window are left, or a false alarm is no incident of production's.
    """
    spec = specs[-1][1]
    right = right_ones(house, past, spec.model, false_alarms)
    before = candidates(past, spec) if faults else ()
    replays = [replay(house, named, past, walk, forks=before) for named in specs]
    tracks = [_production(house, past, spec, right), *(_replayed(r, right) for r in replays)]
    room = stretches(past, spec, before, [i for t in tracks for i in t.incidents])
    tries = try_faults(house, replays, room, faults, walk)
    return Backtest(spec, past.over, tuple(tracks), tries, len(room), replays[-1].rows_gone)


def right_ones(house: House, past: Past, model: str, false_alarms: Collection[str]) -> tuple[Incident, ...]:
    """What production paged for in the period, and before it as far as it is remembered, without the false alarms.

    Raises:
        NotThere: a false alarm is none of them.
    """
    paged = {i.key: i for i in house.state.incidents(model) if i.level is Level.CRITICAL}
    named = set(paged) if EVERY_ALARM in false_alarms else set(false_alarms)
    if strange := sorted(named - set(paged)):
        known = ", ".join(paged) or "none"
        raise NotThere(f"{model} was never paged for an incident {strange[0]}; it was for: {known}")
    return tuple(i for key, i in paged.items() if key not in named and _overlap(past.over, i))


def is_explained(page: Transition, right: Sequence[Incident], spec: ModelSpec) -> bool:
    """Whether something was really wrong when this page came.

    It came while an incident lasted that was right, or earlier by no more windows than a confirmation looks back on.
    """
    early = spec.every * spec.confirmation.reach
    return any(other.since - early <= page.at and page.incident.since <= (other.resolved or FOREVER) for other in right)


def _overlap(interval: Interval, incident: Incident) -> bool:
    return incident.since <= interval.end and interval.start < (incident.resolved or FOREVER)


def _without(these: Sequence[Incident], those: Sequence[Incident]) -> tuple[Incident, ...]:
    """Those of these incidents that none of those overlaps."""
    return tuple(
        i for i in these if not any(_overlap(Interval(o.since - TICK, o.resolved or FOREVER), i) for o in those)
    )


def _production(house: House, past: Past, spec: ModelSpec, right: Sequence[Incident]) -> Track:
    """What was written down."""
    levels = tuple((v.interval, v.level) for v in past.judged if v.interval.end > past.over.start)
    mine = tuple(i for i in house.state.incidents(spec.model) if _overlap(past.over, i))
    pages = pages_of(house.state, spec.model, past.over)
    false = tuple(page for page in pages if page.incident.key not in {i.key for i in right})
    return Track(PRODUCTION, levels, mine, pages, false)


def _replayed(seen: Replay, right: Sequence[Incident]) -> Track:
    levels = tuple((v.interval, v.level) for v in seen.verdicts)
    false = tuple(page for page in seen.pages if not is_explained(page, right, seen.spec))
    return Track(seen.name, levels, seen.incidents, seen.pages, false, seen.verdicts)

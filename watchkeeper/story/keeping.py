"""Putting a model's records in order, and keeping them as long as something needs them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from watchkeeper.domain.audit import Entry
from watchkeeper.domain.intervals import Interval, interval_ending
from watchkeeper.domain.keeping import Compaction, Need, Retention, earliest
from watchkeeper.ports import Look
from watchkeeper.spec import ModelSpec
from watchkeeper.story.anchors import grids_of
from watchkeeper.story.baselines import recall_anchor
from watchkeeper.story.house import House
from watchkeeper.story.watching import due_windows

__all__ = ["Kept", "keep_in_order", "needs"]

DAY = timedelta(days=1)

REST = timedelta(hours=6)
"""So long after its end a day is closed: what hosts had in memory, or could not write, has come by then."""

ABOUT = ("", "rollout")
"""What incidents can be about."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What one run did for one model."""

    model: str
    compaction: Compaction
    retention: Retention

    @property
    def sentence(self) -> str:
        """What was done, for a person."""
        return f"{self.model}: {self.compaction.sentence} {self.retention.sentence}"


def keep_in_order(house: House, model: str, at: datetime) -> Kept:
    """Remove what is kept no longer, and compact the closed days of the rest. Safe to run twice and to kill."""
    spec = house.model(model)
    retention = _retain(house, spec, at)
    return Kept(model, house.predictions.compact(model, at - REST), retention)


def needs(house: House, spec: ModelSpec, at: datetime) -> Iterator[Need]:
    """Everything that needs rows, and from when on."""
    yield Need(at - spec.records.keep, "[records] keep says so")
    learnt = spec.training.history + spec.labels.delay + spec.every
    yield Need(at - learnt, "a retraining would learn from them (training.history)")
    for window in due_windows(house, spec.model, at)[:1]:
        yield Need(_looked_at(spec, window), f"the window of {window} is due")
    for incident in (i for about in ABOUT for i in house.state.incidents(spec.model, about) if i.is_open):
        first = Interval(incident.since - spec.every, incident.since)
        yield Need(_looked_at(spec, first), f"incident {incident.key} is open")
    if rollout := house.state.open_rollout(spec.model):
        opened = interval_ending(rollout.opened, spec.every)
        yield Need(_looked_at(spec, opened), f"rollout {rollout.id} is open")


def _looked_at(spec: ModelSpec, window: Interval) -> datetime:
    """The earliest record that a look at a window may read: those whose labels are due by its end."""
    return min(window.start, spec.labels.blocks(window)[-1].start)


def _retain(house: House, spec: ModelSpec, at: datetime) -> Retention:
    """Remove the rows of the days before the furthest need, as far as their profiles are kept."""
    need = earliest(needs(house, spec, at))
    since = interval_ending(need.since, spec.every).end.astimezone(UTC).date()
    old = [day for day in house.predictions.days(spec.model) if day < since]
    for day in old:
        if why := _not_profiled(house, spec, day):
            since, need = day, Need(_midnight(day), why)
            break
    gone = tuple(day for day in old if day < since)
    if gone:
        house.state.note(_entry(spec, at, gone))
        house.predictions.forget(spec.model, since)
    return Retention(since, need.because, gone)


def _entry(spec: ModelSpec, at: datetime, days: tuple[date, ...]) -> Entry:
    """The line of the audit trail that is written before the rows are gone."""
    span = f"{days[0]} to {days[-1]}"
    because = f"Nothing needs the records of these {len(days)} days any more; their profiles are kept."
    return Entry(f"{spec.model}/forget/{days[-1]}", at, "compact", "forget rows", spec.model, span, because)


def _not_profiled(house: House, spec: ModelSpec, day: date) -> str | None:
    """Why a day's rows are still needed; None once the profile of every window that touches it is kept."""
    windows = _touching(spec, day)
    whole = Interval(windows[0].start, windows[-1].end)
    kept = {interval for interval, _ in house.predictions.profiles(spec.model, whole)}
    missing = [window for window in windows if window not in kept]
    champion = house.registry.pointers(spec.model).champion
    if missing and champion is None:
        return f"the window of {missing[0]} has no profile, and there is no champion to count it by"
    for window in missing:
        if champion is not None and (why := _profile(house, spec, champion, window)):
            return why
    return None


def _touching(spec: ModelSpec, day: date) -> list[Interval]:
    start = _midnight(day)
    window, found = interval_ending(start, spec.every).shifted(spec.every), []
    while window.start < start + DAY:
        found.append(window)
        window = window.shifted(spec.every)
    return found


def _profile(house: House, spec: ModelSpec, champion: int, window: Interval) -> str | None:
    """Keep the profile of a window that nobody looked at; why not, where it cannot be counted as a whole."""
    anchor = recall_anchor(house, spec, champion, window).profile
    grids, segments = grids_of(anchor), spec.segments_of(anchor)
    look = Look(spec.model, window, spec.columns, grids, window, None, (), spec.problem, spec.classes, segments)
    read = house.predictions.window(look)
    if read.trouble:
        return f"the window of {window} has no profile, for {read.trouble[0]}"
    if read.rows:
        house.predictions.keep_profile(spec.model, window, read.profile)
    return None


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, UTC)

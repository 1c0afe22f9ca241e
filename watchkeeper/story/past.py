"""What a model has lived through, window by window, to be looked at again; nothing here writes."""

from bisect import bisect_left
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Protocol, TypeVar

from watchkeeper.domain.incidents import Incident, Transition
from watchkeeper.domain.intervals import Interval, interval_ending
from watchkeeper.domain.reaches import remembered
from watchkeeper.domain.verdicts import Verdict
from watchkeeper.errors import NotThere
from watchkeeper.spec import ModelSpec
from watchkeeper.story.house import House
from watchkeeper.story.replaying import Replayer
from watchkeeper.story.watching import read_window
from watchkeeper.window import Baseline, Window

__all__ = ["FOREVER", "TICK", "Past", "Replay", "Walk", "past_of", "replay", "stored", "straight"]

FOREVER = datetime(9999, 1, 1, tzinfo=UTC)
TICK = timedelta(microseconds=1)

Item = TypeVar("Item")


class Walk(Protocol):
    """Goes through things one after the other, which may show how far it has come."""

    def __call__(self, items: Sequence[Item], name: str) -> Iterable[Item]:
        """The same things; `name` says what is done with them."""
        ...


MOST_WINDOWS = 400
"""So many windows are replayed when nobody says since when: enough for a year of days, and soon done."""

MOST_WARM = 1_000
"""So many windows before the first are replayed at most, to have what that one is compared with."""


@dataclass(frozen=True, slots=True)
class Past:
    """The windows of a model that can be looked at again.

    Attributes:
        warm: windows before the period; they are replayed for what is remembered of them, and judged by nobody.
        windows: those of the period, oldest first.
        judged: production's verdicts of both, without their findings, oldest first.
        champion: the version of windows that production has not judged.
    """

    warm: tuple[Interval, ...]
    windows: tuple[Interval, ...]
    judged: tuple[Verdict, ...]
    champion: int

    @property
    def over(self) -> Interval:
        """The period."""
        return Interval(self.windows[0].start, self.windows[-1].end)

    def champion_at(self, interval: Interval) -> int:
        """The version that was champion when this window ended: of the next verdict, else of the last."""
        place = bisect_left(self.judged, interval.end, key=lambda verdict: verdict.interval.end)
        return self.judged[min(place, len(self.judged) - 1)].version if self.judged else self.champion


def straight(items: Sequence[Item], name: str) -> Iterable[Item]:  # noqa: ARG001 - as every walk
    """The walk that shows nothing."""
    return items


def past_of(house: House, spec: ModelSpec, since: datetime | None = None, until: datetime | None = None) -> Past:
    """The windows between two moments that production has judged; the newest 400 when nobody says since when.

    A model that was never judged is looked at on whatever was logged between the two moments, with its champion of now.

    Raises:
        NotThere: there is no champion, no such window, or nobody says when and production has judged none.
    """
    champion = house.registry.pointers(spec.model).champion
    if champion is None:
        raise NotThere(f"{spec.model} has no champion yet: train one with `watchkeeper train {spec.model}`")
    newest = house.state.outlines(spec.model, FOREVER, 1)
    if not newest and (since is None or until is None):
        raise NotThere(f"{spec.model} has no judged window yet: say from when to when, with --from and --to")
    last = newest[0].interval.end if newest else FOREVER
    end = interval_ending(min(until or last, last), spec.every).end
    begin = since or end - spec.every * MOST_WINDOWS
    most = max((end - begin) // min(spec.every, house.model(spec.model).every), 0) + MOST_WARM
    judged = house.state.outlines(spec.model, end + TICK, most)[::-1]
    first = judged[0].interval.start if judged else end if newest else begin
    windows = _windows(max(first, begin), end, spec.every)
    if not windows:
        lived = f"; it was judged up to {last:%Y-%m-%d}" if newest else ""
        raise NotThere(f"{spec.model} has no stored window from {begin:%Y-%m-%d} to {end:%Y-%m-%d}{lived}")
    warm = max(first, remembered(windows[0]).start, windows[0].start - spec.every * MOST_WARM)
    return Past(_windows(warm, windows[0].start, spec.every), windows, judged, champion)


def _windows(start: datetime, end: datetime, every: timedelta) -> tuple[Interval, ...]:
    """The whole windows from one moment to another, oldest first."""
    last = interval_ending(end, every)
    count = max((last.end - start) // every, 0)
    return tuple(last.shifted(-every * back) for back in range(count - 1, -1, -1))


@dataclass(frozen=True, slots=True)
class Replay:
    """A period as the checks of a spec see it.

    Attributes:
        name: what the spec is called.
        verdicts: of every window of the period, oldest first.
        incidents: that were open in the period, as they stood at its end, oldest first.
        pages: the transitions in the period that made an incident critical, oldest first.
        rows_gone: so many windows had only their profile left.
        forks: the replayer as it stood before a window, by that window.
        looks: the windows of the period with what they were held against, where that was asked for.
    """

    name: str
    spec: ModelSpec
    verdicts: tuple[Verdict, ...]
    incidents: tuple[Incident, ...]
    pages: tuple[Transition, ...]
    rows_gone: int
    forks: Mapping[Interval, Replayer]
    looks: tuple[tuple[Baseline, Window], ...] = ()


def replay(
    house: House,
    named: tuple[str, ModelSpec],
    past: Past,
    walk: Walk = straight,
    *,
    forks: Collection[Interval] = (),
    remember: Collection[str] = (),
) -> Replay:
    """Look at a period again, writing nothing.

    Args:
        named: the spec, and what it is called.
        walk: shows progress.
        forks: before these windows a copy of the replayer is kept, to try something out from there.
        remember: of these checks the history is kept with every window, to ask them again.

    Raises:
        NotThere: neither records nor a profile of any window are left.
    """
    name, spec = named
    verdicts, looks, kept, gone, replayer = [], [], {}, 0, None
    for interval in walk((*past.warm, *past.windows), name):
        replayer = _served(house, spec, replayer, past.champion_at(interval))
        if interval in forks:
            kept[interval] = replayer.fork()
        window, rows_gone = stored(house, spec, replayer, interval)
        if remember and interval.start >= past.over.start:
            looks.append((_frozen(replayer.baseline(interval), remember), window))
        verdicts.append(replayer.step(window, rows_gone=rows_gone).verdict)
        gone += rows_gone
    if replayer is None or not any(v.rows for v in verdicts):
        raise NotThere(f"{spec.model}: no record and no profile of {past.over} is left in {house.spec.folder}")
    start = past.over.start
    incidents = tuple(i for i in replayer.incidents if i.resolved is None or i.resolved > start)
    pages = tuple(page for page in replayer.pages if page.at > start)
    return Replay(name, spec, tuple(verdicts[len(past.warm) :]), incidents, pages, gone, kept, tuple(looks))


def _frozen(baseline: Baseline, checks: Collection[str]) -> Baseline:
    """The baseline with what was measured so far by some checks, which does not grow any more."""
    return replace(baseline, history={key: tuple(kept) for key, kept in baseline.history.items() if key[0] in checks})


def _served(house: House, spec: ModelSpec, replayer: Replayer | None, number: int) -> Replayer:
    """The replayer with the champion of its next window."""
    if replayer is not None and replayer.version.number == number:
        return replayer
    version, anchor = house.registry.version(spec.model, number), house.registry.anchor(spec.model, number)
    if replayer is None:
        return Replayer(spec, version, anchor)
    replayer.serve(version, anchor)
    return replayer


def stored(house: House, spec: ModelSpec, replayer: Replayer, interval: Interval) -> tuple[Window, bool]:
    """The window as it can still be read, and whether its records are gone, so that its kept profile stands in."""
    window = read_window(house, spec, replayer.version.number, replayer.anchor, interval, replayer.broken_in)
    if window.rows:
        return window, False
    kept = [profile for there, profile in house.predictions.profiles(spec.model, interval) if there == interval]
    if not kept or not kept[0].rows:
        return window, False
    return replace(window, rows=kept[0].rows, profile=kept[0]), True

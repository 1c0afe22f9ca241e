"""The checks over many windows in memory, as production would have asked them: for backtests, drills and benchmarks."""

from bisect import bisect_left
from collections import deque
from copy import copy
from dataclasses import dataclass, replace
from datetime import datetime

from watchkeeper.domain.followups import Story
from watchkeeper.domain.forecasts import LOOKS_BACK
from watchkeeper.domain.incidents import Incident, Transition
from watchkeeper.domain.intervals import EPOCH, Interval
from watchkeeper.domain.levels import Level
from watchkeeper.domain.reaches import held_against, remembered
from watchkeeper.domain.responses import Asked, Response
from watchkeeper.domain.verdicts import Verdict
from watchkeeper.domain.versions import Version
from watchkeeper.ports import Anchor
from watchkeeper.profiles import Profile, Trailing
from watchkeeper.spec import ModelSpec
from watchkeeper.story.aside import Usual, is_troubled, troubled_since, usual_part
from watchkeeper.story.baselines import history, is_broken, overlaps
from watchkeeper.story.deciding import Developed, answer, decide, follow
from watchkeeper.window import Baseline, Window

__all__ = ["Replayer", "Step"]

Key = tuple[str, str, str]
Measured = dict[Key, list[tuple[datetime, float]]]


@dataclass(frozen=True, slots=True)
class Step:
    """One window of a replay: what was thought of it, what became of the incident, and what would have been done."""

    verdict: Verdict
    developed: Developed
    response: Response


class Replayer:
    """Looks at one window after the other and remembers what production would have remembered, writing nothing.

    Args:
        spec: of the model; its checks ask.
        version: the champion that answers.
        anchor: of that version, with its windows and seeded measures.
        env: the first part of the incidents' keys.

    Attributes:
        broken: the windows that nothing is learned from, oldest first.
        incidents: oldest first, each as it stands now.
        pages: the transitions that paged somebody, oldest first.
    """

    def __init__(self, spec: ModelSpec, version: Version, anchor: Anchor, env: str = "replay") -> None:
        self.spec, self.env = spec, env
        self.broken: tuple[Interval, ...] = ()
        self.incidents: list[Incident] = []
        self.pages: list[Transition] = []
        self._kept: dict[Interval, Profile] = {}
        self._troubled: list[Interval] = []
        self._usual = Usual(EPOCH)
        self._measured: Measured = {}
        self._verdicts: deque[Verdict] = deque(maxlen=max(spec.confirmation.reach, LOOKS_BACK) + 1)
        self._asked: dict[Story, datetime] = {}
        self.serve(version, anchor)

    def serve(self, version: Version, anchor: Anchor) -> None:
        """Make another version the champion; what was measured in production stays."""
        self.version, self.anchor = version, anchor
        self._trailing, self._history = Trailing(), Measured()
        self._begun = False

    def fork(self) -> "Replayer":
        """One of its own that remembers the same, to try something out."""
        other = Replayer(self.spec, self.version, self.anchor, self.env)
        other.broken, other.incidents, other.pages = self.broken, [*self.incidents], [*self.pages]
        other._kept, other._verdicts, other._trailing = {**self._kept}, copy(self._verdicts), self._trailing.copy()
        other._measured = {key: [*values] for key, values in self._measured.items()}
        other._history = {key: [*values] for key, values in self._history.items()}
        other._troubled, other._usual = [*self._troubled], self._usual
        other._begun, other._asked = self._begun, self._asked
        return other

    def step(self, window: Window, *, rows_gone: bool = False) -> Step:
        """Look at the next window; they come oldest first.

        Args:
            window: the next one.
            rows_gone: only its profile was kept. What cannot be known any more is UNKNOWN; no incident opens for it.
        """
        before = tuple(self._verdicts)
        verdict = decide(self.spec, self.baseline(window.interval), window, lambda most: before[:most])
        self._verdicts.appendleft(_known(verdict) if rows_gone else verdict)
        last = self.incidents[-1] if self.incidents else None
        developed = follow(self.env, self.spec, last, tuple(self._verdicts))
        self._remember(window, verdict)
        self._note(developed)
        return Step(verdict, developed, self._answer(verdict, developed))

    def broken_in(self, interval: Interval) -> tuple[Interval, ...]:
        """The broken windows that touch an interval, oldest first."""
        return tuple(b for b in self.broken if b.start < interval.end and interval.start < b.end)

    def baseline(self, interval: Interval) -> Baseline:
        """What a window of this interval is held against; its history grows with the next step."""
        within = held_against(interval)
        before, self._usual = self._usual, usual_part(within, self._troubled)
        accepted = any(self._usual.holds(window) for window in before.aside)
        if accepted or not self._begun:
            self._begin(interval)
        self._trailing.forget(self._usual.since)
        self._forget_measures(remembered(interval).start)
        v, trailing = self.version, self._trailing.total()
        return Baseline(v.number, v.digest, self.anchor.profile, trailing, self._history, v.metrics)

    def _answer(self, verdict: Verdict, developed: Developed) -> Response:
        """What would have been done; nothing of it ever helps, as other windows than these have not been."""
        asked = Asked(self._asked, trained=self.version.trained_on.end)
        response = answer(self.spec, verdict, developed, asked)
        if response.story:
            self._asked = {**self._asked, response.story: verdict.interval.end}
        return response

    def _begin(self, interval: Interval) -> None:
        """Stand where a version stands at its first window: its training before what production has seen."""
        trained = {i: p for i, p in self.anchor.windows if i.end <= interval.start and not overlaps(i, self._kept)}
        usual = {i: p for i, p in {**trained, **self._kept}.items() if self._usual.holds(i)}
        self._trailing = Trailing(sorted(usual.items(), key=lambda kept: kept[0]))
        seeded = (m for m in self.anchor.measures if m.at < interval.end)
        joined = history(seeded, {key: tuple(values) for key, values in self._measured.items()}, interval.end)
        self._history = {key: list(values) for key, values in joined.items()}
        self._begun = True

    def _forget_measures(self, since: datetime) -> None:
        for measured in (self._history, self._measured):
            for values in measured.values():
                if values and values[0][0] < since:
                    del values[: bisect_left(values, since, key=lambda value: value[0])]

    def _remember(self, window: Window, verdict: Verdict) -> None:
        self.broken += (window.interval,) if is_broken(verdict) else ()
        within = held_against(window.interval)
        self._kept = {i: p for i, p in self._kept.items() if i.start >= within.start}
        self._kept[window.interval] = window.profile
        self._troubled = [i for i in self._troubled if i.end > troubled_since(within)]
        if is_troubled(verdict):
            self._troubled.append(window.interval)
        else:
            self._trailing.take(window.interval, window.profile)
        last = {(m.check, m.subject, m.name): (m.at, m.value) for f in verdict.findings for m in f.measures}
        for key, measured in last.items():
            self._history.setdefault(key, []).append(measured)
            self._measured.setdefault(key, []).append(measured)

    def _note(self, developed: Developed) -> None:
        if developed.paged and developed.transition:
            self.pages.append(developed.transition)
        if developed.incident is None:
            return
        if self.incidents and self.incidents[-1].key == developed.incident.key:
            self.incidents[-1] = developed.incident
        else:
            self.incidents.append(developed.incident)


def _known(verdict: Verdict) -> Verdict:
    """The verdict without what is not known."""
    return replace(verdict, findings=tuple(f for f in verdict.findings if f.level is not Level.UNKNOWN))

"""The checks over many windows in memory, as production would have asked them: for backtests, drills and benchmarks."""

from collections import deque
from dataclasses import dataclass

from watchkeeper.domain.incidents import Incident
from watchkeeper.domain.intervals import Interval
from watchkeeper.domain.verdicts import Verdict
from watchkeeper.domain.versions import Version
from watchkeeper.ports import Anchor
from watchkeeper.profiles import Profile
from watchkeeper.spec import ModelSpec
from watchkeeper.story.baselines import REMEMBERED, TRAILING, history, is_broken
from watchkeeper.story.deciding import Developed, decide, follow
from watchkeeper.window import Baseline, History, Window

__all__ = ["Replayer", "Step"]


@dataclass(frozen=True, slots=True)
class Step:
    """One window of a replay: what was thought of it, and what became of the incident."""

    verdict: Verdict
    developed: Developed


class Replayer:
    """Looks at one window after the other and remembers what production would have remembered, writing nothing.

    Args:
        spec: of the model; its checks ask.
        version: the champion all along.
        anchor: of that version, with its windows and seeded measures.
        env: the first part of the incidents' keys.
    """

    def __init__(self, spec: ModelSpec, version: Version, anchor: Anchor, env: str = "replay") -> None:
        self.spec, self.version, self.anchor, self.env = spec, version, anchor, env
        self.broken: tuple[Interval, ...] = ()
        self.incidents: list[Incident] = []
        self._kept: dict[Interval, Profile] = dict(anchor.windows)
        self._verdicts: deque[Verdict] = deque(maxlen=max(spec.confirmation.reach, 1))
        self._history: History = history(anchor.measures, {}, anchor.windows[-1][0].end) if anchor.windows else {}

    def step(self, window: Window) -> Step:
        """Look at the next window; they come oldest first."""
        verdict = decide(self.spec, self.baseline(window.interval), window)
        self._verdicts.appendleft(verdict)
        last = self.incidents[-1] if self.incidents else None
        developed = follow(self.env, self.spec, last, tuple(self._verdicts))
        self._remember(window, verdict, developed)
        return Step(verdict, developed)

    def baseline(self, interval: Interval) -> Baseline:
        """What a window of this interval is held against."""
        since = interval.start - max(TRAILING, self.spec.every)
        trailing = [p for i, p in self._kept.items() if since <= i.start and i.end <= interval.start]
        whole = Profile.total(trailing) if trailing else None
        v = self.version
        return Baseline(v.number, v.digest, self.anchor.profile, whole, self._history, v.metrics)

    def _remember(self, window: Window, verdict: Verdict, developed: Developed) -> None:
        self._kept = {i: p for i, p in self._kept.items() if i.end > window.interval.start - REMEMBERED}
        if is_broken(verdict):
            self.broken += (window.interval,)
        else:
            self._kept[window.interval] = window.profile
        measured = {(m.check, m.subject, m.name): (m.at, m.value) for f in verdict.findings for m in f.measures}
        self._history = {**self._history, **{k: (*self._history.get(k, ()), new) for k, new in measured.items()}}
        if developed.incident is None:
            return
        if self.incidents and self.incidents[-1].key == developed.incident.key:
            self.incidents[-1] = developed.incident
        else:
            self.incidents.append(developed.incident)

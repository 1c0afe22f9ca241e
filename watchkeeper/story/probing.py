"""What one check alone would have paged for, with whatever limit: the past asked again and again."""

import math
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from watchkeeper.checks import built_in
from watchkeeper.domain.incidents import Incident, Transition
from watchkeeper.domain.verdicts import Verdict
from watchkeeper.spec import ModelSpec
from watchkeeper.spec.writing import SpecFile
from watchkeeper.story.backtesting import is_explained
from watchkeeper.story.deciding import decide, follow
from watchkeeper.story.past import Replay

__all__ = ["Cost", "Probe"]


@dataclass(frozen=True, slots=True)
class Cost:
    """What a limit would have cost.

    Attributes:
        false: pages while nothing was wrong.
        right: pages while something was.
    """

    false: int
    right: int


@dataclass(frozen=True, slots=True)
class Probe:
    """Asks one check alone about every window of a replay, with whatever limit.

    Windows are held against what the replay held them against: that another limit would have set other windows aside
    as broken is left out of account.
    """

    file: SpecFile
    seen: Replay
    right: Sequence[Incident]
    kind: str

    def cost(self, limit: float) -> Cost:
        """What the limit would have cost."""
        spec = self.file.spec({"checks": self._alone(limit)})
        pages = _pages(spec, self.seen, limit)
        right = sum(is_explained(page, self.right, spec) for page in pages)
        return Cost(len(pages) - right, right)

    def highest(self) -> float:
        """The largest value that the check found; 0 for none."""
        found = (f for v in self.seen.verdicts for f in v.findings if f.check == self.kind)
        return max((f.value for f in found if math.isfinite(f.value)), default=0.0)

    def _alone(self, limit: float) -> dict[str, Any]:
        """The tables of checks in which this one alone asks."""
        mine = dict(self.file.table.get("checks", {}).get(self.kind, {}))
        if "warning" in mine:
            mine["warning"] *= limit / mine.get("critical", limit)
        others = {kind: {"enabled": False} for kind in built_in() if kind != self.kind}
        return {**others, self.kind: {**mine, "critical": limit}}


def _pages(spec: ModelSpec, seen: Replay, limit: float) -> list[Transition]:
    """What would have paged, had a value beyond this limit been all that there is to tell."""
    verdicts: deque[Verdict] = deque(maxlen=spec.confirmation.reach + 1)
    pages: list[Transition] = []
    last = None
    for baseline, window in seen.looks:
        verdict = decide(spec, baseline, window)
        verdicts.appendleft(replace(verdict, findings=tuple(f for f in verdict.findings if f.limit == limit)))
        developed = follow("tune", spec, last, tuple(verdicts))
        last = developed.incident or last
        if developed.paged and developed.transition:
            pages.append(developed.transition)
    return pages

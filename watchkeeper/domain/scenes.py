"""What a cause is read from."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from watchkeeper.domain.findings import Family, Finding
from watchkeeper.domain.levels import Level

__all__ = ["ANSWERS", "WHOLE", "Scene", "divergence", "has_moved", "marks", "measured", "subjects", "together"]

ANSWERS = ("prediction", "prediction_confidence")
"""The names under which a model's answers are profiled beside its inputs."""

WHOLE = "*"
"""The subject of findings about the window as a whole."""

FEWEST = 4
"""Of fewer windows than this nothing is known to be usual."""

LATELY = 6
"""So many windows before count as lately: labels come later than the records that they are of."""

SLOW = "trend"
"""The check of the slow channel, which compares with the training data and never speaks."""

NEAR = 0.5
"""A value that has come half the way to its critical limit has moved, though not enough to speak."""

TOLD = 3
"""So many findings are named in a sentence."""


@dataclass(frozen=True, slots=True)
class Scene:
    """What a cause is read from.

    Attributes:
        bad: the findings to be explained, at WARNING or worse, worst first.
        window: all findings of the window, those of `bad` among them; where segments are told apart, of each question
            the worst answer.
        earlier: all findings of the windows before, newest first.
    """

    bad: tuple[Finding, ...]
    window: tuple[Finding, ...]
    earlier: tuple[tuple[Finding, ...], ...] = ()

    @classmethod
    def of(
        cls, findings: Iterable[Finding], window: Iterable[Finding], earlier: Iterable[Iterable[Finding]] = ()
    ) -> "Scene":
        """The scene, in an order that does not depend on that of its parts."""
        bad = tuple(sorted((f for f in findings if f.level >= Level.WARNING), key=lambda f: (-f.level, f.mark)))
        whole: dict[tuple[str, str], Finding] = {}
        for f in sorted((*window, *bad), key=lambda f: (f.level, f.mark)):
            whole[f.check, f.topic] = f  # of the segments the worst speaks
        return cls(bad, tuple(whole[about] for about in sorted(whole)), tuple(map(tuple, earlier)))

    def of_family(self, *families: Family) -> list[Finding]:
        """The findings to be explained that belong to these families."""
        return [f for f in self.bad if f.family in families]

    @property
    def drifts(self) -> list[Finding]:
        """What every input says of its drift against the last weeks, the quiet ones too."""
        fast = [f for f in self.window if f.family is Family.DRIFT and f.check != SLOW]
        return [f for f in fast if f.topic not in (*ANSWERS, WHOLE)]

    def surprise(self, findings: Iterable[Finding]) -> float:
        """How far columns are from the last 28 days beyond what they usually are, together.

        Divergences, the squares of distances, are added: that of independent columns is no more than their sum.
        """
        return math.sqrt(sum(max(0.0, divergence(f) ** 2 - self._usual(f) ** 2) for f in findings))

    def _usual(self, finding: Finding) -> float:
        """The lower quartile of the windows before: trouble may have filled most of them."""
        past = [divergence(f) for found in self.earlier for f in found if f.mark == finding.mark]
        return sorted(past)[len(past) // 4] if len(past) >= FEWEST else 0.0

    @property
    def moved(self) -> list[Finding]:
        """The inputs that speak of drift, now or critically in the last windows: of those a loss is measured later."""
        now = [f for f in self.drifts if f.level >= Level.WARNING]
        lately = [f for found in self.earlier[:LATELY] for f in Scene.of((), found).drifts]
        before = {f.topic: f for f in lately if f.level >= Level.CRITICAL}
        return now or [before[topic] for topic in sorted(before)]

    @property
    def losses(self) -> list[Finding]:
        """The findings to be explained that say that answers are worse than they were."""
        return self.of_family(Family.PERFORMANCE, Family.CALIBRATION)


def has_moved(finding: Finding) -> bool:
    """Whether it speaks, or has come half the way; a value beyond its limit that does not speak is excused."""
    return finding.level >= Level.WARNING or NEAR * finding.limit <= finding.value < finding.limit


def divergence(finding: Finding) -> float:
    """How far the column is from the last 28 days (Jensen-Shannon distance, 0 to 0.833); 0 when not measured."""
    return next((m.value for m in finding.measures if m.name == "js"), 0.0)


def together(findings: Iterable[Finding]) -> float:
    """The most that these columns can be away from the last 28 days together, if they are independent."""
    return math.hypot(*(divergence(f) for f in findings))


def measured(findings: Iterable[Finding], check: str, name: str) -> float:
    """A measure of a check, whatever it is about; NaN when it was not taken."""
    found = (m.value for f in findings if f.check == check for m in f.measures if m.name == name)
    return next(found, math.nan)


def subjects(findings: Sequence[Finding]) -> str:
    """What they are about, in words."""
    return _some(list(dict.fromkeys(f.subject for f in findings)))


def marks(findings: Sequence[Finding]) -> str:
    """What they are about and which check says so, in words."""
    return _some([f.check if f.subject == WHOLE else f"{f.subject} ({f.check})" for f in findings])


def _some(names: Sequence[str]) -> str:
    more = f" and {len(names) - TOLD} more" if len(names) > TOLD else ""
    return ", ".join(names[:TOLD]) + more

"""What a cause is read from."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from watchkeeper.domain.findings import Family, Finding
from watchkeeper.domain.levels import Level

__all__ = ["ANSWERS", "WHOLE", "Scene", "divergence", "has_moved", "marks", "subjects"]

ANSWERS = ("prediction", "prediction_confidence")
"""The names under which a model's answers are profiled beside its inputs."""

WHOLE = "*"
"""The subject of findings about the window as a whole."""

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
        earlier: findings at WARNING or worse of the windows before.
    """

    bad: tuple[Finding, ...]
    window: tuple[Finding, ...]
    earlier: tuple[Finding, ...]

    @classmethod
    def of(
        cls, findings: Iterable[Finding], window: Iterable[Finding], earlier: Iterable[Iterable[Finding]]
    ) -> "Scene":
        """The scene, in an order that does not depend on that of its parts."""
        bad = tuple(sorted((f for f in findings if f.level >= Level.WARNING), key=lambda f: (-f.level, f.mark)))
        whole: dict[tuple[str, str], Finding] = {}
        for f in sorted((*window, *bad), key=lambda f: (f.level, f.mark)):
            whole[f.check, f.topic] = f  # of the segments the worst speaks
        before = tuple(f for findings in earlier for f in findings if f.level >= Level.WARNING)
        return cls(bad, tuple(whole[about] for about in sorted(whole)), before)

    def of_family(self, *families: Family) -> list[Finding]:
        """The findings to be explained that belong to these families."""
        return [f for f in self.bad if f.family in families]

    @property
    def drifts(self) -> list[Finding]:
        """What every input says of its drift, the quiet ones too."""
        return [f for f in self.window if f.family is Family.DRIFT and f.topic not in (*ANSWERS, WHOLE)]

    @property
    def answers(self) -> list[Finding]:
        """What the model's answers say of their drift."""
        return [f for f in self.window if f.family is Family.DRIFT and f.topic in ANSWERS]

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


def subjects(findings: Sequence[Finding]) -> str:
    """What they are about, in words."""
    return _some(list(dict.fromkeys(f.subject for f in findings)))


def marks(findings: Sequence[Finding]) -> str:
    """What they are about and which check says so, in words."""
    return _some([f.check if f.subject == WHOLE else f"{f.subject} ({f.check})" for f in findings])


def _some(names: Sequence[str]) -> str:
    more = f" and {len(names) - TOLD} more" if len(names) > TOLD else ""
    return ", ".join(names[:TOLD]) + more

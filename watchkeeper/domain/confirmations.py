"""How often a finding must stand before a person is told of it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from watchkeeper.domain.findings import Finding
from watchkeeper.domain.levels import WARNING_SHARE, Level
from watchkeeper.domain.verdicts import Verdict

__all__ = ["Confirmation", "NOfM", "confirmed_findings"]


@dataclass(frozen=True, slots=True)
class NOfM:
    """N of the last M windows."""

    n: int
    m: int

    def __post_init__(self) -> None:
        if not 1 <= self.n <= self.m:
            raise ValueError(
                f'"{self.n} of {self.m}" cannot be meant: the first number is at least 1, at most the second'
            )

    def __str__(self) -> str:
        return f"{self.n} of {self.m}"


@dataclass(frozen=True, slots=True)
class Confirmation:
    """How much repetition it takes before a person is told.

    Attributes:
        opens: how often a finding must stand before it opens or joins an incident.
        resolves: how often an incident's findings must be quiet before it is resolved.
        by_check: checks that need another number of windows than `opens`.
        at_once: checks whose limit says how often it is reached by chance: one critical window is enough; a warning of
            theirs is told like any other.
        release: a finding of an incident is quiet only below this share of the limit of its warning, so that a value
            that dances around the limit does not open and close incidents.
        lasts: an incident stays open for at least this long after it was detected.
        warnings: checks whose warning does not begin at 90 % of critical, with the share at which it does.
    """

    opens: NOfM = NOfM(2, 3)
    resolves: NOfM = NOfM(3, 3)
    by_check: tuple[tuple[str, NOfM], ...] = ()
    at_once: frozenset[str] = frozenset()
    release: float = 0.9
    lasts: timedelta = timedelta(0)
    warnings: tuple[tuple[str, float], ...] = ()

    def of(self, check: str) -> NOfM:
        """The rule for one kind of check."""
        return dict(self.by_check).get(check, self.opens)

    def is_released(self, finding: Finding) -> bool:
        """Whether a finding that has spoken is clearly quiet again.

        A value beyond the limit that the check calls OK is excused by it, and quiet.
        """
        warning = dict(self.warnings).get(finding.check, WARNING_SHARE) * finding.limit
        return finding.level is Level.OK and not self.release * warning <= finding.value < warning

    @property
    def reach(self) -> int:
        """How many windows back anything is looked for."""
        return max([self.opens.m, self.resolves.m, *(rule.m for _, rule in self.by_check)])


def confirmed_findings(verdicts: Sequence[Verdict], rule: Confirmation) -> tuple[Finding, ...]:
    """The findings of the newest verdict that have stood often enough, at the level that has.

    Args:
        verdicts: the model's verdicts, newest first, without gaps filled in.
        rule: how often is enough.
    """
    bad = [f for f in verdicts[0].findings if f.level > Level.OK]
    found = [replace(f, level=_confirmed_level(f, verdicts, rule)) for f in bad]
    return tuple(sorted((f for f in found if f.level > Level.OK), key=lambda f: -f.level))


def _confirmed_level(finding: Finding, verdicts: Sequence[Verdict], confirmation: Confirmation) -> Level:
    """The highest level that the finding reaches now and has reached in N of the last M windows."""
    if finding.level == Level.CRITICAL and finding.check in confirmation.at_once:
        return Level.CRITICAL
    rule = confirmation.of(finding.check)
    past = [f.level for v in verdicts[: rule.m] if (f := v.finding(finding.mark))]
    reached = sorted(past, reverse=True)
    return min(finding.level, reached[rule.n - 1]) if len(reached) >= rule.n else Level.OK

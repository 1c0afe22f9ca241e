"""The settled opinion on one window."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from watchkeeper.domain.causes import BROKEN_LABELS, BROKEN_RECORDS, Cause, Diagnosis, diagnose
from watchkeeper.domain.findings import Finding
from watchkeeper.domain.intervals import Interval, window_id
from watchkeeper.domain.levels import Level

__all__ = ["Verdict", "settle"]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What we think of one model in one window: the worst finding, the likely cause, and why.

    Attributes:
        version: the number of the champion at that time.
        findings: every answer, the good ones too, worst first.
        rows: records in the window.
        evidence: the sentence that speaks for the cause; empty where there is none to name.
        is_over: whether the cause is a fault that is over, of which only what it left behind is seen.
    """

    id: str
    model: str
    interval: Interval
    version: int
    level: Level
    cause: Cause
    why: str
    rows: int
    findings: tuple[Finding, ...]
    evidence: str = ""
    is_over: bool = False

    @property
    def not_for_training(self) -> str:
        """What a model may not learn from: `records`, those of this window; `labels`, those it judged; or nothing."""
        if self.level < Level.WARNING or self.is_over:
            return ""
        return "records" if self.cause in BROKEN_RECORDS else "labels" if self.cause in BROKEN_LABELS else ""

    def finding(self, mark: str) -> Finding | None:
        """The finding with this mark, if the window was asked about it."""
        return next((f for f in self.findings if f.mark == mark), None)


def settle(
    model: str,
    version: int,
    interval: Interval,
    rows: int,
    findings: Iterable[Finding],
    earlier: Sequence[Verdict] = (),
) -> Verdict:
    """The verdict that follows from these findings; none at all is UNKNOWN, never OK.

    Args:
        earlier: the verdicts before, newest first: trouble that has just been may explain what is seen now.
    """
    ranked = tuple(sorted(findings, key=_severity))
    level = ranked[0].level if ranked else Level.UNKNOWN
    bad = [f for f in ranked if f.level > Level.OK]
    likely = Diagnosis(Cause.UNKNOWN, "")
    if level >= Level.WARNING:
        likely = diagnose(bad, ranked, [v.findings for v in earlier])
    identity, why = window_id(model, interval.end), _why(bad, len(ranked))
    said = likely.evidence, likely.is_over
    return Verdict(identity, model, interval, version, level, likely.cause, why, rows, ranked, *said)


def _severity(finding: Finding) -> tuple[int, float, str]:
    """Worst first; among equals the one furthest beyond its limit."""
    excess = finding.value / finding.limit if finding.limit > 0 and not math.isnan(finding.value) else 0.0
    return -finding.level, -excess, finding.mark


def _why(bad: list[Finding], asked: int) -> str:
    if not asked:
        return "No check gave an answer."
    if not bad:
        return f"All {asked} answers are within their limits."
    others = f" ({len(bad) - 1} more)" if len(bad) > 1 else ""
    return bad[0].sentence + others

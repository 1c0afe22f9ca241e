"""How old is the newest record?"""

from dataclasses import dataclass
from typing import ClassVar

from watchkeeper.checks.base import Check, percent
from watchkeeper.domain.findings import Family, Finding
from watchkeeper.window import Baseline, Window

__all__ = ["Freshness"]


@dataclass(frozen=True, kw_only=True)
class Freshness(Check):
    """The age of the newest record at the window's end, as a share of the window's length."""

    family: ClassVar[Family] = Family.INTEGRITY
    runbook: ClassVar[str] = "freshness.md"
    of_segments: ClassVar[bool] = False

    critical: float = 0.5

    def examine(self, baseline: Baseline, window: Window) -> list[Finding]:  # noqa: ARG002 - every check is asked alike
        """One finding; a window without a record has no newest one."""
        if window.newest is None:
            return [self.unknown("*", "There is no record in the window, so that none is the newest.")]
        age = max(0.0, (window.interval.end - window.newest).total_seconds())
        share = age / window.interval.length.total_seconds()
        sentence = (
            f"The newest record is {age / 3600:.3g} h older than the window's end, {percent(share)} of its length."
        )
        return [self.judged("*", share, sentence)]

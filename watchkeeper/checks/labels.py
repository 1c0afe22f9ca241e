"""Do the labels arrive?"""

from dataclasses import dataclass
from typing import ClassVar

from watchkeeper.checks.base import Check, percent
from watchkeeper.domain.findings import Family, Finding
from watchkeeper.window import Baseline, Window

__all__ = ["Labels"]


@dataclass(frozen=True, kw_only=True)
class Labels(Check):
    """The share of records whose label is due and has not come."""

    family: ClassVar[Family] = Family.LABELS
    runbook: ClassVar[str] = "labels.md"

    critical: float = 0.5

    def examine(self, baseline: Baseline, window: Window) -> list[Finding]:  # noqa: ARG002 - every check is asked alike
        """One finding; UNKNOWN when no label is due."""
        expected, labelled = window.outcomes.expected, window.outcomes.labels.size
        if not expected:
            return [self.unknown("*", f"No record of {window.outcomes.interval} has a label due.")]
        missing = max(0.0, 1 - labelled / expected)
        sentence = f"{labelled:,} of {expected:,} labels that are due have come; {percent(missing)} are missing."
        return [self.judged("*", missing, sentence, (self.measure("*", "missing", missing, window),))]

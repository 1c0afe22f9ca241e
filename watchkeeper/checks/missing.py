"""Are more values missing than in the training data?"""

from dataclasses import dataclass
from typing import ClassVar

from watchkeeper.checks.base import percent
from watchkeeper.checks.columns import ColumnCheck, reference
from watchkeeper.domain.findings import Family, Finding
from watchkeeper.profiles import Column
from watchkeeper.profiles.shares import null_share
from watchkeeper.window import Baseline, Window

__all__ = ["Missing"]

CHANCE = 1e-3
"""A column without a single value is no accident when it would be one less often than this."""


@dataclass(frozen=True, kw_only=True)
class Missing(ColumnCheck):
    """The share of missing values above the training data's; 1 when all are missing and that can be no accident."""

    family: ClassVar[Family] = Family.INTEGRITY
    runbook: ClassVar[str] = "missing.md"

    critical: float = 0.1

    def judge(self, name: str, column: Column, baseline: Baseline, window: Window) -> Finding:  # noqa: ARG002 - every column is asked alike
        """The excess over the baseline's share; a new column is held against none missing."""
        known, when = reference(baseline, name)
        share, usual = null_share(column), null_share(known) if known else 0.0
        excess = max(0.0, share - usual)
        if column.nulls == column.size and usual**column.size < CHANCE:
            excess = 1.0
        sentence = f"{name}: {percent(share)} of {column.size:,} values are missing; {when} had {percent(usual)}."
        few = column.nulls < self.least
        return self.allowed(name, excess, sentence) if few else self.judged(name, excess, sentence)

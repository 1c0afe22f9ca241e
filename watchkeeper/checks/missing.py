"""Are more values missing than usual?"""

from dataclasses import dataclass
from typing import ClassVar

from watchkeeper.checks.base import percent
from watchkeeper.checks.columns import ColumnCheck, reference
from watchkeeper.checks.history import SCORE, angle, angle_error, tail_aware_z, unspoilt
from watchkeeper.domain.findings import Family, Finding, Measure
from watchkeeper.profiles import Column
from watchkeeper.profiles.shares import null_share
from watchkeeper.window import Baseline, Window

__all__ = ["Missing"]

CHANCE = 1e-3
"""A column without a single value is no accident when it would be one less often than this."""


@dataclass(frozen=True, kw_only=True)
class Missing(ColumnCheck):
    """The share of missing values above the training data's; 1 when all are missing and that can be no accident.

    A share that is common among earlier windows is OK: some columns are missing for hours at a time. It is common
    while its tail-aware z (see `history`) is below `spreads`; all missing is common only where it has been before.

    Attributes:
        spreads: so far from the usual a share must lie; 0 judges by the limit alone.
        learns: with fewer earlier windows than this the limit judges alone.
        remembers: how many windows are looked back; those that were critical do not count.
    """

    family: ClassVar[Family] = Family.INTEGRITY
    runbook: ClassVar[str] = "missing.md"

    critical: float = 0.1
    spreads: float = 3.0
    learns: int = 14
    remembers: int = 90

    def judge(self, name: str, column: Column, baseline: Baseline, window: Window) -> Finding:
        """The excess over the usual share; a new column is held against none missing."""
        known, when = reference(baseline, name)
        share, before = null_share(column), null_share(known) if known else 0.0
        excess = max(0.0, share - before)
        if column.nulls == column.size and before**column.size < CHANCE:
            excess = 1.0
        sentence = f"{name}: {percent(share)} of {column.size:,} values are missing; {when} had {percent(before)}."
        if column.nulls < self.least or self._is_common(name, share, column.size, baseline, window):
            return self.allowed(name, excess, sentence, self._measures(name, share, 0.0, window))
        return self.judged(name, excess, sentence, self._measures(name, share, excess, window))

    def _measures(self, name: str, share: float, score: float, window: Window) -> tuple[Measure, ...]:
        return self.measure(name, "share", share, window), self.measure(name, SCORE, score, window)

    def _is_common(self, name: str, share: float, size: int, baseline: Baseline, window: Window) -> bool:
        """Whether earlier windows vary so much that this one is nothing new."""
        key = (self.kind, name, "share")
        past = unspoilt(baseline.history, key, window.interval.end, self.remembers, self.critical)
        if len(past) < self.learns:
            return False
        if share == 1.0:
            return max(past.values()) == 1.0
        angles = [angle(value) for value in past.values()]
        return tail_aware_z(angles, angle(share), angle_error(size)) < self.spreads

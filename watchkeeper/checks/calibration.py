"""Do predicted and observed frequency agree?"""

from dataclasses import dataclass
from typing import ClassVar

from watchkeeper.checks.base import percent
from watchkeeper.checks.outcomes import OutcomeCheck
from watchkeeper.domain.findings import Family, Finding
from watchkeeper.window import Baseline, Window

__all__ = ["Calibration"]


@dataclass(frozen=True, kw_only=True)
class Calibration(OutcomeCheck):
    """The distance between the mean prediction and the share of label 1."""

    family: ClassVar[Family] = Family.CALIBRATION
    runbook: ClassVar[str] = "calibration.md"

    critical: float = 0.08

    def judge(self, metrics: dict[str, float], baseline: Baseline, window: Window) -> Finding:  # noqa: ARG002 - all alike
        """The size of the gap, whatever its direction."""
        gap, base_rate = metrics["calibration_gap"], metrics["base_rate"]
        sentence = f"The model says {percent(base_rate + gap)} on average where {percent(base_rate)} came true."
        return self.judged("*", abs(gap), sentence, (self.measure("*", "calibration_gap", gap, window),))

"""Does the model still rank as well as in training?"""

from dataclasses import dataclass
from typing import ClassVar

from watchkeeper.checks.outcomes import OutcomeCheck
from watchkeeper.domain.findings import Family, Finding
from watchkeeper.window import Baseline, Window

__all__ = ["Auc"]


@dataclass(frozen=True, kw_only=True)
class Auc(OutcomeCheck):
    """How far the area under the ROC curve has fallen below the out-of-fold one of training."""

    family: ClassVar[Family] = Family.PERFORMANCE
    runbook: ClassVar[str] = "auc.md"
    higher_is_better: ClassVar[bool] = True

    critical: float = 0.05

    def judge(self, metrics: dict[str, float], baseline: Baseline, window: Window) -> Finding:
        """The drop since training."""
        return self.held_against("auc", metrics, baseline, window, "The AUC")

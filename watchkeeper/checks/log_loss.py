"""Are the model's answers still worth as much as in training?"""

from dataclasses import dataclass
from typing import ClassVar

from watchkeeper.checks.outcomes import OutcomeCheck
from watchkeeper.domain.findings import Family, Finding
from watchkeeper.window import Baseline, Window

__all__ = ["LogLoss"]


@dataclass(frozen=True, kw_only=True)
class LogLoss(OutcomeCheck):
    """How far the excess log-loss has risen above the out-of-fold one of training.

    The excess is the log-loss minus that of always answering the window's base rate, so that a rarer or more frequent
    label alone does not make it better or worse; below 0 the model is better than nothing.
    """

    family: ClassVar[Family] = Family.PERFORMANCE
    runbook: ClassVar[str] = "log_loss.md"

    critical: float = 0.05

    def judge(self, metrics: dict[str, float], baseline: Baseline, window: Window) -> Finding:
        """The rise since training."""
        return self.held_against(
            "excess_log_loss", metrics, baseline, window, "The log-loss above that of always answering the base rate"
        )

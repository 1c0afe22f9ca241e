"""Do the answers differ from the last weeks more than they usually do?"""

from dataclasses import dataclass
from typing import ClassVar

from watchkeeper.checks.drift import Drift
from watchkeeper.domain.findings import Family
from watchkeeper.window import CONFIDENCE, PREDICTION, Baseline, Window

__all__ = ["PredictionDrift"]


@dataclass(frozen=True, kw_only=True)
class PredictionDrift(Drift):
    """The same question as `drift`, asked about the model's answers."""

    family: ClassVar[Family] = Family.DRIFT
    runbook: ClassVar[str] = "prediction_drift.md"
    of_every_column: ClassVar[bool] = False

    def subjects(self, baseline: Baseline, window: Window) -> list[str]:
        """The prediction; of a multiclass model also how sure it is."""
        known = baseline.anchor.columns.keys() | window.profile.columns.keys()
        return [PREDICTION, CONFIDENCE] if CONFIDENCE in known else [PREDICTION]

"""Do the answers differ from the last weeks more than they usually do?"""

from dataclasses import dataclass, replace
from typing import ClassVar

from watchkeeper.checks.drift import Drift
from watchkeeper.checks.history import earlier
from watchkeeper.domain.findings import Family, Finding
from watchkeeper.domain.reaches import held_against
from watchkeeper.profiles import Column
from watchkeeper.window import CONFIDENCE, PREDICTION, Baseline, Window

__all__ = ["PredictionDrift"]

VERSION = "version"
"""Under this name it remembers who answered; 0 stands for the answers out of fold."""


@dataclass(frozen=True, kw_only=True)
class PredictionDrift(Drift):
    """The same question as `drift`, asked about the model's answers.

    A new version's answers differ from its predecessor's, which is why it was promoted: nothing is judged until what
    the window is held against are the version's own answers alone.
    """

    family: ClassVar[Family] = Family.DRIFT
    runbook: ClassVar[str] = "prediction_drift.md"
    of_every_column: ClassVar[bool] = False

    def subjects(self, baseline: Baseline, window: Window) -> list[str]:
        """The prediction; of a multiclass model also how sure it is."""
        known = baseline.anchor.columns.keys() | window.profile.columns.keys()
        return [PREDICTION, CONFIDENCE] if CONFIDENCE in known else [PREDICTION]

    def judge(self, name: str, column: Column, baseline: Baseline, window: Window) -> Finding:
        """The answer about the champion's answers; none while those of another version are among the earlier ones."""
        who = self.measure(name, VERSION, float(baseline.version), window)
        answered = earlier(baseline.history, (self.kind, name, VERSION), window.interval.end, None)
        since = held_against(window.interval).start
        if any(number not in (0, baseline.version) for at, number in answered.items() if at > since):
            why = f"v{baseline.version} answers since lately, and the answers before were those of another version"
            return self.not_judged(name, f"{name}: {why}.", (who,))
        found = super().judge(name, column, baseline, window)
        return replace(found, measures=(*found.measures, who))

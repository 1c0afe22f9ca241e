"""Does what is answered come true as often, or is it as much, as the model says?"""

import math
from dataclasses import dataclass
from typing import ClassVar

from watchkeeper.checks.base import percent
from watchkeeper.checks.outcomes import OutcomeCheck
from watchkeeper.checks.scales import GAP, Scale
from watchkeeper.domain.findings import Family
from watchkeeper.domain.problems import Problem
from watchkeeper.window import Baseline, Outcomes

__all__ = ["Calibration"]


@dataclass(frozen=True, kw_only=True)
class Calibration(OutcomeCheck):
    """The mean answer minus the mean truth: said too much above 0, too little below.

    Of a binary model the mean prediction minus the share of label 1; of several classes how sure it is on average minus
    its accuracy; of a regression model its bias. A fixed limit is held against the gap itself, whatever its direction.
    """

    family: ClassVar[Family] = Family.CALIBRATION
    runbook: ClassVar[str] = "calibration.md"
    scale: ClassVar[Scale] = GAP

    def metric(self, outcomes: Outcomes) -> str:
        """The gap, which is the bias of a regression model."""
        return "bias" if outcomes.problem is Problem.REGRESSION else "calibration_gap"

    def told(self, outcomes: Outcomes) -> str:
        """What is said and what comes true."""
        metrics = outcomes.metrics
        if outcomes.problem is Problem.REGRESSION:
            way = "more" if metrics["bias"] > 0 else "less"
            return f"The model says {abs(metrics['bias']):.4g} {way} than comes true on average"
        gap = metrics["calibration_gap"]
        if outcomes.problem is Problem.MULTICLASS:
            sure = percent(metrics["accuracy"] + gap)
            return f"The model is {sure} sure on average where it is right about {percent(metrics['accuracy'])}"
        rate = metrics["base_rate"]
        return f"The model says {percent(rate + gap)} on average where {percent(rate)} came true"

    def error(self, outcomes: Outcomes) -> float:
        """That of a mean of errors; at least that of errors that are all alike but one."""
        metrics, count = outcomes.metrics, outcomes.counts[0]
        if outcomes.problem is Problem.REGRESSION:
            squared, least = metrics["rmse"] ** 2 - metrics["bias"] ** 2, (metrics["rmse"] / count) ** 2
        elif outcomes.problem is Problem.MULTICLASS:
            squared, least = metrics["accuracy"] * (1 - metrics["accuracy"]), 1 / count**2
        else:
            squared, least = metrics["brier"] - metrics["calibration_gap"] ** 2, 1 / count**2
        return math.sqrt(max(squared, least, 1e-18) / count)

    def worse(self, outcomes: Outcomes, baseline: Baseline) -> float:  # noqa: ARG002 - a gap needs no comparison
        """The size of the gap."""
        return abs(outcomes.metrics[self.metric(outcomes)])

"""Are the model's numbers as near to the truth as they usually are?"""

import math
from dataclasses import dataclass
from typing import ClassVar

from watchkeeper.checks.outcomes import OutcomeCheck
from watchkeeper.checks.scales import SIZE, Scale
from watchkeeper.domain.findings import Family
from watchkeeper.domain.problems import Problem
from watchkeeper.window import Baseline, Outcomes

__all__ = ["Mae"]


@dataclass(frozen=True, kw_only=True)
class Mae(OutcomeCheck):
    """The mean absolute error of a regression model, in the label's unit.

    A fixed limit is held against its rise above the out-of-fold one of training, as a share of that: 0.2 is a fifth
    more.
    """

    family: ClassVar[Family] = Family.PERFORMANCE
    runbook: ClassVar[str] = "mae.md"
    problems: ClassVar[frozenset[Problem]] = frozenset({Problem.REGRESSION})
    scale: ClassVar[Scale] = SIZE

    def metric(self, outcomes: Outcomes) -> str:  # noqa: ARG002 - the same of all problems
        """The mean absolute error."""
        return "mae"

    def told(self, outcomes: Outcomes) -> str:
        """Its value, and on how many records."""
        return f"The mean absolute error is {outcomes.metrics['mae']:.4g} on {outcomes.counts[0]:,} labelled records"

    def error(self, outcomes: Outcomes) -> float:
        """That of a mean, as a share of it: its logarithm's; at least that of errors that are all alike but one."""
        mae, rmse, count = outcomes.metrics["mae"], outcomes.metrics["rmse"], outcomes.counts[0]
        varied = math.sqrt(max(rmse * rmse - mae * mae, 0.0)) / mae if mae else 0.0
        return max(varied, 1 / math.sqrt(count)) / math.sqrt(count)

    def worse(self, outcomes: Outcomes, baseline: Baseline) -> float:
        """By what share it has risen since training."""
        trained = baseline.metrics.get("mae", math.nan)
        return super().worse(outcomes, baseline) / trained if trained else math.nan

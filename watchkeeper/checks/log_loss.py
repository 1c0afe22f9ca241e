"""Are the model's answers still worth as much as they usually are?"""

import math
from dataclasses import dataclass
from typing import ClassVar

from watchkeeper.checks.outcomes import CLASSIFIES, OutcomeCheck
from watchkeeper.checks.scales import LOSS, Scale
from watchkeeper.domain.findings import Family
from watchkeeper.domain.problems import Problem
from watchkeeper.window import Outcomes

__all__ = ["LogLoss"]


@dataclass(frozen=True, kw_only=True)
class LogLoss(OutcomeCheck):
    """The excess log-loss: minus that of always answering the base rates of the labels themselves.

    So a rarer or more frequent label alone does not make it better or worse; below 0 the model is better than nothing.
    A fixed limit is held against its rise above the out-of-fold one of training.
    """

    family: ClassVar[Family] = Family.PERFORMANCE
    runbook: ClassVar[str] = "log_loss.md"
    problems: ClassVar[frozenset[Problem]] = CLASSIFIES
    scale: ClassVar[Scale] = LOSS

    def metric(self, outcomes: Outcomes) -> str:  # noqa: ARG002 - the same of all problems
        """The excess log-loss."""
        return "excess_log_loss"

    def told(self, outcomes: Outcomes) -> str:
        """Its value, and on how many records."""
        excess = outcomes.metrics["excess_log_loss"]
        above = f"The log-loss above that of always answering the base rate is {excess:.3f}"
        return f"{above} on {outcomes.counts[0]:,} labelled records"

    def error(self, outcomes: Outcomes) -> float:
        """That of a mean of losses, which spread about as widely as they are large."""
        return max(outcomes.metrics["log_loss"], 1e-6) / math.sqrt(outcomes.counts[0])

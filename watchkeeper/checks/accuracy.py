"""Does the model still name the right class as often as it usually does?"""

from dataclasses import dataclass
from typing import ClassVar

from watchkeeper.checks.base import percent
from watchkeeper.checks.outcomes import OutcomeCheck
from watchkeeper.checks.scales import SCORE_OF_ONE, Scale, share_error
from watchkeeper.domain.findings import Family
from watchkeeper.domain.problems import Problem
from watchkeeper.window import Baseline, Outcomes

__all__ = ["Accuracy"]


@dataclass(frozen=True, kw_only=True)
class Accuracy(OutcomeCheck):
    """The share of records whose most likely class is the true one.

    A fixed limit is held against its fall below the out-of-fold one of training.
    """

    family: ClassVar[Family] = Family.PERFORMANCE
    runbook: ClassVar[str] = "accuracy.md"
    problems: ClassVar[frozenset[Problem]] = frozenset({Problem.MULTICLASS})
    scale: ClassVar[Scale] = SCORE_OF_ONE

    def metric(self, outcomes: Outcomes) -> str:  # noqa: ARG002 - the same of all problems
        """The accuracy."""
        return "accuracy"

    def told(self, outcomes: Outcomes) -> str:
        """Its value, and on how many records."""
        return f"The model is right about {percent(outcomes.metrics['accuracy'])} of {outcomes.counts[0]:,} records"

    def error(self, outcomes: Outcomes) -> float:
        """That of a share."""
        return share_error(outcomes.metrics["accuracy"], outcomes.counts[0])

    def worse(self, outcomes: Outcomes, baseline: Baseline) -> float:
        """By how much it has fallen since training."""
        return -super().worse(outcomes, baseline)

"""Does the model still rank as well as it usually does?"""

from dataclasses import dataclass
from typing import ClassVar

from watchkeeper.checks.outcomes import CLASSIFIES, OutcomeCheck
from watchkeeper.checks.scales import SCORE_OF_ONE, Scale, auc_error
from watchkeeper.domain.findings import Family
from watchkeeper.domain.problems import Problem
from watchkeeper.window import Baseline, Outcomes

__all__ = ["Auc"]


@dataclass(frozen=True, kw_only=True)
class Auc(OutcomeCheck):
    """The area under the ROC curve; of several classes, of each against the others, on average.

    A fixed limit is held against its fall below the out-of-fold one of training.
    """

    family: ClassVar[Family] = Family.PERFORMANCE
    runbook: ClassVar[str] = "auc.md"
    problems: ClassVar[frozenset[Problem]] = CLASSIFIES
    scale: ClassVar[Scale] = SCORE_OF_ONE

    def metric(self, outcomes: Outcomes) -> str:  # noqa: ARG002 - the same of all problems
        """The AUC."""
        return "auc"

    def told(self, outcomes: Outcomes) -> str:
        """Its value, and on how many records."""
        return f"The AUC is {outcomes.metrics['auc']:.3f} on {outcomes.counts[0]:,} labelled records"

    def error(self, outcomes: Outcomes) -> float:
        """That of Hanley and McNeil; of several classes as if they were the rarer ones and the most frequent one."""
        count, rarer = outcomes.counts
        return auc_error(outcomes.metrics["auc"], max(rarer, 1), max(count - rarer, 1))

    def worse(self, outcomes: Outcomes, baseline: Baseline) -> float:
        """By how much it has fallen since training."""
        return -super().worse(outcomes, baseline)

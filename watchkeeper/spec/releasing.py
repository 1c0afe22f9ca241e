"""What a person says of trials and rollouts."""

from datetime import timedelta
from typing import Annotated

from pydantic import AfterValidator, Field

from watchkeeper.domain.plans import Gate, Plan, Step
from watchkeeper.spec.words import Duration, Length, Share, Strict

__all__ = ["RecalibrationSpec", "RolloutSpec", "StepSpec", "TrialSpec"]


class TrialSpec(Strict):
    """What a candidate must show offline; the metric is the problem's own loss when none is named."""

    metric: str | None = None
    margin: float = 0.0
    least_rows: int = Field(default=500, ge=1)


class StepSpec(Strict):
    """A share of traffic with its least time and least labelled canary records."""

    share: Share
    lasts: Duration
    records: int = Field(default=100, ge=0)


def _growing(steps: tuple[StepSpec, ...]) -> tuple[StepSpec, ...]:
    shares = [s.share for s in steps]
    if not shares or shares != sorted(set(shares)):
        raise ValueError(f"the shares of a rollout grow from step to step, these do not: {shares}")
    return steps


Steps = Annotated[tuple[StepSpec, ...], AfterValidator(_growing)]


class RolloutSpec(Strict):
    """How a candidate earns traffic."""

    steps: Steps = (
        StepSpec(share=0.1, lasts=timedelta(days=2)),
        StepSpec(share=0.25, lasts=timedelta(days=2)),
        StepSpec(share=0.5, lasts=timedelta(days=2)),
    )
    margin: float = Field(default=0.01, gt=0)
    alpha: Share = 0.05
    approvals: tuple[Gate, ...] = (Gate.CANARY,)
    deadline: Length = timedelta(days=30)
    answer_within: Length = timedelta(days=3)

    @property
    def plan(self) -> Plan:
        """The plan as the domain knows it."""
        return Plan(_steps(self.steps), self.margin, self.alpha, self.approvals, self.deadline)


class RecalibrationSpec(Strict):
    """First aid: a layer over the champion's answers, fitted on recent labels, tried and released in a shorter way.

    Whether and when incidents ask for it stands in `response`; a person always may.

    Attributes:
        history: how far back the layer learns.
        holdout: the newest labelled time, kept for its trial.
        least_rows: fewer labelled records than this fit no layer, nor judge one.
        steps: of its own rollout.
        margin, alpha, approvals, deadline: of its own rollout; as in `rollout` where they are not said.
    """

    history: Length = timedelta(days=14)
    holdout: Length = timedelta(days=3)
    least_rows: int = Field(default=500, ge=1)
    steps: Steps = (StepSpec(share=0.5, lasts=timedelta(days=1), records=200),)
    margin: float | None = Field(default=None, gt=0)
    alpha: Share | None = None
    approvals: tuple[Gate, ...] | None = None
    deadline: Length | None = None

    def plan(self, rollout: RolloutSpec) -> Plan:
        """The plan of its rollout; what is not said here is as in the model's usual one."""
        gates = rollout.approvals if self.approvals is None else self.approvals
        margin, alpha = self.margin or rollout.margin, self.alpha or rollout.alpha
        return Plan(_steps(self.steps), margin, alpha, gates, self.deadline or rollout.deadline)


def _steps(steps: tuple[StepSpec, ...]) -> tuple[Step, ...]:
    return tuple(Step(s.share, s.lasts, s.records) for s in steps)

"""What a person says of trials and rollouts."""

from datetime import timedelta

from pydantic import Field, field_validator

from watchkeeper.domain.rollouts import Gate, Plan, Step
from watchkeeper.spec.words import Duration, Length, Share, Strict

__all__ = ["RolloutSpec", "StepSpec", "TrialSpec"]


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


class RolloutSpec(Strict):
    """How a candidate earns traffic."""

    steps: tuple[StepSpec, ...] = (
        StepSpec(share=0.1, lasts=timedelta(days=2)),
        StepSpec(share=0.25, lasts=timedelta(days=2)),
        StepSpec(share=0.5, lasts=timedelta(days=2)),
    )
    margin: float = Field(default=0.01, gt=0)
    alpha: Share = 0.05
    approvals: tuple[Gate, ...] = (Gate.CANARY,)
    deadline: Length = timedelta(days=30)
    answer_within: Length = timedelta(days=3)

    @field_validator("steps")
    @classmethod
    def _grow(cls, steps: tuple[StepSpec, ...]) -> tuple[StepSpec, ...]:
        shares = [s.share for s in steps]
        if not shares or shares != sorted(set(shares)):
            raise ValueError(f"the shares of a rollout grow from step to step, these do not: {shares}")
        return steps

    @property
    def plan(self) -> Plan:
        """The plan as the domain knows it."""
        steps = tuple(Step(s.share, s.lasts, s.records) for s in self.steps)
        return Plan(steps, self.margin, self.alpha, self.approvals, self.deadline)

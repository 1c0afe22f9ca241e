"""What a person says of trials and rollouts."""

from dataclasses import replace
from datetime import timedelta
from typing import Annotated

from pydantic import AfterValidator, Field

from watchkeeper.domain.approvals import Silence
from watchkeeper.domain.plans import Gate, Newer, Plan, Step
from watchkeeper.domain.problems import Problem
from watchkeeper.spec.judging import NOTHING_LATE, Criteria, Late, ShadowSpec, SoakSpec, criteria_of
from watchkeeper.spec.words import Duration, Length, Share, Strict

__all__ = ["RecalibrationSpec", "RolloutSpec", "StepSpec", "TrialSpec"]


class TrialSpec(Strict):
    """What a candidate must show offline; the metric is the problem's own loss when none is named."""

    metric: str | None = None
    margin: float = 0.0
    least_rows: int = Field(default=500, ge=1)


class StepSpec(Strict):
    """A share of traffic with its least time and least labelled canary records.

    Attributes:
        approval: a person is asked before it begins.
    """

    share: Share
    lasts: Duration
    records: int = Field(default=100, ge=0)
    approval: bool = False


def _growing(steps: tuple[StepSpec, ...]) -> tuple[StepSpec, ...]:
    shares = [s.share for s in steps]
    if not shares or shares != sorted(set(shares)):
        raise ValueError(f"the shares of a rollout grow from step to step, these do not: {shares}")
    return steps


Steps = Annotated[tuple[StepSpec, ...], AfterValidator(_growing)]


class RolloutSpec(Strict):
    """How a candidate earns traffic.

    Attributes:
        margin: the loss above the champion's that is still "no worse".
        matured: the share of a window's due labels that must have come before it counts as labelled.
        criteria: what it is judged by beside the loss, or the loss otherwise, by name.
        shadow: what comes before the first step; needs hosts that answer in the shadow.
        soak: what comes after the promotion.
        on_silence: what it means when nobody answers within `answer_within`.
        newer: what becomes of a newer candidate while a rollout is under way.
    """

    steps: Steps = (
        StepSpec(share=0.1, lasts=timedelta(days=2)),
        StepSpec(share=0.25, lasts=timedelta(days=2)),
        StepSpec(share=0.5, lasts=timedelta(days=2)),
    )
    margin: float = Field(default=0.01, gt=0)
    alpha: Share = 0.05
    matured: Annotated[float, Field(gt=0, le=1)] = 0.5
    criteria: Criteria = Field(default_factory=dict)
    approvals: tuple[Gate, ...] = (Gate.CANARY,)
    deadline: Length = timedelta(days=30)
    answer_within: Length = timedelta(days=3)
    on_silence: Silence = Silence.REJECTS
    newer: Newer = Newer.WAITS
    shadow: ShadowSpec | None = None
    soak: SoakSpec = SoakSpec()

    def plan(self, delay: timedelta, problem: Problem, late: Late = NOTHING_LATE) -> Plan:
        """The plan as the domain knows it.

        Args:
            delay: of the labels: a soak lasts until those of its own time have come.
            problem: of the model.
            late: its columns that come when labels do.
        """
        return Plan(
            steps=_steps(self.steps),
            margin=self.margin,
            alpha=self.alpha,
            gates=self.approvals,
            deadline=self.deadline,
            shadow=self.shadow.shadow if self.shadow else None,
            soak=self.soak.soak(delay),
            newer=self.newer,
            criteria=criteria_of(self.criteria, self.margin, self.matured, problem, late),
        )


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

    def plan(self, rollout: RolloutSpec, delay: timedelta, problem: Problem, late: Late = NOTHING_LATE) -> Plan:
        """The plan of its rollout; what is not said here is as in the model's usual one."""
        usual = rollout.plan(delay, problem, late)
        margin = self.margin or rollout.margin
        return replace(
            usual,
            steps=_steps(self.steps),
            margin=margin,
            alpha=self.alpha or usual.alpha,
            gates=usual.gates if self.approvals is None else self.approvals,
            deadline=self.deadline or usual.deadline,
            criteria=criteria_of(rollout.criteria, margin, rollout.matured, problem, late),
        )


def _steps(steps: tuple[StepSpec, ...]) -> tuple[Step, ...]:
    return tuple(Step(s.share, s.lasts, s.records, s.approval) for s in steps)

"""What a person says of one model."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from functools import cached_property
from typing import Annotated, Any, Self

from pydantic import Field, StringConstraints, field_validator, model_validator

from watchkeeper.checks import built_in
from watchkeeper.checks.base import Check
from watchkeeper.checks.calibrated import Calibrated
from watchkeeper.domain.budgets import Budget
from watchkeeper.domain.confirmations import Confirmation, NOfM
from watchkeeper.domain.findings import Family
from watchkeeper.domain.followups import ResponseRule
from watchkeeper.domain.intervals import Interval
from watchkeeper.domain.problems import Problem
from watchkeeper.domain.rollouts import Gate, Plan, Step
from watchkeeper.domain.versions import TrialRule
from watchkeeper.profiles import Kind
from watchkeeper.spec.asking import Asking, asking_of, check_of
from watchkeeper.spec.words import Duration, Length, Pages, Share, Strict, Times

__all__ = ["ModelSpec"]

Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{0,62}$")]
Column = Annotated[str, StringConstraints(pattern=r"^[^_/:][^/:]*$")]


class LabelSpec(Strict):
    """When the truth is known: `delay` after the prediction; performance is measured over `over`."""

    delay: Duration = timedelta(0)
    over: Length = timedelta(days=7)


class AlertSpec(Strict):
    """How many false pages people are willing to get; the calibrated checks share them evenly."""

    budget: Pages = Budget()


class ConfirmSpec(Strict):
    """How often a finding must stand before a person is told, and how often be quiet before it is over."""

    opens: Times = NOfM(2, 3)
    resolves: Times = NOfM(3, 3)


class ResponseSpec(Strict):
    """When an incident asks for retraining."""

    retrain: bool = True
    cooldown: Duration = timedelta(days=7)
    on: tuple[Family, ...] = (Family.PERFORMANCE, Family.CALIBRATION)


class TrainingSpec(Strict):
    """Which Python function trains, and how much of the newest labelled time is kept for the trial."""

    function: Annotated[str, StringConstraints(pattern=r"^[\w.]+:\w+$")]
    holdout: Length = timedelta(days=7)
    history: Length = timedelta(days=365)


class TrialSpec(Strict):
    """What a candidate must show offline."""

    metric: str = "log_loss"
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


class ModelSpec(Strict):
    """One model in production: what it is asked, when its labels come, what is checked, and what is done about it.

    Attributes:
        every: length of a window.
        problem: what is predicted.
        features: column names by kind.
        business: further logged columns, by name with their kind.
        checks: settings by kind of check; every built-in check asks unless it says `enabled = false`.
    """

    model: Name
    description: str = ""
    owner: str = ""
    every: Length = timedelta(days=1)
    problem: Problem = Problem.BINARY
    features: Mapping[Kind, tuple[Column, ...]]
    business: Mapping[Column, Kind] = Field(default_factory=dict)
    labels: LabelSpec = LabelSpec()
    checks: Mapping[str, Mapping[str, Any]] = Field(default_factory=dict)
    alerts: AlertSpec = AlertSpec()
    confirm: ConfirmSpec = ConfirmSpec()
    response: ResponseSpec = ResponseSpec()
    training: TrainingSpec
    trial: TrialSpec = TrialSpec()
    rollout: RolloutSpec = RolloutSpec()

    @field_validator("every")
    @classmethod
    def _whole_minutes(cls, every: timedelta) -> timedelta:
        if every % timedelta(minutes=1):
            raise ValueError(f"windows are whole minutes long, as their ids name no seconds; {every} is not")
        return every

    @model_validator(mode="after")
    def _means_something(self) -> Self:
        names = [name for columns in self.features.values() for name in columns] + list(self.business)
        if not names:
            raise ValueError('a model has features: write them by kind, for example numeric = ["age"]')
        if twice := sorted({n for n in names if names.count(n) > 1}):
            raise ValueError(f"named twice among features and business columns: {', '.join(twice)}")
        _ = self.asked  # a check that cannot be built is told now
        return self

    @model_validator(mode="after")
    def _leaves_something_to_learn_from(self) -> Self:
        kept = self.training.holdout + self.labels.delay
        if self.training.history <= kept:
            raise ValueError(f"training.history is longer than holdout and labels.delay together, which are {kept}")
        return self

    @property
    def columns(self) -> dict[str, Kind]:
        """Every watched column with its kind, the features first."""
        return self.feature_kinds | dict(self.business)

    @property
    def feature_kinds(self) -> dict[str, Kind]:
        """The features in the order of the file, with their kinds."""
        return {name: kind for kind, columns in self.features.items() for name in columns}

    @property
    def asked(self) -> tuple[Check, ...]:
        """The checks that ask, with their settings; calibrated ones have their share of the budget of false pages."""
        asking = {kind: check for kind, (said, check) in self._askings.items() if said.enabled}
        sharing = {k: c for k, c in asking.items() if isinstance(c, Calibrated) and c.critical is None}
        share = self.alerts.budget.per_window(self.every) / max(len(sharing), 1)
        silent = {k: c for k, c in sharing.items() if "false_alarms" not in self.checks.get(k, {})}
        return tuple((asking | {k: replace(c, false_alarms=share) for k, c in silent.items()}).values())

    @property
    def confirmation(self) -> Confirmation:
        """How much repetition it takes, as the domain knows it."""
        by_check = tuple((kind, said.confirm) for kind, (said, _) in self._askings.items() if said.confirm)
        silent = {kind: check for kind, (said, check) in self._askings.items() if not said.confirm}
        calibrated = (k for k, c in silent.items() if isinstance(c, Calibrated) and c.critical is None)
        return Confirmation(self.confirm.opens, self.confirm.resolves, by_check, frozenset(calibrated))

    @cached_property
    def _askings(self) -> dict[str, tuple[Asking, Check]]:
        tables = {kind: (check, self.checks.get(kind, {})) for kind, check in built_in().items()}
        return {kind: (asking_of(table), check_of(check, table)) for kind, (check, table) in tables.items()}

    @property
    def response_rule(self) -> ResponseRule:
        """When to retrain, as the domain knows it."""
        return ResponseRule(self.response.retrain, self.response.cooldown, self.response.on)

    @property
    def trial_rule(self) -> TrialRule:
        """What a candidate must show, as the domain knows it."""
        return TrialRule(self.trial.metric, self.trial.margin, self.trial.least_rows)

    def outcomes(self, window: Interval) -> Interval:
        """The interval whose labels are due by the end of this window."""
        end = window.end - self.labels.delay
        return Interval(end - self.labels.over, end)

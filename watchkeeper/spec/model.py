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
from watchkeeper.domain.problems import LOSSES, Problem, trouble_with_classes
from watchkeeper.domain.versions import TrialRule
from watchkeeper.profiles import Kind
from watchkeeper.spec.asking import Asking, asking_of, check_of
from watchkeeper.spec.releasing import RolloutSpec, TrialSpec
from watchkeeper.spec.words import Duration, Length, Pages, Strict, Times
from watchkeeper.window import CONFIDENCE, PREDICTION

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


class ModelSpec(Strict):
    """One model in production: what it is asked, when its labels come, what is checked, and what is done about it.

    Attributes:
        every: length of a window.
        problem: what is predicted.
        classes: of a multiclass model, in the order of its probabilities.
        features: column names by kind.
        business: further logged columns, by name with their kind.
        checks: settings by kind of check; every built-in check asks unless it says `enabled = false`.
    """

    model: Name
    description: str = ""
    owner: str = ""
    every: Length = timedelta(days=1)
    problem: Problem = Problem.BINARY
    classes: tuple[str, ...] = ()
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
    def _answers_its_problem(self) -> Self:
        if trouble := trouble_with_classes(self.problem, self.classes):
            raise ValueError(trouble)
        if taken := sorted({CONFIDENCE, PREDICTION} & self.columns.keys()):
            raise ValueError(f"the answers go by the names {PREDICTION} and {CONFIDENCE}: call {taken[0]} another name")
        metric, losses = self.trial.metric, LOSSES[self.problem]
        if metric and metric not in losses:
            raise ValueError(
                f'trial.metric "{metric}" is no loss of a {self.problem} model: choose {", ".join(losses)}'
            )
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
        return TrialRule(self.trial.metric or LOSSES[self.problem][0], self.trial.margin, self.trial.least_rows)

    def outcomes(self, window: Interval) -> Interval:
        """The interval whose labels are due by the end of this window."""
        end = window.end - self.labels.delay
        return Interval(end - self.labels.over, end)

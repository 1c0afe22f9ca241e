"""What a person says of one model."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from functools import cached_property
from typing import Annotated, Any, Self, cast

from pydantic import Field, StringConstraints, field_validator, model_validator

from watchkeeper.checks import Apart, built_in
from watchkeeper.checks.base import Check
from watchkeeper.checks.business import Business
from watchkeeper.checks.calibrated import Calibrated
from watchkeeper.checks.outcomes import OutcomeCheck
from watchkeeper.checks.segmenting import without_segment
from watchkeeper.domain.budgets import Budget
from watchkeeper.domain.confirmations import Confirmation
from watchkeeper.domain.intervals import Interval
from watchkeeper.domain.problems import LOSSES, Problem, trouble_with_classes
from watchkeeper.domain.responses import ResponseRule
from watchkeeper.domain.scenes import ANSWERS, WHOLE
from watchkeeper.domain.versions import TrialRule
from watchkeeper.serving.answers import SCORES
from watchkeeper.spec.answering import ConfirmSpec, ResponseSpec
from watchkeeper.spec.asking import Asking, asking_of, check_of
from watchkeeper.spec.columns import ColumnsSpec
from watchkeeper.spec.judging import trouble_with_criteria
from watchkeeper.spec.labels import LabelSpec, RecordsSpec
from watchkeeper.spec.releasing import RecalibrationSpec, RolloutSpec, TrialSpec
from watchkeeper.spec.sharing import shares
from watchkeeper.spec.words import Length, Pages, Strict

__all__ = ["ModelSpec"]

BUSINESS = "business"
"""The check whose metrics stand in a table of their own."""

LONGEST = timedelta(days=31)
"""Longer windows would see a fault when the quarter is over."""

Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{0,62}$")]


class AlertSpec(Strict):
    """How many false pages people are willing to get; the calibrated checks share them evenly."""

    budget: Pages = Budget()


class TrainingSpec(Strict):
    """Which Python function trains, and how much of the newest labelled time is kept for the trial."""

    function: Annotated[str, StringConstraints(pattern=r"^[\w.]+:\w+$")]
    holdout: Length = timedelta(days=7)
    history: Length = timedelta(days=365)


class ModelSpec(ColumnsSpec):
    """One model in production: what it is asked, when its labels come, what is checked, and what is done about it.

    Attributes:
        every: length of a window.
        problem: what is predicted.
        classes: of a multiclass model, in the order of its probabilities.
        checks: settings by kind of check; every built-in check asks unless it says `enabled = false`.
    """

    model: Name
    description: str = ""
    owner: str = ""
    every: Length = timedelta(days=1)
    problem: Problem = Problem.BINARY
    classes: tuple[str, ...] = ()
    labels: LabelSpec = LabelSpec()
    records: RecordsSpec = RecordsSpec()
    checks: Mapping[str, Mapping[str, Any]] = Field(default_factory=dict)
    alerts: AlertSpec = AlertSpec()
    confirm: ConfirmSpec = ConfirmSpec()
    response: ResponseSpec = ResponseSpec()
    training: TrainingSpec
    trial: TrialSpec = TrialSpec()
    rollout: RolloutSpec = RolloutSpec()
    recalibration: RecalibrationSpec = RecalibrationSpec()

    @field_validator("every")
    @classmethod
    def _whole_minutes(cls, every: timedelta) -> timedelta:
        if every % timedelta(minutes=1):
            raise ValueError(f"windows are whole minutes long, as their ids name no seconds; {every} is not")
        if every > LONGEST:
            raise ValueError(f"windows last a month at most, {LONGEST.days}d; {every.days}d is longer")
        return every

    @model_validator(mode="after")
    def _means_something(self) -> Self:
        _ = self.asked  # a check that cannot be built is told now
        return self

    @model_validator(mode="after")
    def _answers_its_problem(self) -> Self:
        trouble = trouble_with_classes(self.problem, self.classes) or self.misread(self.problem)
        if trouble := trouble or trouble_with_criteria(self.rollout.criteria, self.columns, self.late):
            raise ValueError(trouble)
        told = [(k, c) for k, (said, c) in self._askings.items() if k in self.checks and said.enabled]
        misfits = [kind for kind, check in told if self.problem not in check.problems]
        if misfits:
            raise ValueError(f"checks.{misfits[0]} is not asked of {self.problem} models: leave its table out")
        metric, losses = self.trial.metric, ", ".join(LOSSES[self.problem])
        if metric and metric not in LOSSES[self.problem]:
            raise ValueError(f'trial.metric "{metric}" is no loss of a {self.problem} model: choose {losses}')
        return self

    @model_validator(mode="after")
    def _leaves_something_to_learn_from(self) -> Self:
        kept = self.training.holdout + self.labels.delay
        if self.training.history <= kept:
            raise ValueError(f"training.history is longer than holdout and labels.delay together, which are {kept}")
        return self

    @property
    def asked(self) -> tuple[Check, ...]:
        """The checks that ask, with their settings; calibrated ones have their share of the budget of false pages.

        Where segments are monitored apart, half of it is for the records as a whole and half for all segments.
        """
        return self._asked(0.5 if self.segments else 1.0)

    def apart(self, count: int) -> Apart | None:
        """How so many segments are monitored: they share their half of the budget evenly. None when they are not."""
        if self.segments is None or not count:
            return None
        checks = tuple(check for check in self._asked(0.5 / count) if check.of_segments)
        return Apart(self.segments.column, self.segments.least, checks)

    def _asked(self, part: float) -> tuple[Check, ...]:
        asking = {k: c for k, (said, c) in self._askings.items() if said.enabled and self.problem in c.problems}
        sharing = {k: c for k, c in asking.items() if isinstance(c, Calibrated) and c.shares_budget}
        whole, parts = self.alerts.budget.per_window(self.every), shares(sharing, len(self.feature_kinds))
        said = {
            k: c.false_alarms if "false_alarms" in self.checks.get(k, {}) else whole * parts[k]
            for k, c in sharing.items()
        }
        return tuple((asking | {k: replace(c, false_alarms=said[k] * part) for k, c in sharing.items()}).values())

    @property
    def confirmation(self) -> Confirmation:
        """How much repetition it takes, as the domain knows it."""
        by_check = tuple((kind, said.confirm) for kind, (said, _) in self._askings.items() if said.confirm)
        silent = {kind: check for kind, (said, check) in self._askings.items() if not said.confirm}
        calibrated = (k for k, c in silent.items() if isinstance(c, Calibrated) and c.shares_budget)
        warnings = tuple((k, c.warning / c.critical) for k, (_, c) in self._askings.items() if c.warning and c.critical)
        said = self.confirm
        return Confirmation(
            said.opens, said.resolves, by_check, frozenset(calibrated), said.release, said.lasts, warnings
        )

    def asks(self, mark: str) -> bool:
        """Whether what a mark names is still asked about: its check asks, and the column it names is watched."""
        kind, _, subject = mark.partition(":")
        said, check = self._askings.get(kind, (None, None))
        if said is None or check is None or not said.enabled:
            return False
        if self.segments and (parts := without_segment(subject, self.segments.column)):
            subject = parts[0]
        if kind == BUSINESS:
            return subject == WHOLE or subject in self.business
        return not check.of_columns or subject in (WHOLE, *ANSWERS) or subject in self.columns

    @cached_property
    def _askings(self) -> dict[str, tuple[Asking, Check]]:
        tables = {kind: (check, self.checks.get(kind, {})) for kind, check in built_in().items()}
        read = {kind: (asking_of(table), check_of(check, table)) for kind, (check, table) in tables.items()}
        asked, business = read[BUSINESS]
        return read | {BUSINESS: (asked, replace(cast("Business", business), metrics=self.metrics))}

    @property
    def response_rule(self) -> ResponseRule:
        """What is done about incidents, as the domain knows it."""
        return self.response.rule

    @property
    def trial_rule(self) -> TrialRule:
        """What a candidate must show, as the domain knows it."""
        return TrialRule(self.trial.metric or LOSSES[self.problem][0], self.trial.margin, self.trial.least_rows)

    @property
    def answer_columns(self) -> tuple[str, ...]:
        """The columns in which records hold their answers beside `_prediction`."""
        return (SCORES,) if self.problem is Problem.MULTICLASS else ()

    def outcomes(self, window: Interval) -> Interval:
        """The interval whose labels are due by the end of this window."""
        return self.labels.blocks(window)[0]

    @property
    def fewest_labels(self) -> tuple[int, int]:
        """How many labels performance is measured on at least, and how many of them are not the most frequent one."""
        asking = [check for check in self.asked if isinstance(check, OutcomeCheck)]
        return max((c.least for c in asking), default=0), max((c.least_of_each for c in asking), default=0)

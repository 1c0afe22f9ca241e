"""What a person says of how a canary is judged: criteria, shadow, soak."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import timedelta
from types import MappingProxyType
from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from watchkeeper.domain.business import Direction
from watchkeeper.domain.judgements import ERRORS, LATENCY, LOSS, Criterion, Role
from watchkeeper.domain.plans import Shadow, Soak
from watchkeeper.domain.problems import Problem
from watchkeeper.judge import bounds_of
from watchkeeper.profiles import Kind
from watchkeeper.spec.sentences import nearest
from watchkeeper.spec.words import Duration, Strict

__all__ = [
    "NOTHING_LATE",
    "Criteria",
    "CriterionSpec",
    "Late",
    "ShadowSpec",
    "SoakSpec",
    "criteria_of",
    "trouble_with_criteria",
]

ROLES = {"gate": Role.GATE, "guard": Role.GUARD}
DIRECTIONS = {"lower": Direction.LOWER, "higher": Direction.HIGHER}

USUAL = {ERRORS: 0.005, LATENCY: 0.25}
"""Five more failures in a thousand requests are still no worse, nor is a quarter slower."""


class CriterionSpec(Strict):
    """One thing that a canary is judged by.

    Attributes:
        margin: the harm that is still "no worse": of `errors` a share of the requests, of `latency` a share of the
            champion's, of a column in its own unit.
        role: a `gate` must be shown no worse before a promotion, a `guard` must not be shown worse.
        worse: which way is bad.
        bounds: the least and the largest value of a record.
        enabled: whether it is asked at all.
    """

    margin: float | None = Field(default=None, gt=0)
    role: Literal["gate", "guard"] = "guard"
    worse: Literal["lower", "higher"] = "higher"
    bounds: tuple[float, float] | None = None
    enabled: bool = True

    @model_validator(mode="after")
    def _has_an_order(self) -> Self:
        if self.bounds and not self.bounds[0] < self.bounds[1]:
            raise ValueError(f"bounds name the least value first: {self.bounds[0]} is not below {self.bounds[1]}")
        return self

    def criterion(self, name: str, margin: float) -> Criterion:
        """The criterion as the domain knows it; this margin where none is said."""
        return Criterion(name, self.margin or margin, ROLES[self.role], DIRECTIONS[self.worse], self.bounds)


Late = Mapping[str, float | None]
"""Columns whose values come when labels do, and what a record counts as without one."""

NOTHING_LATE: Late = MappingProxyType({})

Criteria = Mapping[Annotated[str, StringConstraints(pattern=r"^[^_/:][^/:]*$")], CriterionSpec]


def criteria_of(
    said: Mapping[str, CriterionSpec],
    margin: float,
    matured: float,
    problem: Problem,
    late: Late = NOTHING_LATE,
) -> tuple[Criterion, ...]:
    """The loss as a gate, errors and latency as guards, and what else is said.

    Args:
        margin: of the loss.
        matured: the share of due labels that must have come.
        problem: of the model, which says how large a loss can be.
        late: the columns that come when labels do.
    """
    usual = {ERRORS: CriterionSpec(), LATENCY: CriterionSpec()}
    asked = {name: one for name, one in {**usual, **said}.items() if one.enabled}
    loss = Criterion(LOSS, margin, labelled=True, bounds=bounds_of(problem), matured=matured)
    others = (one.criterion(name, USUAL.get(name, 0.0)) for name, one in asked.items())
    return (loss, *(_due(c, matured, late[c.name]) if c.name in late else c for c in others))


def _due(criterion: Criterion, matured: float, otherwise: float | None) -> Criterion:
    return replace(criterion, labelled=True, matured=matured, otherwise=otherwise)


def trouble_with_criteria(
    said: Mapping[str, CriterionSpec], columns: Mapping[str, Kind], late: Collection[str] = ()
) -> str | None:
    """What is wrong with the criteria of a model with these columns and these late ones, or None."""
    if LOSS in said:
        return "rollout.criteria.loss: the loss is always a gate; its margin is `rollout.margin`"
    countable = [*(name for name, kind in columns.items() if kind in (Kind.NUMERIC, Kind.BOOLEAN)), *late]
    for name, one in said.items():
        if name in USUAL and (one.bounds or one.worse != "higher"):
            return f"rollout.criteria.{name}: `worse` and `bounds` are known; say its margin and role only"
        if name not in USUAL and name not in countable:
            known = [*USUAL, *countable]
            return f"rollout.criteria: {name} is neither errors, latency nor a numeric column{nearest(name, known)}"
        if name not in USUAL and one.margin is None and one.enabled:
            return f"rollout.criteria.{name}: say its margin, in the column's own unit"
    return None


class ShadowSpec(Strict):
    """The candidate answers a sample of requests that nobody sees the answers of, before it answers any.

    Attributes:
        share: of requests.
        lasts, records: its least time, and its least labelled records with an answer of both.
    """

    share: Annotated[float, Field(gt=0, le=1)] = 1.0
    lasts: Duration = timedelta(days=1)
    records: int = Field(default=100, ge=0)

    @property
    def shadow(self) -> Shadow:
        """The shadow as the domain knows it."""
        return Shadow(self.share, self.lasts, self.records)


class SoakSpec(Strict):
    """The promoted version is held against the old champion for a while, and rolled back when it is shown worse.

    Attributes:
        lasts: so much time, whose labels have come, is looked at; `0d` for no soak.
        holdout: the share of traffic that the old champion keeps answering.
        shadow: the share of requests that the old champion answers in the shadow.
    """

    lasts: Duration = timedelta(days=2)
    holdout: Annotated[float, Field(ge=0, lt=0.5)] = 0.05
    shadow: Annotated[float, Field(ge=0, le=1)] = 0.0

    def soak(self, delay: timedelta) -> Soak | None:
        """The soak as the domain knows it, None where it has no time.

        Args:
            delay: of the labels.
        """
        return Soak(self.lasts + delay, self.holdout, self.shadow) if self.lasts else None

    @model_validator(mode="after")
    def _sees_the_old_champion(self) -> Self:
        if not self.holdout and not self.shadow:
            raise ValueError("a soak sees the old champion: give it a holdout, or a share of requests in the shadow")
        return self

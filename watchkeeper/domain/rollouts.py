"""Where a candidate stands on its way."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from watchkeeper.domain.plans import Gate, Plan

__all__ = ["Move", "Rollout", "RolloutEnd", "Verb"]


class RolloutEnd(StrEnum):
    """How a rollout ends."""

    PROMOTED = "promoted"
    ROLLED_BACK = "rolled_back"


class Verb(StrEnum):
    """What can happen next."""

    HOLD = "hold"
    SHADOW = "shadow"
    ADVANCE = "advance"
    ASK = "request approval"
    PROMOTE = "promote"
    KEEP = "keep"
    ROLL_BACK = "roll back"


@dataclass(frozen=True, slots=True)
class Move:
    """One entry of a rollout's history: what was done when, at which share, and because of what."""

    at: datetime
    verb: Verb
    share: float
    because: str


@dataclass(frozen=True, slots=True)
class Rollout:
    """Where a candidate stands on its way.

    Attributes:
        step: 0 before the canary has any traffic, then counts the plan's steps from 1; one more while it soaks.
        since: when that step began.
        revision: grows by one with every write, so that no two writers overtake each other.
        shadowed: when the candidate began to answer in the shadow.
        blind: the first look that could see nothing, None while one can see.
        waiting: the newest version that waits for this rollout to end.
    """

    id: str
    model: str
    candidate: int
    digest: str
    champion: int
    plan: Plan
    opened: datetime
    since: datetime
    step: int = 0
    revision: int = 0
    end: RolloutEnd | None = None
    ended: datetime | None = None
    because: str = ""
    history: tuple[Move, ...] = field(default=())
    shadowed: datetime | None = None
    blind: datetime | None = None
    waiting: int | None = None

    @property
    def share(self) -> float:
        """The candidate's share of traffic now."""
        if self.end:
            return 1.0 if self.end is RolloutEnd.PROMOTED else 0.0
        if self.plan.soak and self.is_soaking:
            return 1.0 - self.plan.soak.holdout
        return self.plan.steps[self.step - 1].share if self.step else 0.0

    @property
    def is_open(self) -> bool:
        """Whether it has not ended yet."""
        return self.end is None

    @property
    def is_shadowing(self) -> bool:
        """Whether the candidate answers in the shadow and nowhere else."""
        return self.is_open and self.step == 0 and self.shadowed is not None

    @property
    def is_soaking(self) -> bool:
        """Whether the candidate is promoted and still held against the old champion."""
        return self.is_open and self.step > len(self.plan.steps)

    @property
    def is_watched(self) -> bool:
        """Whether it answers anything, so that somebody must see how."""
        return self.is_open and (self.step > 0 or self.is_shadowing)

    @property
    def gate(self) -> Gate | None:
        """Whose permission the next step needs, if any."""
        steps, gates = self.plan.steps, self.plan.gates
        if self.step > len(steps) or not self.is_open:
            return None
        if self.step == len(steps):
            return Gate.PROMOTION if Gate.PROMOTION in gates else None
        gate = Gate.STEP if self.step else Gate.CANARY
        return gate if gate in gates or steps[self.step].asks else None

"""Where a candidate stands on its way, and what happens next."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from watchkeeper.domain.approvals import Answer, Decision
from watchkeeper.domain.judgements import Judgement, Outcome
from watchkeeper.domain.plans import Gate, Plan

__all__ = [
    "Action",
    "Move",
    "Plan",
    "Rollout",
    "RolloutEnd",
    "Verb",
    "after",
    "asked",
    "blinded",
    "next_action",
]


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
class Action:
    """What happens next, and because of what."""

    verb: Verb
    because: str
    gate: Gate | None = None


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


def next_action(rollout: Rollout, judgement: Judgement, answer: Answer | None, now: datetime) -> Action:
    """What happens next, worst news first; silence ends in the champion, and whoever sees nothing moves nothing.

    Args:
        answer: to the question of the rollout's current gate, None while there is none.
    """
    if judgement.outcome is Outcome.WORSE:
        return Action(Verb.ROLL_BACK, judgement.sentence)
    if answer and answer.decision is Decision.REJECT:
        return Action(Verb.ROLL_BACK, f"{answer.approver} rejected it: {answer.comment or 'no comment'}")
    if judgement.outcome is Outcome.UNKNOWN and rollout.is_watched:
        return Action(Verb.HOLD, f"Nothing can be seen, so nothing moves: {judgement.sentence}")
    if rollout.is_soaking:
        return _soaking(rollout, judgement, now)
    if now - rollout.opened >= rollout.plan.deadline:
        return Action(Verb.ROLL_BACK, f"Not decided within {rollout.plan.deadline}: {judgement.sentence}")
    waits = _waits_for_evidence(rollout, judgement, now)
    return Action(Verb.HOLD, waits) if waits else _onward(rollout, judgement, answer)


def _soaking(rollout: Rollout, judgement: Judgement, now: datetime) -> Action:
    """Kept after its time, unless no label has come; those that never come are waited for until the deadline."""
    soak, plan = rollout.plan.soak, rollout.plan
    until = rollout.since + (soak.lasts if soak else plan.deadline)
    if now < until:
        return Action(Verb.HOLD, f"Soaks until {until:%Y-%m-%d %H:%M}: {judgement.sentence}")
    if not judgement.records + judgement.pairs and now - rollout.since < plan.deadline:
        return Action(Verb.HOLD, f"Soaks until its labels have come: {judgement.sentence}")
    return Action(Verb.KEEP, f"Nothing spoke against it since {rollout.since:%Y-%m-%d %H:%M}: {judgement.sentence}")


def _waits_for_evidence(rollout: Rollout, judgement: Judgement, now: datetime) -> str | None:
    """Why it is too early to move, or None."""
    if not rollout.is_watched:
        return None
    shadow, last = rollout.plan.shadow if rollout.is_shadowing else None, rollout.step == len(rollout.plan.steps)
    step = shadow or rollout.plan.steps[rollout.step - 1]
    name = "the shadow" if shadow else f"step {rollout.step}"
    if now - rollout.since < step.lasts:
        return f"{name.capitalize()} lasts until {rollout.since + step.lasts:%Y-%m-%d %H:%M}."
    kind, seen = ("shadow", judgement.pairs) if shadow else ("canary", judgement.records)
    if seen < step.records:
        return f"{seen:,} labelled {kind} records of the {step.records:,} that {name} needs."
    if last and (judgement.outcome is not Outcome.NO_WORSE or not judgement.final):
        return judgement.sentence
    return None


def _onward(rollout: Rollout, judgement: Judgement, answer: Answer | None) -> Action:
    """The next step, after the permission it needs."""
    shadow = rollout.plan.shadow
    if shadow and rollout.step == 0 and rollout.shadowed is None:
        return Action(Verb.SHADOW, f"It answers {shadow.share:.0%} of requests in the shadow first.")
    gate = rollout.gate
    if gate and answer is None:
        return Action(Verb.ASK, asked(rollout), gate)
    who = f"{answer.approver} approved. " if gate and answer else ""
    if rollout.step == len(rollout.plan.steps):
        return Action(Verb.PROMOTE, who + judgement.sentence)
    share = rollout.plan.steps[rollout.step].share
    return Action(Verb.ADVANCE, f"{who}On to {share:.0%} of traffic: {judgement.sentence}")


def asked(rollout: Rollout) -> str:
    """What a person is asked at the rollout's gate."""
    what = f"step {rollout.step + 1}" if rollout.gate is Gate.STEP else str(rollout.gate)
    return f"The {what} of {rollout.model} v{rollout.candidate} needs a person's permission."


def after(rollout: Rollout, action: Action, now: datetime) -> Rollout:
    """The rollout after this action; holding and asking leave it where it is."""
    moved = replace(rollout, revision=rollout.revision + 1)
    if action.verb is Verb.SHADOW:
        moved = replace(moved, shadowed=now, since=now)
    elif action.verb is Verb.ADVANCE or (action.verb is Verb.PROMOTE and rollout.plan.soak):
        moved = replace(moved, step=rollout.step + 1, since=now)
    elif action.verb in (Verb.PROMOTE, Verb.KEEP, Verb.ROLL_BACK):
        end = RolloutEnd.ROLLED_BACK if action.verb is Verb.ROLL_BACK else RolloutEnd.PROMOTED
        moved = replace(moved, end=end, ended=now, because=action.because)
    return replace(moved, history=(*rollout.history, Move(now, action.verb, moved.share, action.because)))


def blinded(rollout: Rollout, since: datetime | None) -> Rollout:
    """The rollout that has not been seen since then, or that is seen again (None); it stays where it is."""
    return replace(rollout, blind=since, revision=rollout.revision + 1)

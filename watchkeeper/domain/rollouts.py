"""How a candidate earns traffic, and what happens next."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum

from watchkeeper.domain.approvals import Answer, Decision
from watchkeeper.domain.judgements import Judgement, Outcome

__all__ = [
    "Action",
    "Gate",
    "Move",
    "Plan",
    "Rollout",
    "RolloutEnd",
    "Step",
    "Verb",
    "after",
    "next_action",
]


class Gate(StrEnum):
    """Where a person is asked."""

    CANARY = "canary"
    PROMOTION = "promotion"


@dataclass(frozen=True, slots=True)
class Step:
    """A share of traffic with its least time and least labelled canary records."""

    share: float
    lasts: timedelta
    records: int


@dataclass(frozen=True, slots=True)
class Plan:
    """How a candidate earns traffic.

    Attributes:
        steps: growing shares below 1; promotion follows the last.
        margin: the loss above the champion's that is still "no worse".
        alpha: the chance of a wrong judgement over the whole rollout.
        gates: where a person is asked.
        deadline: a rollout that has not ended by then ends in the champion.
    """

    steps: tuple[Step, ...]
    margin: float = 0.01
    alpha: float = 0.05
    gates: tuple[Gate, ...] = (Gate.CANARY,)
    deadline: timedelta = timedelta(days=30)


class RolloutEnd(StrEnum):
    """How a rollout ends."""

    PROMOTED = "promoted"
    ROLLED_BACK = "rolled_back"


class Verb(StrEnum):
    """What can happen next."""

    HOLD = "hold"
    ADVANCE = "advance"
    ASK = "request approval"
    PROMOTE = "promote"
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
        step: 0 before the canary has any traffic, then counts the plan's steps from 1.
        since: when that step began.
        revision: grows by one with every write, so that no two writers overtake each other.
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

    @property
    def share(self) -> float:
        """The candidate's share of traffic now."""
        if self.end:
            return 1.0 if self.end is RolloutEnd.PROMOTED else 0.0
        return self.plan.steps[self.step - 1].share if self.step else 0.0

    @property
    def is_open(self) -> bool:
        """Whether it has not ended yet."""
        return self.end is None

    @property
    def gate(self) -> Gate | None:
        """Whose permission the next step needs, if any."""
        if self.step == 0 and Gate.CANARY in self.plan.gates:
            return Gate.CANARY
        return Gate.PROMOTION if self.step == len(self.plan.steps) and Gate.PROMOTION in self.plan.gates else None


def next_action(rollout: Rollout, judgement: Judgement, answer: Answer | None, now: datetime) -> Action:
    """What happens next, worst news first; silence ends in the champion.

    Args:
        answer: to the question of the rollout's current gate, None while there is none.
    """
    if judgement.outcome is Outcome.WORSE:
        return Action(Verb.ROLL_BACK, judgement.sentence)
    if answer and answer.decision is Decision.REJECT:
        return Action(Verb.ROLL_BACK, f"{answer.approver} rejected it: {answer.comment or 'no comment'}")
    if now - rollout.opened >= rollout.plan.deadline:
        return Action(Verb.ROLL_BACK, f"Not decided within {rollout.plan.deadline}: {judgement.sentence}")
    waits = _waits_for_evidence(rollout, judgement, now)
    return Action(Verb.HOLD, waits) if waits else _onward(rollout, judgement, answer)


def _waits_for_evidence(rollout: Rollout, judgement: Judgement, now: datetime) -> str | None:
    """Why it is too early to move, or None."""
    if rollout.step == 0:
        return None
    step = rollout.plan.steps[rollout.step - 1]
    if now - rollout.since < step.lasts:
        return f"Step {rollout.step} lasts until {rollout.since + step.lasts:%Y-%m-%d %H:%M}."
    if judgement.outcome is Outcome.UNKNOWN:
        return judgement.sentence
    if judgement.records < step.records:
        return f"{judgement.records:,} labelled canary records of the {step.records:,} that step {rollout.step} needs."
    if rollout.step == len(rollout.plan.steps) and judgement.outcome is not Outcome.NO_WORSE:
        return judgement.sentence
    return None


def _onward(rollout: Rollout, judgement: Judgement, answer: Answer | None) -> Action:
    """The next step, after the permission it needs."""
    gate = rollout.gate
    if gate and answer is None:
        return Action(
            Verb.ASK, f"The {gate} of {rollout.model} v{rollout.candidate} needs a person's permission.", gate
        )
    who = f"{answer.approver} approved. " if gate and answer else ""
    if rollout.step == len(rollout.plan.steps):
        return Action(Verb.PROMOTE, who + judgement.sentence)
    share = rollout.plan.steps[rollout.step].share
    return Action(Verb.ADVANCE, f"{who}On to {share:.0%} of traffic: {judgement.sentence}")


def after(rollout: Rollout, action: Action, now: datetime) -> Rollout:
    """The rollout after this action; holding and asking leave it where it is."""
    moved = replace(rollout, revision=rollout.revision + 1)
    if action.verb is Verb.ADVANCE:
        moved = replace(moved, step=rollout.step + 1, since=now)
    elif action.verb in (Verb.PROMOTE, Verb.ROLL_BACK):
        end = RolloutEnd.PROMOTED if action.verb is Verb.PROMOTE else RolloutEnd.ROLLED_BACK
        moved = replace(moved, end=end, ended=now, because=action.because)
    return replace(moved, history=(*rollout.history, Move(now, action.verb, moved.share, action.because)))

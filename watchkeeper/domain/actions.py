"""What happens next to a candidate."""

from dataclasses import dataclass, replace
from datetime import datetime

from watchkeeper.domain.approvals import Answer, Decision
from watchkeeper.domain.intervals import spoken
from watchkeeper.domain.judgements import Judgement, Outcome
from watchkeeper.domain.plans import Gate
from watchkeeper.domain.rollouts import Move, Rollout, RolloutEnd, Verb

__all__ = ["Action", "after", "asked", "blinded", "next_action"]


@dataclass(frozen=True, slots=True)
class Action:
    """What happens next, and because of what."""

    verb: Verb
    because: str
    gate: Gate | None = None


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
        return Action(Verb.ROLL_BACK, f"Not decided within {spoken(rollout.plan.deadline)}: {judgement.sentence}")
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

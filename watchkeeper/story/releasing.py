"""One step of one rollout: judge, decide, act; traffic moves before anybody is told."""

from dataclasses import dataclass, replace
from datetime import datetime

from watchkeeper.domain.approvals import Question
from watchkeeper.domain.audit import Entry
from watchkeeper.domain.followups import FollowUp, Story
from watchkeeper.domain.intervals import stamp
from watchkeeper.domain.judgements import Judgement, Outcome
from watchkeeper.domain.plans import Gate
from watchkeeper.domain.rollouts import Action, Rollout, Verb, after, next_action
from watchkeeper.domain.traffic import Split
from watchkeeper.domain.versions import Pointers, Version
from watchkeeper.errors import Conflict, NotThere
from watchkeeper.story.evidence import evidence_of
from watchkeeper.story.house import House
from watchkeeper.story.judging import judge_canary

__all__ = ["Advance", "act", "advance", "open_rollout", "question_id", "roll_back"]


@dataclass(frozen=True, slots=True)
class Advance:
    """One look at one rollout: how the canary is judged, what was done, and where the rollout stands."""

    judgement: Judgement
    action: Action
    rollout: Rollout


def open_rollout(house: House, version: Version, at: datetime, *, who: str, because: str) -> Rollout:
    """A rollout at step 0 for a registered version; asked again, the same one.

    Raises Conflict while another of the model is open.
    """
    wanted = _new_rollout(house, version, at)
    rollout = next((r for r in house.state.rollouts(version.model) if r.id == wanted.id), None)
    if rollout is None:
        if other := house.state.open_rollout(version.model):
            mend = f"end it first with `watchkeeper rollback {version.model}`"
            raise Conflict(f"{version.model} has {other.id} under way; {mend}")
        entry = Entry(f"{wanted.id}#0", at, who, "open rollout", version.model, wanted.id, because)
        next_look = FollowUp(f"{Story.PROMOTE}:{wanted.id}#0", Story.PROMOTE, version.model, wanted.id, at, because)
        house.state.save_rollout(wanted, entry, followups=[next_look])
        rollout = wanted
    if rollout.is_open:
        pointers = house.registry.pointers(version.model)
        house.registry.point(version.model, replace(pointers, candidate=version.number), instead_of=pointers)
    return rollout


def _new_rollout(house: House, version: Version, at: datetime) -> Rollout:
    champion = house.registry.pointers(version.model).champion
    if champion is None:
        raise NotThere(f"{version.model} has no champion: train one with `watchkeeper train {version.model}`")
    spec = house.model(version.model)
    return Rollout(
        id=f"rollout:{version.model}:v{version.number}@{stamp(at)}",
        model=version.model,
        candidate=version.number,
        digest=version.digest,
        champion=champion,
        plan=spec.rollout.plan if version.parent is None else spec.recalibration.plan(spec.rollout),
        opened=at,
        since=at,
    )


def advance(house: House, model: str, at: datetime) -> Advance | None:
    """Judge the canary of a model and do what follows; None when no rollout is open."""
    rollout = house.state.open_rollout(model)
    if rollout is None:
        return None
    judgement = judge_canary(house, rollout, at)
    answer = house.state.answer_to(question_id(rollout, rollout.gate)) if rollout.gate else None
    action = _not_twice(house, rollout, next_action(rollout, judgement, answer, at))
    return Advance(judgement, action, act(house, rollout, judgement, action, at))


def _not_twice(house: House, rollout: Rollout, action: Action) -> Action:
    """A question that stands already is waited for, not asked again."""
    if action.verb is not Verb.ASK:
        return action
    waiting = {q.id: q for q in house.state.questions(unanswered=True)}.get(question_id(rollout, action.gate))
    return (
        Action(Verb.HOLD, f"Waiting since {stamp(waiting.asked)} for an answer to {waiting.id}.") if waiting else action
    )


def question_id(rollout: Rollout, gate: Gate | None) -> str:
    """The id of the one question that a rollout asks at a gate."""
    return f"{rollout.id}?{gate}"


def act(house: House, rollout: Rollout, judgement: Judgement, action: Action, at: datetime) -> Rollout:
    """Do it: traffic and pointers first, each of which may be done again; the record last, once."""
    if action.verb is Verb.HOLD:
        _stand_by(house, rollout, at)
        return rollout
    moved = after(rollout, action, at)
    if action.verb is not Verb.ASK:
        house.router.set_split(rollout.model, _split(moved, at))
    if action.verb is Verb.PROMOTE:
        _settle_pointers(house, moved)
    entry = Entry(
        f"{rollout.id}#{moved.revision}", at, "promote", action.verb, rollout.model, rollout.id, action.because
    )
    question = _question(house, moved, judgement, action.gate, at) if action.gate else None
    house.state.save_rollout(moved, entry, followups=_next(moved, question, at), question=question)
    if action.verb is Verb.ROLL_BACK:
        _settle_pointers(house, moved)
    return moved


def _stand_by(house: House, rollout: Rollout, at: datetime) -> None:
    """Put the traffic where the rollout stands; a process that was killed may have moved it further."""
    split = house.router.split(rollout.model)
    if split and (split.canary, split.share) not in ((rollout.candidate, rollout.share), (None, rollout.share)):
        house.router.set_split(rollout.model, _split(rollout, at))


def _split(rollout: Rollout, at: datetime) -> Split:
    if rollout.is_open:
        return Split(rollout.champion, rollout.candidate, rollout.share, rollout.id, at)
    serving = rollout.candidate if rollout.share == 1.0 else rollout.champion
    return Split(serving, None, 0.0, rollout.id, at)


def _settle_pointers(house: House, rollout: Rollout) -> None:
    """A promotion keeps the old champion as last-good; a rollback leaves, or makes, the champion what it was.

    After a rollback this comes last: traffic and record do without a registry.
    """
    now = house.registry.pointers(rollout.model)
    if rollout.share == 1.0:
        wanted = Pointers(champion=rollout.candidate, candidate=None, last_good=rollout.champion)
    elif now.champion == rollout.candidate:
        wanted = Pointers(champion=rollout.champion, candidate=None, last_good=rollout.champion)
    else:
        wanted = replace(now, candidate=None)
    house.registry.point(rollout.model, wanted, instead_of=now)


def _question(house: House, rollout: Rollout, judgement: Judgement, gate: Gate, at: datetime) -> Question:
    within = house.model(rollout.model).rollout.answer_within
    return Question(
        id=question_id(rollout, gate),
        model=rollout.model,
        rollout=rollout.id,
        gate=gate,
        candidate=rollout.candidate,
        digest=rollout.digest,
        asked=at,
        expires=at + within,
        evidence=evidence_of(house, rollout, judgement, gate),
    )


def _next(rollout: Rollout, question: Question | None, at: datetime) -> list[FollowUp]:
    if question is None:
        return []
    because = f"The {question.gate} of {rollout.model} v{rollout.candidate} needs a person's permission."
    return [FollowUp(f"{Story.APPROVE}:{question.id}", Story.APPROVE, rollout.model, question.id, at, because)]


def roll_back(house: House, model: str, at: datetime, *, who: str, because: str) -> str:
    """End the open rollout in the champion, or else give all traffic back to the last good version.

    Needs no registry to be reachable to move traffic. Raises NotThere when there is nothing to go back to.
    """
    rollout = house.state.open_rollout(model)
    if rollout:
        action = Action(Verb.ROLL_BACK, f"{who}: {because}")
        act(house, rollout, Judgement(Outcome.UNKNOWN, because), action, at)
        return f"{model} v{rollout.candidate} is out; v{rollout.champion} answers everything."
    pointers = house.registry.pointers(model)
    if pointers.last_good is None or pointers.last_good == pointers.champion:
        raise NotThere(f"{model} has no last good version other than its champion v{pointers.champion}")
    back = pointers.last_good
    house.router.set_split(model, Split(back, None, 0.0, f"rollback:{model}@{stamp(at)}", at))
    house.registry.point(model, Pointers(champion=back, last_good=back), instead_of=pointers)
    identity = f"rollback:{model}@{at.isoformat()}"
    house.state.note(Entry(identity, at, who, "roll back", model, f"{model} v{back}", because))
    return f"{model} v{back} answers everything again."

"""Doing what was decided about a rollout: less traffic before anything is written, more traffic only after it."""

from dataclasses import replace
from datetime import datetime

from watchkeeper.domain.actions import Action, after, asked
from watchkeeper.domain.approvals import Question, Silence
from watchkeeper.domain.audit import Entry
from watchkeeper.domain.followups import FollowUp, Story
from watchkeeper.domain.judgements import Judgement
from watchkeeper.domain.plans import Gate
from watchkeeper.domain.rollouts import Rollout, RolloutEnd, Verb
from watchkeeper.domain.traffic import Split
from watchkeeper.domain.versions import Pointers
from watchkeeper.errors import Conflict
from watchkeeper.story.evidence import evidence_of
from watchkeeper.story.house import House
from watchkeeper.story.sight import end_of_darkness

__all__ = ["act", "is_settled", "question_id", "settle"]


def question_id(rollout: Rollout, gate: Gate | None) -> str:
    """The id of the one question that a rollout asks at a gate."""
    step = rollout.step + 1 if gate is Gate.STEP else ""
    return f"{rollout.id}?{gate}{step}"


def act(house: House, rollout: Rollout, judgement: Judgement, action: Action, at: datetime) -> Rollout:
    """Do it: a rollback moves traffic first and is written then; whatever gives more traffic is written first.

    Of two who act at once only one can write: the other's Conflict comes before it has given anybody traffic.
    """
    if action.verb is Verb.HOLD:
        settle(house, rollout, at)
        return rollout
    moved = after(rollout, action, at)
    if action.verb is Verb.ROLL_BACK:
        house.router.set_split(rollout.model, split_of(moved, at))
    identity = f"{rollout.id}#{moved.revision}"
    entry = Entry(identity, at, "promote", action.verb, rollout.model, rollout.id, action.because)
    question = _question(house, moved, judgement, action.gate, at) if action.gate else None
    house.state.save_rollout(moved, entry, followups=_next(moved, question, at), question=question)
    if not moved.is_open:
        end_of_darkness(house, rollout.model, at, f"The rollout is over: {action.because}")
    settle(house, moved, at)
    return moved


def settle(house: House, rollout: Rollout, at: datetime) -> None:
    """Put pointers and traffic where the record says; a process that was killed may have left them elsewhere.

    Traffic that grows comes last, so that it is the sign that all is done; after a rollback it has moved before.
    """
    if house.state.rollout(rollout.id).revision != rollout.revision:
        raise Conflict(f"{rollout.id} has moved on meanwhile; the next look sees where it stands")
    now = house.registry.pointers(rollout.model)
    wanted = _pointers(rollout, now)
    if wanted != now:
        house.registry.point(rollout.model, wanted, instead_of=now)
    if not _is_in_place(house, rollout):
        house.router.set_split(rollout.model, split_of(rollout, at))


def is_settled(house: House, rollout: Rollout) -> bool:
    """Whether pointers and traffic are where the record of an ended rollout says, or others' by now."""
    split, now = house.router.split(rollout.model), house.registry.pointers(rollout.model)
    is_ours = split is not None and split.salt == rollout.id
    is_done = _is_in_place(house, rollout) and _pointers(rollout, now) == now
    return not (is_ours and not is_done) and now.candidate != rollout.candidate


def _is_in_place(house: House, rollout: Rollout) -> bool:
    """Whether hosts do what the record says; before its first traffic a rollout leaves the split alone."""
    found = house.router.split(rollout.model)
    wanted = split_of(rollout, rollout.opened)
    if found is None:
        return not rollout.is_watched
    if rollout.is_open and not rollout.is_watched and found.canary is None and found.shadow is None:
        return True
    return replace(found, at=wanted.at) == wanted


def split_of(rollout: Rollout, at: datetime) -> Split:
    """Who answers what. While it soaks the old champion keeps its keys, and answers should the new one fail."""
    plan, old, new = rollout.plan, rollout.champion, rollout.candidate
    if not rollout.is_open:
        return Split(new if rollout.end is RolloutEnd.PROMOTED else old, None, 0.0, rollout.id, at)
    split = Split(old, new, rollout.share, rollout.id, at)
    if plan.soak and rollout.is_soaking:
        return replace(split, shadow=old, shadow_share=plan.soak.shadow) if plan.soak.shadow else split
    if plan.shadow and rollout.shadowed:
        split = replace(split, shadow=new, shadow_share=plan.shadow.share)
    return split if rollout.step else replace(split, canary=None)


def _pointers(rollout: Rollout, now: Pointers) -> Pointers:
    """A promotion keeps the old champion as last-good; a rollback leaves, or makes, the champion what it was."""
    promoted = Pointers(champion=rollout.candidate, candidate=None, last_good=rollout.champion)
    if rollout.is_soaking:
        return promoted
    if rollout.is_open:
        return now
    if rollout.end is RolloutEnd.PROMOTED:
        return promoted
    if now.champion == rollout.candidate != rollout.champion:
        return Pointers(champion=rollout.champion, candidate=None, last_good=rollout.champion)
    return replace(now, candidate=None) if now.candidate == rollout.candidate else now


def _question(house: House, rollout: Rollout, judgement: Judgement, gate: Gate, at: datetime) -> Question:
    said = house.model(rollout.model).rollout
    waits = said.on_silence is Silence.WAITS
    return Question(
        id=question_id(rollout, gate),
        model=rollout.model,
        rollout=rollout.id,
        gate=gate,
        candidate=rollout.candidate,
        digest=rollout.digest,
        asked=at,
        expires=rollout.opened + rollout.plan.deadline if waits else at + said.answer_within,
        evidence=evidence_of(house, rollout, judgement, gate),
        silence=said.on_silence,
    )


def _next(rollout: Rollout, question: Question | None, at: datetime) -> list[FollowUp]:
    """A person is asked; and after an end another look makes sure that all is done, and lets in what has waited."""
    if question:
        identity = f"{Story.APPROVE}:{question.id}"
        return [FollowUp(identity, Story.APPROVE, rollout.model, question.id, at, asked(rollout))]
    if rollout.is_open:
        return []
    identity = f"{Story.PROMOTE}:{rollout.id}#{rollout.revision}"
    return [FollowUp(identity, Story.PROMOTE, rollout.model, rollout.id, at, f"{rollout.id} is over.")]

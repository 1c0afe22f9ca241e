"""One step of one rollout: judge, decide, act; and how a rollout begins and is broken off."""

from dataclasses import dataclass, replace
from datetime import datetime

from watchkeeper.domain.actions import Action, next_action
from watchkeeper.domain.audit import Entry
from watchkeeper.domain.followups import FollowUp, Story
from watchkeeper.domain.intervals import stamp
from watchkeeper.domain.judgements import Judgement, Outcome
from watchkeeper.domain.plans import Newer
from watchkeeper.domain.rollouts import Rollout, Verb
from watchkeeper.domain.traffic import Split
from watchkeeper.domain.versions import Pointers, Version
from watchkeeper.errors import Conflict, NotThere
from watchkeeper.story.house import House
from watchkeeper.story.judging import judge_canary
from watchkeeper.story.moving import act, is_settled, question_id, settle
from watchkeeper.story.sight import note_sight

__all__ = ["Advance", "act", "advance", "needs_a_look", "open_rollout", "question_id", "roll_back"]

NEEDS_NO_FILE = (Verb.HOLD, Verb.ROLL_BACK)
"""What is done with a candidate that answers nothing yet, even while the model's file cannot be read."""


@dataclass(frozen=True, slots=True)
class Advance:
    """One look at one rollout: how the canary is judged, what was done, and where the rollout stands."""

    judgement: Judgement
    action: Action
    rollout: Rollout


def open_rollout(house: House, version: Version, at: datetime, *, who: str, because: str) -> Rollout:
    """A rollout at step 0 for a registered version; asked again, the same one.

    While another of the model is under way, that one: the version waits for its end, or takes its place, as the spec
    says. One that soaks is always waited for, and what waits makes way for what is newer.
    """
    wanted = _new_rollout(house, version, at)
    rollout = next((r for r in house.state.rollouts(version.model) if r.id == wanted.id), None)
    if rollout is None:
        other = house.state.open_rollout(version.model)
        if other and (waited_for := _made_way(house, other, version, at, who)):
            return waited_for
        try:
            rollout = _saved(house, wanted, who, because)
        except Conflict:
            if house.state.open_rollout(version.model) is None:
                raise
            return open_rollout(house, version, at, who=who, because=because)  # another was faster, and is under way
    if rollout.is_open:
        pointers = house.registry.pointers(version.model)
        house.registry.point(version.model, replace(pointers, candidate=version.number), instead_of=pointers)
    return rollout


def _saved(house: House, rollout: Rollout, who: str, because: str) -> Rollout:
    """A new rollout, written down with its first look; the state store refuses a second one of a model."""
    model, at, identity = rollout.model, rollout.opened, f"{rollout.id}#0"
    entry = Entry(identity, at, who, "open rollout", model, rollout.id, because)
    look = FollowUp(f"{Story.PROMOTE}:{identity}", Story.PROMOTE, model, rollout.id, at, because)
    house.state.save_rollout(rollout, entry, followups=[look])
    return rollout


def _made_way(house: House, other: Rollout, version: Version, at: datetime, who: str) -> Rollout | None:
    """None where the rollout under way made way; else it, with the version written down as the one that waits."""
    if other.candidate == version.number:
        mend = f"end it first with `watchkeeper rollback {version.model}`"
        raise Conflict(f"{version.name} is under way already in {other.id}; {mend}")
    if other.plan.newer is Newer.SUPERSEDES and not other.is_soaking:
        because = f"{version.name} takes its place."
        act(house, other, Judgement(Outcome.UNKNOWN, because), Action(Verb.ROLL_BACK, because), at)
        return None
    waits = replace(other, waiting=version.number, revision=other.revision + 1)
    because = f"{version.name} waits for {other.id} to end."
    house.state.save_rollout(
        waits, Entry(f"{other.id}#{waits.revision}", at, who, "wait", other.model, other.id, because)
    )
    return waits


def _new_rollout(house: House, version: Version, at: datetime) -> Rollout:
    champion = house.registry.pointers(version.model).champion
    if champion is None:
        raise NotThere(f"{version.model} has no champion: train one with `watchkeeper train {version.model}`")
    spec = house.model(version.model)
    given = spec.labels.delay, spec.problem, spec.otherwise
    return Rollout(
        id=f"rollout:{version.model}:v{version.number}@{stamp(at)}",
        model=version.model,
        candidate=version.number,
        digest=version.digest,
        champion=champion,
        plan=spec.rollout.plan(*given) if version.parent is None else spec.recalibration.plan(spec.rollout, *given),
        opened=at,
        since=at,
    )


def needs_a_look(house: House, model: str) -> bool:
    """Whether a rollout is under way, or the last one has left something undone."""
    rollouts = house.state.rollouts(model)
    return bool(rollouts) and (
        rollouts[-1].is_open or bool(rollouts[-1].waiting) or not is_settled(house, rollouts[-1])
    )


def advance(house: House, model: str, at: datetime) -> Advance | None:
    """Judge the canary of a model and do what follows; None when no rollout is open.

    Raises SpecError or NotThere where nothing answers yet and the model's file cannot be read: so nothing begins; what
    has not begun may end.
    """
    rollout = house.state.open_rollout(model)
    if rollout is None:
        _finish(house, model, at)
        return None
    judgement = judge_canary(house, rollout, at)
    rollout = note_sight(house, rollout, judgement, at)
    answer = house.state.answer_to(question_id(rollout, rollout.gate)) if rollout.gate else None
    action = _not_twice(house, rollout, next_action(rollout, judgement, answer, at))
    if not rollout.is_watched and action.verb not in NEEDS_NO_FILE:
        house.model(model)
    return Advance(judgement, action, act(house, rollout, judgement, action, at))


def _finish(house: House, model: str, at: datetime) -> None:
    """Do what the last rollout has left undone: pointers, traffic, and the version that waited for its end."""
    last = next(reversed(house.state.rollouts(model)), None)
    if last is None:
        return
    if not is_settled(house, last):
        settle(house, last, at)
    if last.waiting:
        version = house.registry.version(model, last.waiting)
        open_rollout(house, version, at, who="promote", because=f"It waited for {last.id} to end.")


def _not_twice(house: House, rollout: Rollout, action: Action) -> Action:
    """A question that stands already is waited for, not asked again."""
    if action.verb is not Verb.ASK:
        return action
    waiting = {q.id: q for q in house.state.questions(unanswered=True)}.get(question_id(rollout, action.gate))
    return (
        Action(Verb.HOLD, f"Waiting since {stamp(waiting.asked)} for an answer to {waiting.id}.") if waiting else action
    )


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

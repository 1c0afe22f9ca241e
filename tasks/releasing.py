"""Rollouts, one step at a time."""

from datetime import datetime

from tasks.house import the_house
from tasks.kind import computing, outside
from tasks.watching import EVERY
from watchkeeper.domain.approvals import Answer
from watchkeeper.errors import OutsideError
from watchkeeper.story import drawing, groping, releasing
from watchkeeper.story.asking import expire_questions
from watchkeeper.story.house import House
from watchkeeper.story.releasing import Advance

__all__ = ["advance", "expire", "grope", "models_releasing", "track_rollout"]


@computing()
def grope(at: datetime) -> str:
    """Why nothing can be done now, or nothing: without the state store nothing moves, and people are told directly."""
    house = the_house()
    lost = groping.lost_rollouts(house)
    for model, why in lost.items():
        groping.grope(house, model, why, at)
    if not lost:
        groping.find_again(house, at)
    return "\n".join(f"{model}: {why}" for model, why in lost.items())


@computing()
def models_releasing(model: str) -> list[str]:
    """The models with a rollout under way, or with one that left something undone: the one named, or every one."""
    house = the_house()
    asked = sorted({r.model for r in house.state.rollouts()})
    return [name for name in asked if model in (EVERY, name) and _is_due(house, name)]


def _is_due(house: House, model: str) -> bool:
    """Whether to look at it; where even that cannot be told it is looked at, and fails alone."""
    try:
        return releasing.needs_a_look(house, model)
    except OutsideError:
        return True


@outside("advance {model}")
def advance(model: str, at: datetime) -> Advance | None:
    """Judge the canary, decide, act."""
    return releasing.advance(the_house(), model, at)


@outside()
def expire(at: datetime) -> tuple[Answer, ...]:
    """Answer what nobody answered in time."""
    return expire_questions(the_house(), at)


@outside()
def track_rollout(look: Advance) -> None:
    """The page of a rollout that has moved, in the tracker; a tracker that is away costs nothing but the chart."""
    drawing.track_rollout(the_house(), look.rollout, look.judgement)

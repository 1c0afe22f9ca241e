"""Rollouts, one step at a time."""

from datetime import datetime

from tasks.house import the_house
from tasks.kind import computing, outside
from tasks.watching import EVERY
from watchkeeper.domain.approvals import Answer
from watchkeeper.story import releasing
from watchkeeper.story.asking import expire_questions
from watchkeeper.story.releasing import Advance

__all__ = ["advance", "expire", "models_releasing"]


@computing()
def models_releasing(model: str) -> list[str]:
    """The models with a rollout under way: the one named, or every one of the house."""
    house = the_house()
    releasing = [r.model for r in house.state.rollouts() if r.is_open]
    return releasing if model == EVERY else [name for name in releasing if name == model]


@outside("advance {model}")
def advance(model: str, at: datetime) -> Advance | None:
    """Judge the canary, decide, act."""
    return releasing.advance(the_house(), model, at)


@outside()
def expire(at: datetime) -> tuple[Answer, ...]:
    """Answer what nobody answered in time."""
    return expire_questions(the_house(), at)

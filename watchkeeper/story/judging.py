"""What the records say of a canary, and when they say nothing at all."""

from dataclasses import replace
from datetime import datetime

from watchkeeper.domain.intervals import Interval
from watchkeeper.domain.judgements import Judgement, Outcome
from watchkeeper.domain.rollouts import Rollout
from watchkeeper.errors import NotThere, OutsideError, SpecError
from watchkeeper.judge import judge
from watchkeeper.story.house import House
from watchkeeper.story.weighing import Weighed, weigh

__all__ = ["judge_canary"]

EXPECTED = 20.0
"""With so many requests expected for the canary and none seen, it is not chance: it would be one in half a billion."""


def judge_canary(house: House, rollout: Rollout, at: datetime) -> Judgement:
    """How the candidate does against the champion, as far as anybody can see by `at`.

    UNKNOWN where nothing can be seen: the store is out of reach, the model's file is broken, or a whole window has no
    record.
    """
    if rollout.step == 0 and rollout.shadowed is None:
        return Judgement(Outcome.UNKNOWN, "The canary has no traffic yet.")
    try:
        seen = weigh(house, rollout, at)
    except OutsideError as error:
        return Judgement(Outcome.UNKNOWN, f"The records cannot be read: {error}.", final=False)
    except (SpecError, NotThere) as error:
        return Judgement(Outcome.UNKNOWN, f"What the model is can no longer be read: {error}.", final=False)
    if dark := _dark(rollout, seen):
        return Judgement(Outcome.UNKNOWN, dark, final=False)
    said = judge(seen.evidence, rollout.plan)
    return replace(said, outcome=Outcome.UNDECIDED, final=False) if said.outcome is Outcome.UNKNOWN else said


def _dark(rollout: Rollout, seen: Weighed) -> str | None:
    """Why nothing can be seen, or None."""
    if seen.newest is None or not rollout.is_open:
        return None
    if not seen.requests:
        return f"There is no record at all of {seen.newest}."
    expected = _share(rollout, seen.newest) * seen.requests
    if not seen.asked and expected >= EXPECTED:
        share = f"{_share(rollout, seen.newest):.0%} of {seen.requests:,} requests of {seen.newest} were for it"
        return f"There is no record of v{rollout.candidate}, although {share}."
    return None


def _share(rollout: Rollout, window: Interval) -> float:
    """The candidate's share at the start of a window, or of the step before where its step began within it."""
    if window.start >= rollout.since:
        return rollout.share
    return rollout.plan.steps[rollout.step - 2].share if rollout.step > 1 else 0.0

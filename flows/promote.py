"""One step of every rollout under way: judge, decide, act."""

from datetime import datetime

from prefect import flow, unmapped
from prefect.client.schemas.objects import State
from prefect.states import Completed

from tasks.asking import wake_answered
from tasks.followups import acknowledge, start_followups
from tasks.house import moment
from tasks.releasing import advance, expire, grope, models_releasing, track_rollout
from tasks.showing import show_rollout
from tasks.telling import channels_due, deliver
from tasks.watching import EVERY, beat, sort_looks
from watchkeeper.domain.rollouts import Verb
from watchkeeper.story.releasing import Advance


@flow(name="promote", flow_run_name="promote {model}")
def promote(model: str = EVERY, at: datetime | None = None, followup: str | None = None) -> State[str]:
    """Move every canary that has earned it one step on, or back; silence ends in the champion.

    Args:
        model: the model whose rollout to look at; `*` is every model of the house.
        at: the moment to stand at, for replays; now when left out.
        followup: the row that asked for this run; leave it out by hand.
    """
    now = moment(at)
    if blind := grope(now):
        return Completed(name="Blind", message=blind)
    expire(now)
    wake_answered()
    releasing = models_releasing(model)
    done, failed = sort_looks(releasing, advance.map(releasing, at=unmapped(now), return_state=True))
    looks = [look for look in done if look]
    deliver.map(channels_due(), return_state=True)
    for look in looks:
        show_rollout(look)
    track_rollout.map([look for look in looks if look.action.verb is not Verb.HOLD], return_state=True)
    said = _said(looks, failed)
    acknowledge(None if failed else followup, said)
    start_followups()
    beat("promote", now, f"{len(looks)} rollouts looked at, {len(failed)} could not be")
    return Completed(name="Incomplete" if failed else "Completed", message=said)


def _said(looks: list[Advance], failed: dict[str, str]) -> str:
    lines = [f"{look.rollout.model}: {look.action.verb}. {look.action.because}" for look in looks]
    lines += [f"{name}: could not be judged: {why}" for name, why in failed.items()]
    return "\n".join(lines) or "No rollout is under way."

"""One step of every rollout under way: judge, decide, act."""

from datetime import datetime

from prefect import flow, unmapped
from prefect.client.schemas.objects import State
from prefect.states import Completed

from tasks.asking import wake_answered
from tasks.followups import acknowledge, start_followups
from tasks.house import moment
from tasks.releasing import advance, expire, models_releasing
from tasks.showing import show_rollout
from tasks.watching import EVERY, beat


@flow(name="promote", flow_run_name="promote {model}")
def promote(model: str = EVERY, at: datetime | None = None, followup: str | None = None) -> State[str]:
    """Move every canary that has earned it one step on, or back; silence ends in the champion.

    Args:
        model: the model whose rollout to look at; `*` is every model of the house.
        at: the moment to stand at, for replays; now when left out.
        followup: the row that asked for this run; leave it out by hand.
    """
    now = moment(at)
    expire(now)
    wake_answered()
    looks = advance.map(models_releasing(model), at=unmapped(now))
    done = [look for look in looks.result() if look]
    for look in done:
        show_rollout(look)
    said = (
        "\n".join(f"{d.rollout.model}: {d.action.verb}. {d.action.because}" for d in done) or "No rollout is under way."
    )
    acknowledge(followup, said)
    start_followups()
    beat("promote", now, f"{len(done)} rollouts looked at")
    return Completed(message=said)

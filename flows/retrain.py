"""Train a candidate, try it offline against the champion, and open its rollout."""

from datetime import datetime

from prefect import flow
from prefect.client.schemas.objects import State
from prefect.states import Completed

from tasks.followups import acknowledge, start_followups
from tasks.house import moment
from tasks.retraining import nominate, plan_training, register, track, train, try_out
from tasks.showing import show_trial


@flow(name="retrain", flow_run_name="retrain {model}")
def retrain(
    model: str, at: datetime | None = None, because: str = "Asked for by hand.", followup: str | None = None
) -> State[str]:
    """Make a candidate from all clean labelled history; only one that passes its trial gets a rollout.

    Args:
        at: train as of this moment, for replays; now when left out.
        because: why, for the audit trail.
        followup: the row that asked for this run; leave it out by hand.
    """
    now = moment(at)
    training = plan_training(model, now, because, followup)
    version = register(training, train(training, now), now)
    trial = try_out(training, version, now)
    outcome = nominate(version, trial, now)
    show_trial(version, trial, outcome)
    track(version, return_state=True)
    acknowledge(followup, outcome)
    start_followups()
    return Completed(message=outcome)

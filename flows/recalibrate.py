"""First aid: a layer over the champion's answers, fitted on recent labels, tried offline, and its rollout opened."""

from datetime import datetime

from prefect import flow
from prefect.client.schemas.objects import State
from prefect.states import Completed

from tasks.followups import acknowledge, start_followups
from tasks.house import moment
from tasks.retraining import nominate, plan_recalibration, recalibrate_champion, track, try_out
from tasks.showing import show_trial
from watchkeeper.domain.versions import Version
from watchkeeper.story.retraining import Training


@flow(name="recalibrate", flow_run_name="recalibrate {model}")
def recalibrate(
    model: str, at: datetime | None = None, because: str = "Asked for by hand.", followup: str | None = None
) -> State[str]:
    """Make a candidate of the champion and its newest labels; only one that passes its trial gets a rollout.

    Args:
        at: recalibrate as of this moment, for replays; now when left out.
        because: why, for the audit trail.
        followup: the row that asked for this run; leave it out by hand.
    """
    now = moment(at)
    planned = plan_recalibration(model, now, because, followup)
    made = recalibrate_champion(planned, now)
    outcome = made if isinstance(made, str) else _tried(planned, made, now)
    acknowledge(followup, outcome)
    start_followups()
    return Completed(message=outcome)


def _tried(planned: Training, version: Version, now: datetime) -> str:
    """What became of the candidate."""
    trial = try_out(planned, version, now)
    outcome = nominate(version, trial, now)
    show_trial(version, trial, outcome)
    track(version, return_state=True)
    return outcome

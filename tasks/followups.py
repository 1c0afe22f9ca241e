"""Starting what a decision asked for, through our own rows, so that nothing asked for is ever forgotten."""

from typing import cast
from uuid import UUID

import httpx
from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.objects import FlowRun
from prefect.deployments import run_deployment
from prefect.exceptions import ObjectNotFound, PrefectException
from prefect.logging import get_run_logger

from tasks.house import the_house
from tasks.kind import outside
from watchkeeper.domain.followups import FollowUp, Story
from watchkeeper.errors import WatchkeeperError
from watchkeeper.ports import Waiting

__all__ = ["MOST_ATTEMPTS", "acknowledge", "start_followups", "tags_of"]

MOST_ATTEMPTS = 5
"""A follow-up whose runs have failed this often waits for a person; `watchkeeper status` names it."""


def tags_of(env: str) -> list[str]:
    """The tags by which the runs of one house are found on a server that several share."""
    return ["watchkeeper", f"env:{env}"]


@outside()
def start_followups() -> list[str]:
    """A run for everything that must happen next, and another for what a killed or failed run left undone."""
    waiting = the_house().state.unacknowledged()
    with get_client(sync_client=True) as client:
        return [f.id for f, w in waiting if _needs_a_run(client, w) and _started(f, w)]


def _needs_a_run(client: SyncPrefectClient, waiting: Waiting) -> bool:
    """Whether no run is at it: none was started, or the last one was killed, or has failed a few times only."""
    if not waiting.run:
        return True
    try:
        state = client.read_flow_run(UUID(waiting.run)).state
    except ObjectNotFound:
        return True
    if state is None or not state.is_final():
        return False
    return state.is_crashed() or waiting.attempts < MOST_ATTEMPTS


def _started(followup: FollowUp, waiting: Waiting) -> bool:
    """Whether it could be started; one that cannot is tried again by the next sweep and costs the others nothing."""
    try:
        return _start(followup, waiting)
    except (PrefectException, httpx.HTTPError, WatchkeeperError) as error:
        get_run_logger().warning("%s could not be started: %s", followup.id, error)
        return False


def _start(followup: FollowUp, waiting: Waiting) -> bool:
    """Ask Prefect for a run; the key makes asking twice asking once, and as_subflow=False lets it suspend."""
    env = the_house().spec.env
    run = cast(
        "FlowRun",
        run_deployment(
            name=f"{followup.story}/{env}",
            parameters=_parameters(followup),
            timeout=0,
            as_subflow=False,
            idempotency_key=f"{env}:{followup.id}#{waiting.attempts}",
            tags=[*tags_of(env), f"model:{followup.model}"],
        ),
    )
    the_house().state.started(followup.id, str(run.id))
    return True


def _parameters(followup: FollowUp) -> dict[str, str]:
    """The parameters of the run; a moment is passed only where the decision was made for that moment."""
    at = followup.at.isoformat()
    by_story = {
        Story.REPORT: {"model": followup.model, "incident": followup.subject, "at": at},
        Story.RETRAIN: {"model": followup.model, "at": at, "because": followup.because},
        Story.RECALIBRATE: {"model": followup.model, "at": at, "because": followup.because},
        Story.APPROVE: {"question": followup.subject},
        Story.PROMOTE: {"model": followup.model},
    }
    return by_story[followup.story] | {"followup": followup.id}


@outside()
def acknowledge(followup: str | None, outcome: str) -> None:
    """Write down that what was asked for has been done, and what came of it."""
    if followup:
        the_house().state.acknowledge(followup, outcome)

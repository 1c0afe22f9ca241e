"""What a new runner finds of an older one, and how it is put in order."""

from datetime import UTC, datetime

from prefect.client.orchestration import SyncPrefectClient
from prefect.client.schemas.filters import (
    FlowRunFilter,
    FlowRunFilterState,
    FlowRunFilterStateType,
    FlowRunFilterTags,
)
from prefect.client.schemas.objects import FlowRun, StateType
from prefect.client.schemas.sorting import FlowRunSort
from prefect.states import Cancelled, Crashed

from tasks.followups import tags_of

__all__ = ["cancel_backlog", "crash_zombies", "runs_in"]

PAGE = 200


def runs_in(client: SyncPrefectClient, env: str, *types: StateType) -> list[FlowRun]:
    """All runs of this house in these states, the earliest first."""
    state = FlowRunFilterState(type=FlowRunFilterStateType(any_=list(types)))
    wanted = FlowRunFilter(state=state, tags=FlowRunFilterTags(all_=tags_of(env)))
    found: list[FlowRun] = []
    while page := client.read_flow_runs(
        flow_run_filter=wanted, sort=FlowRunSort.EXPECTED_START_TIME_ASC, limit=PAGE, offset=len(found)
    ):
        found += page
        if len(page) < PAGE:
            break
    return found


def crash_zombies(client: SyncPrefectClient, env: str) -> int:
    """Runs that are `Running` while nobody runs them: their process was killed with its runner."""
    zombies = runs_in(client, env, StateType.RUNNING, StateType.PENDING)
    for run in zombies:
        client.set_flow_run_state(
            run.id, Crashed(message="Its process was killed; found by the next runner."), force=True
        )
    return len(zombies)


def cancel_backlog(client: SyncPrefectClient, env: str) -> int:
    """Scheduled runs that were missed while nobody was there: of each deployment only the newest still runs.

    A sweep looks at every window that is due, so one run does the work of all that were missed.
    """
    missed: dict[object, list[FlowRun]] = {}
    for run in runs_in(client, env, StateType.SCHEDULED):
        late = run.expected_start_time and run.expected_start_time < datetime.now(UTC)
        if run.auto_scheduled and late:
            missed.setdefault(run.deployment_id, []).append(run)
    needless = [run for runs in missed.values() for run in runs[:-1]]
    for run in needless:
        client.set_flow_run_state(run.id, Cancelled(message="Missed; a newer run does its work."), force=True)
    return len(needless)

"""A runner within this process: what replays, demonstrations and tests run deployments with.

It takes the same scheduled runs of the same deployments as `watchkeeper up` does and runs them with Prefect's own
engine, one after another, without the seconds that a new process costs. A run that suspends leaves this process, too.
"""

import contextlib
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Self, cast
from uuid import UUID

from prefect import tags
from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.objects import FlowRun, State, StateType
from prefect.exceptions import Pause
from prefect.flow_engine import run_flow
from prefect.settings import PREFECT_FLOWS_HEARTBEAT_FREQUENCY, temporary_settings

from deployments.planned import STORIES, planned
from deployments.tidying import crash_zombies, runs_in
from tasks.followups import tags_of
from watchkeeper.story.house import House

__all__ = ["Worker"]


class Worker:
    """Runs what is scheduled for this house, here and now; a context, for its connection.

    Attributes:
        told: called with every run that has come to its end or to a pause.
    """

    def __init__(self, house: House, told: Callable[[FlowRun], None] = lambda _: None) -> None:
        self.told = told
        self._open = contextlib.ExitStack()
        # The heartbeat's thread costs every run a second; nobody watches the heartbeats of this process.
        self._open.enter_context(temporary_settings({PREFECT_FLOWS_HEARTBEAT_FREQUENCY: None}))
        self._client: SyncPrefectClient = self._open.enter_context(get_client(sync_client=True))
        self._names: dict[UUID, str] = {}
        self._env = house.spec.env
        crash_zombies(self._client, self._env)
        for deployment in planned(house, scheduled=False):
            identity = cast("UUID", deployment.apply())
            self._names[identity] = deployment.flow_name or ""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self._open.close()

    def run(self, name: str, **parameters: object) -> State[object]:
        """Run a flow (`monitor`) at once, as it is run by hand: without a deployment, so it cannot suspend."""
        flow = next(f for f in STORIES if f.name == name)
        with tags(*tags_of(self._env)):
            return cast("State[object]", flow(**parameters, return_state=True))

    def work(self) -> int:
        """Run everything that is due, and what that asks for, until nothing is; how many runs that took."""
        done = 0
        while due := self._due():
            self._execute(due[0])
            done += 1
        return done

    def _due(self) -> list[FlowRun]:
        """Runs of our deployments whose time has come, earliest first."""
        now = datetime.now(UTC)
        waiting = runs_in(self._client, self._env, StateType.SCHEDULED)
        return [r for r in waiting if r.deployment_id in self._names and (r.expected_start_time or now) <= now]

    def _execute(self, run: FlowRun) -> State[object]:
        flow = next(f for f in STORIES if run.deployment_id and f.name == self._names[run.deployment_id])
        # A run that suspends raises Pause; whoever resumes it makes it scheduled again.
        with contextlib.suppress(Pause):
            run_flow(flow, flow_run=run, return_type="state")
        ended = self._client.read_flow_run(run.id)
        self.told(ended)
        if ended.state is None:
            raise RuntimeError(f"the run {run.name} has no state")
        return ended.state

"""What is registered with Prefect, and what a new runner puts in order."""

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import cast
from uuid import UUID

import pytest
import yaml
from prefect import flow
from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.objects import FlowRun, StateType
from prefect.states import Running

from deployments.planned import planned
from deployments.registering import register
from deployments.tidying import cancel_backlog, crash_zombies, runs_in
from tasks.kind import outside
from tests import toy
from watchkeeper.errors import OutsideError, SpecError
from watchkeeper.story.house import House

pytestmark = pytest.mark.usefixtures("prefect_api")

PATIENCE = 120.0


@pytest.fixture
def client() -> Iterator[SyncPrefectClient]:
    with get_client(sync_client=True) as opened:
        yield opened


def applied(house: House) -> dict[str, UUID]:
    """The house's deployments on the server, by flow and name."""
    return {f"{d.flow_name}/{d.name}": cast("UUID", d.apply()) for d in planned(house)}


def test_cron_deployments_really_get_scheduled_runs(house: Callable[..., House], client: SyncPrefectClient) -> None:
    opened = house()
    env = opened.spec.env
    identity = applied(opened)[f"monitor/{env}"]
    [schedule] = client.read_deployment(identity).schedules
    assert schedule.schedule.cron == "*/15 * * * *"  # type: ignore[union-attr]
    until = time.monotonic() + PATIENCE
    while not (waiting := [r for r in runs_in(client, env, StateType.SCHEDULED) if r.deployment_id == identity]):
        assert time.monotonic() < until, "the scheduler made no runs"
        time.sleep(0.5)
    assert all(run.auto_scheduled for run in waiting)
    client.delete_deployment(identity)


def test_of_the_runs_that_were_missed_only_the_newest_remains(
    house: Callable[..., House], client: SyncPrefectClient
) -> None:
    opened = house()
    env = opened.spec.env
    identity = applied(opened)[f"monitor/{env}"]
    now = datetime.now(UTC)
    missed = {"start_time": (now - timedelta(hours=9)).isoformat(), "end_time": now.isoformat(), "min_runs": 8}
    client._client.post(f"/deployments/{identity}/schedule", json=missed).raise_for_status()  # noqa: SLF001
    past = [
        r for r in runs_in(client, env, StateType.SCHEDULED) if r.expected_start_time and r.expected_start_time < now
    ]
    assert len(past) > 5
    assert cancel_backlog(client, env) == len(past) - 1
    left = [
        r for r in runs_in(client, env, StateType.SCHEDULED) if r.expected_start_time and r.expected_start_time < now
    ]
    assert [r.id for r in left] == [past[-1].id]
    client.delete_deployment(identity)


def test_runs_whose_process_was_killed_are_crashed_and_those_of_other_houses_are_not(
    house: Callable[..., House], client: SyncPrefectClient
) -> None:
    mine = house()
    deployment = applied(mine)[f"retrain/{mine.spec.env}"]
    run = client.create_flow_run_from_deployment(deployment, parameters={"model": "toy"})
    client.set_flow_run_state(run.id, Running(), force=True)
    assert crash_zombies(client, "another") == 0
    assert crash_zombies(client, mine.spec.env) == 1
    assert _state(client, run) is StateType.CRASHED


def _state(client: SyncPrefectClient, run: FlowRun) -> StateType | None:
    state = client.read_flow_run(run.id).state
    return state.type if state else None


def test_deploy_registers_every_model_for_the_workers_of_a_pool(
    house: Callable[..., House], client: SyncPrefectClient
) -> None:
    opened = house(("toy", "other"))
    env = opened.spec.env
    names = register(opened, f"pool-{env}", Path.cwd())
    assert f"monitor/{env}" in names
    assert f"retrain/{env}-other" in names
    found = client.read_deployment_by_name(f"approve/{env}")
    assert found.work_pool_name == f"pool-{env}"
    assert found.entrypoint == "flows.approve.approve"
    for name in names:
        client.delete_deployment(client.read_deployment_by_name(name).id)


def test_a_deployment_of_one_model_is_started_with_its_name(house: Callable[..., House]) -> None:
    [named] = [d for d in planned(house()) if d.flow_name == "promote" and d.name.endswith("-toy")]
    assert named.parameters == {"model": "toy"}
    assert "model:toy" in named.tags


@pytest.mark.parametrize(
    ("error", "tries"),
    [
        (OutsideError("github", "is away"), 4),
        (OutsideError("github", "says no", permanent=True), 1),
        (SpecError("flights.toml: is no TOML"), 1),
        (ConnectionError("is away"), 4),
    ],
)
def test_a_task_tries_again_what_may_pass_and_stops_at_what_cannot(error: Exception, tries: int) -> None:
    tried = []

    def call() -> None:
        tried.append(time.monotonic())
        raise error

    task = outside("call")(call).with_options(retry_delay_seconds=[0.01, 0.02, 0.04])

    @flow
    def once() -> None:
        task()

    assert once(return_state=True).is_failed()
    assert len(tried) == tries


def test_the_delays_between_tries_grow() -> None:
    delays = outside()(toy.build).retry_delay_seconds
    assert isinstance(delays, list)
    assert delays == sorted(set(delays))


def test_the_file_for_prefects_own_command_line_names_the_same_deployments(house: Callable[..., House]) -> None:
    opened = house()
    written = yaml.safe_load(Path("prefect.yaml").read_text(encoding="utf-8"))["deployments"]
    wanted = {d.entrypoint: d for d in planned(opened) if d.name == opened.spec.env}
    assert {d["entrypoint"] for d in written} == set(wanted)
    crons = {d["entrypoint"]: [s["cron"] for s in d.get("schedules", [])] for d in written}
    for entrypoint, deployment in wanted.items():
        assert crons[entrypoint] == [s.schedule.cron for s in deployment.schedules or []]  # type: ignore[union-attr]

"""`watchkeeper deploy`: the same deployments, for workers of a work pool."""

import contextlib
from pathlib import Path

from prefect.client.orchestration import get_client
from prefect.client.schemas.actions import WorkPoolCreate
from prefect.exceptions import ObjectAlreadyExists

from deployments.planned import planned
from watchkeeper.story.house import House
from watchkeeper.wiring import HOUSE, house_file

__all__ = ["register"]


def register(house: House, pool: str, project: Path) -> list[str]:
    """Register every deployment with a process work pool, made when it is not there; gives their names."""
    with get_client(sync_client=True) as client, contextlib.suppress(ObjectAlreadyExists):
        client.create_work_pool(WorkPoolCreate(name=pool, type="process"))
    names = []
    for deployment in planned(house, by_hand=None):
        deployment.work_pool_name = pool
        deployment.job_variables = {"working_dir": str(project), "env": {HOUSE: str(house_file().resolve())}}
        deployment.apply(work_pool_name=pool)
        names.append(f"{deployment.flow_name}/{deployment.name}")
    return names

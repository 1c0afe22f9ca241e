"""From the house's specs to Prefect deployments."""

from datetime import timedelta
from typing import Any, cast

from prefect import Flow
from prefect.client.schemas.objects import ConcurrencyLimitConfig, ConcurrencyLimitStrategy
from prefect.deployments.runner import RunnerDeployment
from prefect.schedules import Cron, Interval, Schedule
from prefect.types.entrypoint import EntrypointType

from flows.approve import approve
from flows.compact import compact
from flows.monitor import monitor
from flows.promote import promote
from flows.recalibrate import recalibrate
from flows.report_drift import report_drift
from flows.retrain import retrain
from tasks.followups import tags_of
from watchkeeper.domain.intervals import EPOCH
from watchkeeper.story.house import House

__all__ = ["MOST_BY_HAND", "STORIES", "planned", "sweep_schedule"]

STORIES: tuple[Flow[..., Any], ...] = (monitor, report_drift, recalibrate, retrain, promote, approve, compact)

MOST_BY_HAND = 50
"""Each deployment takes a tenth of a second to register; those for all models take the name of one as a parameter."""

NIGHTLY = Cron("17 3 * * *", timezone="UTC")
"""When files of closed days are put in order: once a day, when yesterday has been closed for hours."""

ONE_AT_A_TIME = ConcurrencyLimitConfig(limit=1, collision_strategy=ConcurrencyLimitStrategy.CANCEL_NEW)
"""One that is still running makes the next one needless: it looks at all that is due."""


def planned(house: House, *, scheduled: bool = True, by_hand: int | None = MOST_BY_HAND) -> list[RunnerDeployment]:
    """Every deployment of the house: one of each flow for all models, and some of each model to start by hand.

    They are named after the house's `env`, so that several houses can share a Prefect server.

    Args:
        scheduled: whether the sweeps run by themselves.
        by_hand: a house of more models than this has none of each model; None for any number.
    """
    env = house.spec.env
    sweeps = sweep_schedule(house)
    schedules: dict[str, Schedule] = {monitor.name: sweeps, promote.name: sweeps, compact.name: NIGHTLY}
    general = [_deployment(f, env, env, schedules.get(f.name) if scheduled else None) for f in STORIES]
    named = sorted(house.models) if by_hand is None or len(house.models) <= by_hand else []
    return general + [
        _deployment(f, f"{env}-{name}", env, None, name)
        for name in named
        for f in (monitor, report_drift, recalibrate, retrain, promote, compact)
    ]


def sweep_schedule(house: House) -> Schedule:
    """As often as the shortest window of any model ends, and every 15 minutes at least.

    A sweep with nothing due is cheap, and it is what delivers alerts whose channel was away, starts runs that were
    killed, and answers questions that nobody did.
    """
    shortest = min((spec.every for spec in house.models.values()), default=timedelta(days=1))
    if shortest >= timedelta(minutes=15):
        return Cron("*/15 * * * *", timezone="UTC")
    return Interval(max(shortest, timedelta(minutes=1)), anchor_date=EPOCH + timedelta(seconds=5), timezone="UTC")


def _deployment(
    flow: Flow[..., Any], name: str, env: str, schedule: Schedule | None, model: str | None = None
) -> RunnerDeployment:
    made = flow.to_deployment(
        name,
        schedule=schedule,
        parameters={"model": model} if model else {},
        tags=[*tags_of(env), *([f"model:{model}"] if model else [])],
        concurrency_limit=ONE_AT_A_TIME if schedule and flow in (monitor, compact) else None,
        entrypoint_type=EntrypointType.MODULE_PATH,
        description=flow.description,
    )
    return cast("RunnerDeployment", made)

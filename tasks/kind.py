"""The two kinds of task: what talks to the outside tries again, what only computes does not."""

from collections.abc import Callable
from typing import Any, ParamSpec, Protocol, TypeVar

from prefect import task
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State, TaskRun
from prefect.tasks import Task, exponential_backoff

from watchkeeper.errors import OutsideError, WatchkeeperError

__all__ = ["computing", "outside"]

P = ParamSpec("P")
R = TypeVar("R")


class Decorator(Protocol):
    """Makes a task of a function and keeps its parameters' types."""

    def __call__(self, function: Callable[P, R], /) -> Task[P, R]:
        """The task."""
        ...


def is_worth_another_try(_task: Task[..., Any], _run: TaskRun, state: State[Any]) -> bool:
    """Whether a failure may pass by itself: a permanent refusal and a wrong spec do not."""
    try:
        state.result(raise_on_failure=True)
    except OutsideError as error:
        return not error.permanent
    except WatchkeeperError:
        return False
    except Exception:  # noqa: BLE001 - whatever else it was may pass
        return True
    return False


def outside(name: str | None = None) -> Decorator:
    """A task that talks to the outside: tried four times, later and later, unless the refusal is permanent.

    Args:
        name: template of the run's name, for example `watch {model}`.
    """
    return task(
        task_run_name=name,
        retries=3,
        retry_delay_seconds=exponential_backoff(backoff_factor=1),
        retry_jitter_factor=0.5,
        retry_condition_fn=is_worth_another_try,
        cache_policy=NO_CACHE,
    )


def computing(name: str | None = None) -> Decorator:
    """A task that only computes or reads what is ours: tried once."""
    return task(task_run_name=name, cache_policy=NO_CACHE)

"""Looking at windows."""

from collections.abc import Sequence
from datetime import datetime
from typing import TypeVar

from prefect.client.schemas.objects import State

from tasks.house import the_house
from tasks.kind import computing, outside
from watchkeeper.domain.audit import Heartbeat
from watchkeeper.domain.verdicts import Verdict
from watchkeeper.story import watching
from watchkeeper.story.telling import publish_verdicts

__all__ = ["EVERY", "beat", "models_due", "publish", "sort_looks", "watch"]

T = TypeVar("T")

EVERY = "*"
"""The name that means every model of the house."""


@computing()
def models_due(model: str, at: datetime) -> list[str]:
    """The models to look at: the one named, or every one with a window that has no verdict; broken specs too."""
    house = the_house()
    if model != EVERY:
        return [house.model(model).model]
    due = [name for name in house.models if watching.due_windows(house, name, at)]
    return due + sorted(house.broken)


@outside("watch {model}")
def watch(model: str, at: datetime) -> Verdict:
    """Read, check and settle every due window of one model, and write down all that follows."""
    return watching.watch(the_house(), model, at)


def sort_looks(models: Sequence[str], states: Sequence[State[T]]) -> tuple[list[T], dict[str, str]]:
    """The results, and by model why the others could not be judged; no task, for Prefect would resolve the states."""
    pairs = list(zip(models, states, strict=True))
    results = [state.result() for _, state in pairs if state.is_completed()]
    failed = {model: str(state.message or state.name) for model, state in pairs if not state.is_completed()}
    return results, failed


@outside("publish {model}")
def publish(model: str, at: datetime) -> str | None:
    """Log the verdicts that the tracker has not seen yet."""
    return publish_verdicts(the_house(), model, at)


@outside()
def beat(name: str, at: datetime, detail: str) -> None:
    """Prove that this cycle came to its end."""
    the_house().state.beat(Heartbeat(name, at, detail))

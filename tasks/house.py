"""The house as tasks see it: opened once a process, with secrets from the environment or from Prefect."""

import os
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import cast

import httpx
from prefect.blocks.system import Secret

from watchkeeper.spec import read_house
from watchkeeper.story.house import House
from watchkeeper.wiring import from_environment, house_file, open_house

__all__ = ["NOW", "moment", "secret", "the_house"]

NOW = "WATCHKEEPER_NOW"
"""The environment variable through which a replay sets the clock of every process it starts."""

Age = frozenset[tuple[str, int]]
"""Names of files, and when each was changed."""


def the_house() -> House:
    """The house that this process works for; its files are read anew when they change."""
    file = house_file().resolve()
    return _opened(file, _age(file))


@cache
def _opened(file: Path, age: Age) -> House:  # noqa: ARG001 - the age is what makes it new
    return open_house(file, secret)


def _age(file: Path) -> Age:
    """When the house's file and every model's was changed; every task asks, so nothing else is looked at."""
    if not file.exists():
        return frozenset()
    changed = file.stat().st_mtime_ns
    models = _models(file, changed)
    with os.scandir(models if models.is_dir() else file.parent) as entries:
        specs = {(e.name, e.stat().st_mtime_ns) for e in entries if e.name.endswith(".toml") and e.is_file()}
    return frozenset({(str(file), changed), *specs})


@cache
def _models(file: Path, changed: int) -> Path:  # noqa: ARG001 - the same
    """The folder of the house's models."""
    return read_house(file).models


def secret(name: str) -> str | None:
    """A secret from the environment, or from the Prefect Secret block of that name (`watchkeeper-github-token`)."""
    if value := from_environment(name):
        return value
    try:
        block = cast("Secret[str]", Secret.load(name.lower().replace("_", "-")))
    except (ValueError, RuntimeError, httpx.HTTPError):  # no such block, or no server to ask
        return None
    return str(block.get())


def moment(at: datetime | None = None) -> datetime:
    """The moment that a run stands for: the one it replays, else the house's clock.

    The house's clock is the wall clock, unless a replay has set it through `WATCHKEEPER_NOW`.
    """
    at = at or _replayed() or datetime.now(UTC)
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _replayed() -> datetime | None:
    now = os.environ.get(NOW)
    return datetime.fromisoformat(now) if now else None

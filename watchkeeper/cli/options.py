"""Options that many commands share."""

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from watchkeeper.errors import NotThere
from watchkeeper.story.house import House
from watchkeeper.wiring import HOUSE, house_file, open_house

__all__ = ["At", "Because", "By", "HouseFile", "now_or", "the_house", "the_project"]

HouseFile = Annotated[
    Path | None, typer.Option("--house", help="The house's file; deployments/house.toml unless given.", envvar=HOUSE)
]
By = Annotated[str, typer.Option("--by", help="Your name or e-mail, for the audit trail.")]
Because = Annotated[str, typer.Option("--because", help="Why, for whoever reads this later.")]
At = Annotated[
    datetime | None, typer.Option("--at", help="The moment to stand at (UTC), for replays; now when left out.")
]


def the_house(file: Path | None) -> House:
    """The house of this file, for this process and those it starts."""
    os.environ[HOUSE] = str((file or house_file()).resolve())
    return open_house()


def now_or(at: datetime | None) -> datetime:
    """The moment meant, in UTC."""
    if at is None:
        return datetime.now(UTC)
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def the_project() -> None:
    """Make sure that flows, tasks and deployments are those of the checkout we stand in. Raises NotThere otherwise."""
    import importlib.util  # noqa: PLC0415 - only here
    import sys  # noqa: PLC0415

    sys.path.insert(0, str(Path.cwd()))
    for name in ("flows", "tasks", "deployments"):
        spec = importlib.util.find_spec(name)
        if spec is None:
            raise NotThere(f"no folder `{name}` here: run this from the root of a Watchkeeper checkout")
        if not spec.submodule_search_locations:
            raise NotThere(f"{spec.origin} stands in the way of the package `{name}`: rename it")

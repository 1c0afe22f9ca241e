"""What the commands that look at the past again have in common."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Annotated, TypeVar

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

__all__ = ["Bar", "FalseAlarms", "Model", "Since", "Until", "moments", "progress_on"]

Item = TypeVar("Item")

Model = Annotated[str, typer.Argument(help="The model's name.")]
Since = Annotated[
    datetime | None,
    typer.Option("--from", formats=["%Y-%m-%d"], help="The first day (UTC); 400 windows back when left out."),
]
Until = Annotated[
    datetime | None, typer.Option("--to", formats=["%Y-%m-%d"], help="The last day (UTC); the newest when left out.")
]
FalseAlarms = Annotated[
    list[str] | None,
    typer.Option(
        "--false-alarm",
        help="The key of an incident that was nothing; `all` for every one. The others that paged count as right, "
        "and whatever pages while they last does so rightly.",
    ),
]


class Bar:
    """The walk that shows how far it has come."""

    def __init__(self, progress: Progress) -> None:
        self.progress = progress

    def __call__(self, items: Sequence[Item], name: str) -> Iterable[Item]:
        """The same things, with a bar of their own."""
        return self.progress.track(items, total=len(items), description=name)


def progress_on(console: Console) -> Progress:
    """Bars that are gone when all is done."""
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
    return Progress(*columns, console=console, transient=True)


def moments(since: datetime | None, until: datetime | None) -> tuple[datetime | None, datetime | None]:
    """The days as moments, the last day included."""
    begin = since.replace(tzinfo=UTC) if since else None
    end = until.replace(tzinfo=UTC) + timedelta(days=1) if until else None
    if begin and end and begin >= end:
        raise typer.BadParameter(f"--from {since:%Y-%m-%d} lies after --to {until:%Y-%m-%d}")
    return begin, end

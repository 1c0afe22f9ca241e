"""`watchkeeper labels`."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from watchkeeper.cli.acting import Model
from watchkeeper.cli.options import HouseFile, the_house
from watchkeeper.errors import OutsideError
from watchkeeper.serving.bulk import import_labels
from watchkeeper.spec.sentences import nearest
from watchkeeper.story.house import House

__all__ = ["labels"]

console = Console()


def labels(  # noqa: PLR0913 - a command has these options
    model: Model,
    files: Annotated[list[Path], typer.Argument(help="CSV or Parquet files.", exists=True, dir_okay=False)],
    *,
    id_column: Annotated[str | None, typer.Option("--id", help="The column with the records' ids.")] = None,
    label_column: Annotated[str | None, typer.Option("--label", help="The column with the truth.")] = None,
    at_column: Annotated[
        str | None, typer.Option("--known-at", help="The column that says when each label became known.")
    ] = None,
    of: Annotated[
        str | None, typer.Option(help="The late column whose values these are, instead of labels.", metavar="COLUMN")
    ] = None,
    hashed: Annotated[bool, typer.Option("--hashed", help="The hosts hash `_id`: hash alike.")] = False,
    house: HouseFile = None,
) -> None:
    """Import labels from files, or values of a late column; the same file again imports nothing.

    The columns are `id`, `label` and, where it is there, `at` unless said otherwise; with `--of revenue` the values
    stand in `revenue` where there is such a column. Without a time all labels of a file count as known since it was
    written. A file with a mistake imports nothing.
    """
    opened = the_house(house)
    late = opened.model(model).late
    if of is not None and of not in late:
        mend = nearest(of, list(late)) if late else f": say [late.{of}] in its file"
        raise OutsideError("labels", f"{model} has no late column {of}{mend}", permanent=True)
    read = partial(import_labels, id=id_column, label=label_column, at=at_column, of=of, hashed=hashed)
    what = f"values of {of}" if of else "labels"
    for file in files:
        written = _imported(opened, model, file, read)
        console.print(f"{file}: {written:,} {what} of {model}." if written else f"{file}: nothing new for {model}.")


def _imported(house: House, model: str, file: Path, read: Callable[..., int]) -> int:
    """Import one file under a bar that shows its rows: each is looked through, then written."""
    root, classes = house.spec.folder / "records", house.model(model).classes
    shown = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.completed:,} rows"), TimeElapsedColumn())
    with Progress(*shown, console=console, transient=True) as bar:
        task = bar.add_task(file.name, total=None)
        try:
            return read(root, model, file, classes=classes, told=lambda rows: bar.advance(task, rows))
        except ValueError as error:
            raise OutsideError("labels", str(error), permanent=True) from error

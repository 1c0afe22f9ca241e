"""`watchkeeper backtest`."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from watchkeeper.cli.options import HouseFile, the_house
from watchkeeper.cli.past_options import Bar, FalseAlarms, Model, Since, Until, moments, progress_on
from watchkeeper.cli.past_pages import backtest_page
from watchkeeper.errors import SpecError
from watchkeeper.faults import FAULTS, Fault
from watchkeeper.spec import ModelSpec, read_model
from watchkeeper.story.backtesting import CHANGED, IN_FORCE, Backtest
from watchkeeper.story.backtesting import backtest as look_back
from watchkeeper.story.house import House
from watchkeeper.story.past import past_of
from watchkeeper.story.picturing import page_of, picture_of

__all__ = ["backtest"]

console = Console()

EVERY_FAULT = "all"


def backtest(  # noqa: PLR0913 - what can be said on a command line
    model: Model,
    *,
    spec: Annotated[
        Path | None, typer.Option("--spec", help="A changed spec to try; left out, the one in force is tried.")
    ] = None,
    since: Since = None,
    until: Until = None,
    plant: Annotated[
        list[str] | None,
        typer.Option(help=f"Plant a known fault into copies of clean windows; `all` or of {', '.join(FAULTS)}."),
    ] = None,
    false_alarm: FalseAlarms = None,
    out: Annotated[
        Path | None, typer.Option(help="Where picture and page are written; the house's `backtests` when left out.")
    ] = None,
    house: HouseFile = None,
) -> None:
    """Show what would have paged, against what did: the checks over stored windows, with the spec in force or another.

    Nothing is turned on and nothing is written into the state store. Each window is held against the champion of its
    time. Where records are gone, the kept profiles are used, and what needs labels is UNKNOWN.

    A changed spec is a copy of the model's file with other limits: try it here before you put it in its place.
    `--plant all` grades both: which faults are caught, after how many windows.
    """
    os.environ.setdefault("OMP_NUM_THREADS", "1")  # windows are small: threads cost more than they bring
    opened = the_house(house)
    specs = _specs(opened.model(model), spec)
    past = past_of(opened, specs[-1][1], *moments(since, until))
    with progress_on(console) as progress:
        seen = look_back(opened, past, specs, _faults(plant), false_alarm or (), Bar(progress))
    for part in backtest_page(seen):
        console.print(part, highlight=False)
    if plant and not seen.tries:
        console.print("[yellow]no fault was planted[/yellow]: no stretch of windows is clean and long enough")
    for file in _kept(opened, seen, out):
        console.print(f"wrote {file}", highlight=False, soft_wrap=True)


def _specs(in_force: ModelSpec, changed: Path | None) -> list[tuple[str, ModelSpec]]:
    """What is replayed; windows of another length cannot be compared one by one, then the changed spec alone is."""
    if changed is None:
        return [(IN_FORCE, in_force)]
    asked = read_model(changed)
    if asked.model != in_force.model:
        raise SpecError(f"{changed}:\n  model: is a spec of `{asked.model}`, not of `{in_force.model}`")
    both = [(IN_FORCE, in_force), (CHANGED, asked)]
    return both if asked.every == in_force.every else both[1:]


def _faults(names: Sequence[str] | None) -> list[Fault]:
    asked = list(FAULTS) if names and EVERY_FAULT in names else list(names or ())
    if strange := [name for name in asked if name not in FAULTS]:
        raise typer.BadParameter(f"there is no fault {strange[0]}; known are {EVERY_FAULT}, {', '.join(FAULTS)}")
    return [FAULTS[name] for name in asked]


def _kept(house: House, seen: Backtest, out: Path | None) -> tuple[Path, Path]:
    """The picture and the page, on disk."""
    days = f"{seen.over.start:%Y%m%d}-{seen.over.end:%Y%m%d}"
    folder = out or house.spec.folder / "backtests"
    folder.mkdir(parents=True, exist_ok=True)
    image, page = (folder / f"backtest-{seen.spec.model}-{days}.{ending}" for ending in ("png", "html"))
    picture = picture_of(seen)
    image.write_bytes(picture)
    page.write_text(page_of(seen, picture), encoding="utf-8")
    return image, page

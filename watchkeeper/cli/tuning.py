"""`watchkeeper tune`."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from watchkeeper.cli.options import HouseFile, the_house
from watchkeeper.cli.past_options import Bar, FalseAlarms, Model, Since, Until, moments, progress_on
from watchkeeper.cli.past_pages import diff_page, tuning_page
from watchkeeper.domain.budgets import Budget
from watchkeeper.spec.words import pages
from watchkeeper.spec.writing import SpecFile, spec_file
from watchkeeper.story.past import past_of
from watchkeeper.story.tuning import tune as propose

__all__ = ["tune"]

console = Console()


def tune(  # noqa: PLR0913 - what can be said on a command line
    model: Model,
    *,
    budget: Annotated[
        str | None, typer.Option(help='False pages that are acceptable, as "1 in 30d"; the spec\'s when left out.')
    ] = None,
    since: Since = None,
    until: Until = None,
    false_alarm: FalseAlarms = None,
    write: Annotated[bool, typer.Option("--write", help="Put the proposal into the model's file.")] = False,
    out: Annotated[
        Path | None, typer.Option(help="Write the changed spec there instead, to try with `backtest --spec`.")
    ] = None,
    house: HouseFile = None,
) -> None:
    """Propose limits from history, for a budget of false pages; `--write` puts them into the model's file.

    Fixed limits share the budget evenly. One that had more false pages than its share is raised to the lowest at which
    it would not; one is lowered where that finds more of what was right and history is long enough to show that its
    share is kept. Calibrated checks learn their limits by themselves: they are shown.

    A false page is one that came while nothing was wrong. Incidents that production paged for count as right until you
    name them with `--false-alarm`. The difference is always printed; comments and order of the file stay.
    """
    opened = the_house(house)
    spec = opened.model(model)
    file = spec_file(opened.spec.models, model)
    asked, past = _budget(budget), past_of(opened, spec, *moments(since, until))
    with progress_on(console) as progress:
        found = propose(opened, file, past, asked, false_alarm or (), Bar(progress))
    for part in tuning_page(found):
        console.print(part, highlight=False)
    _proposed(file, file.changed(found.changes, asked), write=write, out=out)


def _budget(text: str | None) -> Budget | None:
    try:
        return pages(text) if text else None
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--budget") from None


def _proposed(file: SpecFile, text: str, *, write: bool, out: Path | None) -> None:
    """Show the difference, and put it where it was asked for."""
    if text == file.text:
        console.print(f"Nothing to change in {file.path}.", highlight=False, soft_wrap=True)
        return
    for line in diff_page(file.path, file.text, text):
        console.print(line, highlight=False, soft_wrap=True)
    if out:
        out.write_text(text, encoding="utf-8")
        console.print(f"wrote {out}: try it with `watchkeeper backtest --spec {out}`", highlight=False, soft_wrap=True)
    if write:
        file.write(text)
        console.print(f"wrote {file.path}", highlight=False, soft_wrap=True)
    elif not out:
        console.print("Nothing was written: --write puts this in force, --out FILE keeps it to try first.")

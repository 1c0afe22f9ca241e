"""`watchkeeper estimates`."""

import math
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from watchkeeper.cli.options import HouseFile, the_house
from watchkeeper.cli.past_options import Model, Since, Until, moments
from watchkeeper.domain.intervals import Interval
from watchkeeper.pictures import Foretold
from watchkeeper.story.foretelling import foretold, picture_of_estimates

__all__ = ["estimates"]

console = Console()

WINDOWS = 90
"""Windows shown when nothing is said of days."""


def estimates(
    model: Model,
    *,
    since: Since = None,
    until: Until = None,
    out: Annotated[Path | None, typer.Option(help="The picture; in the house's `estimates` when left out.")] = None,
    house: HouseFile = None,
) -> None:
    """Show what performance was estimated to be before the labels came, beside what it turned out to be.

    An estimate assumes that the same records still mean the same labels. It is information and decides nothing.
    """
    opened = the_house(house)
    begin, end = moments(since, until)
    end = end or datetime.now(UTC)
    over = Interval(begin or end - WINDOWS * max(opened.model(model).every, timedelta(hours=1)), end)
    found = foretold(opened, model, over)
    console.print(_table(model, found), highlight=False)
    file = out or opened.spec.folder / "estimates" / f"estimates-{model}-{over.start:%Y%m%d}-{over.end:%Y%m%d}.png"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(picture_of_estimates(model, found, over))
    console.print(f"wrote {file}", highlight=False, soft_wrap=True)


def _table(model: str, found: tuple[Foretold, ...]) -> Table:
    table = Table(title=f"{model}: estimated, and realised where labels have come")
    for head in ("metric", "estimates", "newest", "give or take", "labels came for", "mean distance"):
        table.add_column(head, justify="left" if head == "metric" else "right")
    for told in found:
        _, newest, error = told.estimated[-1]
        said = {at: value for at, value, _ in told.estimated}
        apart = [abs(value - said[at]) for at, value in told.realised if at in said]
        mean = sum(apart) / len(apart) if apart else math.nan
        away = f"{mean:.3g}" if apart else "not known yet"
        table.add_row(told.metric, str(len(said)), f"{newest:.4g}", f"{2 * error:.2g}", str(len(apart)), away)
    return table

"""Commands that only look."""

from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from watchkeeper.cli.options import At, HouseFile, now_or, the_house
from watchkeeper.cli.pages import explain_page, model_page, status_page
from watchkeeper.cli.rollout_pages import rollout_page
from watchkeeper.spec import ModelSpec, read_house
from watchkeeper.wiring import house_file, missing_secrets, read_models

__all__ = ["explain", "rollout", "status", "validate"]

console = Console()


def validate(house: HouseFile = None) -> None:
    """Read the house and every model aloud; say what is wrong, and which secrets are missing."""
    file = house or house_file()
    spec = read_house(file)
    models, broken = read_models(spec)
    channels = ", ".join(f"{c.kind} from {c.least}" for c in spec.channels)
    console.print(f"[bold]{file}[/bold]: env {spec.env}, everything kept in {spec.folder}, alerts to {channels}")
    for model in models.values():
        _read_aloud(model)
    for why in broken.values():
        console.print(f"[red]wrong[/red] {why}", highlight=False)
    missing = missing_secrets(spec)
    for name in missing:
        console.print(f"[yellow]missing secret[/yellow] {name}: set it, or {name}_FILE, in the environment")
    if not models and not broken:
        console.print(f"no models in {spec.models}: `watchkeeper new model NAME` writes one")
    if broken or missing:
        raise typer.Exit(1)


def _read_aloud(model: ModelSpec) -> None:
    table = Table.grid(padding=(0, 2))
    for name, said in model_page(model):
        table.add_row(f"  {name}", said)
    console.print(f"[green]ok[/green] [bold]{model.model}[/bold] {model.description}")
    console.print(table)


def status(house: HouseFile = None) -> None:
    """How every model is: verdicts, open incidents, rollouts, questions that wait, and what could not be told."""
    for part in status_page(the_house(house)):
        console.print(part)


def explain(
    identity: Annotated[str, typer.Argument(help="A window, an incident, a rollout or a question, by its id.")],
    house: HouseFile = None,
) -> None:
    """Why: the findings and reasons behind a verdict, an incident or an action."""
    for part in explain_page(the_house(house), identity):
        console.print(part)


def rollout(
    model: Annotated[str, typer.Argument(help="The model's name.")], house: HouseFile = None, at: At = None
) -> None:
    """Where a model's rollout stands: its steps, what each criterion says, what it waits for."""
    for part in rollout_page(the_house(house), model, now_or(at)):
        console.print(part)

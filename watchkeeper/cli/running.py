"""Commands that run things."""

import os
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from watchkeeper.cli.options import HouseFile, the_house, the_project

__all__ = ["demo", "deploy", "up"]

console = Console()

Port = Annotated[int, typer.Option(help="Port of the Prefect server and its UI.")]


def up(
    *,
    house: HouseFile = None,
    port: Port = 4200,
    only_server: Annotated[bool, typer.Option("--only-server", help="Run nothing; look around in the UI.")] = False,
) -> None:
    """Start a Prefect server and run every deployment on its schedule, until Ctrl-C."""
    the_project()
    opened = the_house(house)
    from deployments.up import up as run  # noqa: PLC0415 - Prefect reads its environment when imported

    run(
        opened.spec.folder / "prefect", port, lambda said: console.print(said, highlight=False), only_server=only_server
    )


def _say(said: str) -> None:
    console.print(said, highlight=False)


def deploy(
    house: HouseFile = None,
    pool: Annotated[str, typer.Option(help="The work pool whose workers will run them.")] = "watchkeeper",
) -> None:
    """Register every deployment with the Prefect server that PREFECT_API_URL names, for workers of a pool to run."""
    the_project()
    opened = the_house(house)
    if not os.environ.get("PREFECT_API_URL"):
        raise typer.BadParameter("set PREFECT_API_URL to the server's address, for example http://127.0.0.1:4200/api")
    from deployments.registering import register  # noqa: PLC0415 - Prefect reads its environment when imported

    for name in register(opened, pool, Path.cwd()):
        console.print(f"deployed [bold]{name}[/bold]")
    console.print(f"Run them with: prefect worker start --pool {pool}")


def demo(
    *,
    until: Annotated[str, typer.Option(help="Replay up to this day of 2013.")] = "2013-07-31",
    whole: Annotated[bool, typer.Option("--all", help="Replay to the end of December.")] = False,
    interactive: Annotated[bool, typer.Option("--interactive", help="Wait for you in the Prefect UI.")] = False,
    keep: Annotated[bool, typer.Option("--keep", help="Go on from where an interrupted demo stopped.")] = False,
    folder: Annotated[Path, typer.Option(help="Where everything of the demo is kept.")] = Path(".watchkeeper/demo"),
    port: Port = 4200,
) -> None:
    """Show the whole loop on real data: all flights of New York City in 2013, replayed day by day."""
    the_project()
    from examples.flights.demo import run_demo  # noqa: PLC0415 - sets Prefect's environment first

    run_demo(folder, "2013-12-31" if whole else until, interactive=interactive, keep=keep, port=port)

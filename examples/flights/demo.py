"""`make demo`: the product on real data, from the first flight to the last."""

import json
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from examples.flights.source import MODEL, Flights
from examples.flights.stage import Stage, set_stage
from watchkeeper.domain.intervals import Interval

__all__ = ["run_demo"]

console = Console()


def run_demo(folder: Path, until: str, *, interactive: bool, keep: bool, port: int) -> None:
    """Play it, write `summary.json`, and tell the story.

    Args:
        folder: everything is kept here.
        until: the last day to replay.
        interactive: wait for a person to approve in the Prefect UI.
        keep: go on from where an interrupted demo stopped.
        port: of the Prefect server.
    """
    began = time.monotonic()
    last = datetime.fromisoformat(until).replace(tzinfo=UTC)
    console.print(
        "[bold]Watchkeeper[/bold] watches over a model that says whether a flight from New York will be late."
    )
    with (
        console.status("Starting the Prefect server and the stand-ins ..."),
        set_stage(folder, keep=keep, port=port) as stage,
    ):
        console.print(f"Prefect UI, as long as the demo runs: {stage.pages}")
        _play(stage, last, began, interactive=interactive)


def _play(stage: Stage, last: datetime, began: float, *, interactive: bool) -> None:
    """Prefect is imported here, after its environment has been set."""
    from deployments.worker import Worker  # noqa: PLC0415
    from examples.flights.answering import Answering  # noqa: PLC0415
    from examples.flights.replay import START, Replay  # noqa: PLC0415
    from examples.flights.summary import summarize  # noqa: PLC0415
    from examples.flights.timeline import timeline, where_to_look  # noqa: PLC0415
    from tasks.house import the_house  # noqa: PLC0415
    from watchkeeper.story.retraining import start_model  # noqa: PLC0415
    from watchkeeper.story.telling import publish_verdicts  # noqa: PLC0415

    house = the_house()
    first = start_model(house, MODEL, START)
    console.print(f"{first.name} learned from January and February: AUC {first.metrics['auc']:.3f} out of fold.")
    answering = Answering(house.registry, house.spec.folder / "records", house.spec.folder / "traffic", MODEL)
    flights = Flights(stage.folder.parent / "flights")
    with Worker(house, _tell) as worker, answering:
        _watch(Replay(house, worker, flights, answering, console.print, interactive), last)
    over = Interval(START, last + timedelta(days=1))
    publish_verdicts(house, MODEL, over.end, whole=True)
    summary = summarize(house, MODEL, over, first.number, time.monotonic() - began)
    _keep(stage.folder / "summary.json", summary)
    console.print(timeline(house, summary))
    console.print(where_to_look(house, stage.folder, summary))


def _watch(replay: Any, last: datetime) -> None:  # noqa: ANN401 - its module imports Prefect
    """A bar of days; what is worth a line, channels and flows say themselves."""
    columns = SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()
    days = list(replay.days(last))
    with Progress(*columns, console=console) as progress:
        bar = progress.add_task("replaying", total=len(days))
        for day in days:
            progress.update(bar, description=f"{day:%Y-%m-%d}")
            verdict = replay.live(day)
            progress.update(bar, advance=1, description=f"{day:%Y-%m-%d}  {verdict.level}")


def _tell(run: Any) -> None:  # noqa: ANN401 - a flow run; Prefect is not imported here
    """What the flows did that people should know of; monitoring itself is silent."""
    if run.name.startswith("monitor") or run.state is None or not run.state.message:
        return
    if ": hold." not in run.state.message and "No rollout" not in run.state.message:
        console.print(f"[blue]{run.name}[/blue]  {run.state.message}", highlight=False)


def _keep(file: Path, summary: dict[str, Any]) -> None:
    unfinished = file.with_suffix(".unfinished")
    unfinished.write_text(json.dumps(summary, indent=2) + "\n", encoding="utf-8")
    unfinished.replace(file)

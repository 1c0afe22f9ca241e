"""What happened, in order, for a person to read."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.table import Table

from examples.flights.replay import UNIT_CHANGE
from examples.flights.source import MODEL
from watchkeeper.domain.followups import Story
from watchkeeper.domain.incidents import Change
from watchkeeper.domain.rollouts import Verb
from watchkeeper.story.house import House

__all__ = ["timeline", "where_to_look"]

Line = tuple[datetime, str, str]

COLOURS = {Change.OPENED: "red", Change.ESCALATED: "red", Change.RESOLVED: "green"}


def timeline(house: House, summary: dict[str, Any]) -> RenderableType:
    """The story of a replay: what went wrong, who was told, what was done."""
    table = Table(title="What happened", title_justify="left", show_edge=False, pad_edge=False)
    table.add_column("day", no_wrap=True, style="dim")
    table.add_column("what", no_wrap=True)
    table.add_column("why", overflow="fold")
    for at, what, why in sorted(_lines(house), key=lambda line: line[0]):
        table.add_row(f"{at:%b %d}", what, why)
    return Group(table, "", _figures(summary))


def _lines(house: House) -> Iterator[Line]:
    yield (
        UNIT_CHANGE.start,
        "[magenta]planted[/magenta]",
        "the weather service reports kelvin for two days",
    )
    for incident in house.state.incidents(MODEL):
        told = ", ".join(dict.fromkeys(r.channel for r in house.state.receipts(incident.key)))
        for t in house.state.transitions(incident.key):
            colour = COLOURS[t.change]
            why = f"{t.incident.cause}; told by {told}. {t.incident.because}"
            yield t.at, f"[{colour}]incident {t.change}[/{colour}]", why
    for story, done in ((Story.RECALIBRATE, "recalibrated"), (Story.RETRAIN, "retrained")):
        for followup, outcome in house.state.followups(MODEL, story):
            yield followup.at, f"[cyan]{done}[/cyan]", outcome or "not finished"
    for question in house.state.questions():
        if answer := house.state.answer_to(question.id):
            what = f"[cyan]{answer.decision}[/cyan]"
            yield (
                answer.at,
                what,
                f"{answer.approver} on the {question.gate} of v{question.candidate}: {answer.comment}",
            )
    yield from _moves(house)


def _moves(house: House) -> Iterator[Line]:
    words = {
        Verb.SHADOW: "[blue]in the shadow[/blue]",
        Verb.ADVANCE: "[blue]canary to {share}[/blue]",
        Verb.PROMOTE: "[bold green]promoted[/bold green]",
        Verb.KEEP: "[green]kept after its soak[/green]",
        Verb.ROLL_BACK: "[bold yellow]rolled back[/bold yellow]",
    }
    for rollout in house.state.rollouts(MODEL):
        for move in rollout.history:
            if move.verb in words:
                what = words[move.verb].format(share=f"{move.share:.0%}")
                yield move.at, what, f"v{rollout.candidate}: {move.because}"


def _figures(summary: dict[str, Any]) -> Table:
    table = Table(title="The year's answers, with the loop and without it", title_justify="left")
    for name in ("", "frozen v1", "with the loop"):
        table.add_column(name)
    for metric, better in (("auc", "higher"), ("log_loss", "lower")):
        figures = summary[metric]
        table.add_row(f"{metric} ({better} is better)", f"{figures['frozen']:.4f}", f"{figures['served']:.4f}")
    return table


def where_to_look(house: House, folder: Path, summary: dict[str, Any]) -> Panel:
    """The next pages to open."""
    home = folder / "house.toml"
    reports = [report["path"] for report in summary["reports"]]
    lines = [
        f"[bold]Prefect UI[/bold]   watchkeeper up --only-server --house {home}",
        f"[bold]Reports[/bold]      {reports[0] if reports else 'none'}"
        + (f" and {len(reports) - 1} more" if len(reports) > 1 else ""),
        f"[bold]W&B runs[/bold]     {house.spec.folder / 'wandb'} (offline; `wandb sync` sends them)",
        f"[bold]State[/bold]        watchkeeper status --house {home}",
        f"[bold]Why[/bold]          watchkeeper explain '{_first_incident(summary)}' --house {home}",
        f"[bold]Summary[/bold]      {folder / 'summary.json'}",
    ]
    return Panel("\n".join(lines), title="Where to look next", title_align="left")


def _first_incident(summary: dict[str, Any]) -> str:
    return str(summary["incidents"][0]["key"]) if summary["incidents"] else "ID"

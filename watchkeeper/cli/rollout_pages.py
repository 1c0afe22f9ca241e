"""What `rollout` shows."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from rich.console import RenderableType
from rich.markup import escape
from rich.panel import Panel
from rich.table import Table

from watchkeeper.cli.marks import moment
from watchkeeper.domain.actions import next_action
from watchkeeper.domain.blindness import ROLLOUT
from watchkeeper.errors import NotThere
from watchkeeper.story.drawing import READ, STEPS, draw_rollout, readings_of, standing, steps_of
from watchkeeper.story.house import House
from watchkeeper.story.judging import judge_canary
from watchkeeper.story.moving import question_id

__all__ = ["rollout_page"]


def rollout_page(house: House, model: str, at: datetime) -> Iterator[RenderableType]:
    """The rollout under way, or else the last one, judged at this moment; nothing is moved. Raises NotThere."""
    known = house.state.rollouts(house.model(model).model)
    if not known:
        raise NotThere(f"{model} has had no rollout; `watchkeeper release {model} NUMBER` opens one")
    rollout = known[-1]
    looked = at if rollout.ended is None else min(at, rollout.ended)
    judgement = judge_canary(house, rollout, looked)
    yield Panel(escape(standing(rollout)), title=rollout.id)
    yield _table(STEPS, steps_of(rollout), "The plan")
    if judgement.readings:
        yield _table(READ, readings_of(judgement), f"What is seen by {moment(looked)}")
    if rollout.is_open:
        answer = house.state.answer_to(question_id(rollout, rollout.gate)) if rollout.gate else None
        action = next_action(rollout, judgement, answer, at)
        yield f"[bold]next:[/bold] {action.verb}. {escape(action.because)}"
    if incident := house.state.open_incident(model, ROLLOUT):
        yield f"[red]blind[/red] {escape(incident.because)} {incident.key}"
    moves = [(moment(m.at), str(m.verb), f"{m.share:.0%}", m.because) for m in rollout.history]
    yield _table(("when", "what", "share", "because"), moves, "What was done")
    yield f"page: {draw_rollout(house, rollout, judgement, glance=True)}"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]], title: str) -> Table:
    table = Table(title=title, title_justify="left")
    for name in head:
        table.add_column(name, overflow="fold")
    for row in rows:
        table.add_row(*map(escape, row))
    return table

"""Commands that change something; each leaves its line in the audit trail."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from watchkeeper.cli.options import At, Because, By, HouseFile, now_or, the_house
from watchkeeper.domain.approvals import Decision
from watchkeeper.domain.followups import Story
from watchkeeper.errors import Conflict
from watchkeeper.spec import read_house
from watchkeeper.story import recalibrating
from watchkeeper.story.asking import answer_question
from watchkeeper.story.house import House
from watchkeeper.story.releasing import open_rollout, roll_back
from watchkeeper.story.retraining import nominate, start_model, try_out
from watchkeeper.wiring import house_file

__all__ = ["approve", "new_model", "recalibrate", "release", "rollback", "train"]

console = Console()

Model = Annotated[str, typer.Argument(help="The model's name.")]


def approve(
    question: Annotated[str, typer.Argument(help="The question's id; `watchkeeper status` lists those that wait.")],
    yes: Annotated[bool, typer.Option("--yes/--no", help="May it go on?")],
    by: By,
    because: Because = "",
    house: HouseFile = None,
    at: At = None,
) -> None:
    """Answer a question: resumes the paused flow run when its server can be reached, else writes the answer down."""
    opened = the_house(house)
    asked = opened.state.question(question)
    decision = Decision.APPROVE if yes else Decision.REJECT
    if (given := opened.state.answer_to(question)) is not None:
        raise Conflict(f"{question} has been answered: {given.approver} said {given.decision}")
    if _resume(_run_of(opened, question), decision, by, because):
        console.print(f"Resumed the paused run: {decision} by {by}.")
        return
    answer = answer_question(opened, asked, decision, by, because, now_or(at))
    if answer.decision is not decision:
        raise Conflict(f"too late: {answer.approver} answered {answer.decision}: {answer.comment}")
    console.print(f"Written down: {decision} by {by}. The next run of `promote` acts on it.")


def _run_of(house: House, question: str) -> str | None:
    """The flow run that waits for the answer, if one was started."""
    runs = [w.run for f, w in house.state.unacknowledged() if f.story is Story.APPROVE and f.subject == question]
    return runs[0] if runs and runs[0] else None


def _resume(run: str | None, decision: Decision, by: str, because: str) -> bool:
    """Whether a paused flow run took the answer."""
    if run is None:
        return False
    try:
        from tasks.resuming import resume  # noqa: PLC0415 - Prefect is not imported for nothing
    except ModuleNotFoundError:
        return False
    return resume(run, decision, by, because)


def rollback(model: Model, by: By, because: Because, house: HouseFile = None, at: At = None) -> None:
    """End the rollout under way in the champion, or give all traffic back to the last good version."""
    console.print(roll_back(the_house(house), model, now_or(at), who=by, because=because))


def release(
    model: Model,
    number: Annotated[int, typer.Argument(help="The version's number.")],
    by: By,
    because: Because,
    house: HouseFile = None,
    at: At = None,
) -> None:
    """Put a registered version forward: opens its rollout, without an offline trial, in your name."""
    opened = the_house(house)
    rollout = open_rollout(opened, opened.registry.version(model, number), now_or(at), who=by, because=because)
    if rollout.candidate != number:
        console.print(f"{model} v{number} waits for {rollout.id} to end.")
        return
    console.print(f"{rollout.id} is open; its first step waits for {', '.join(rollout.plan.gates) or 'nobody'}.")


def recalibrate(model: Model, by: By, because: Because, house: HouseFile = None, at: At = None) -> None:
    """Put a layer over the champion's answers, fitted on recent labels; one that passes its trial gets a rollout."""
    opened, now = the_house(house), now_or(at)
    planned = recalibrating.plan_recalibration(opened, model, now, f"{by}: {because}")
    made = recalibrating.recalibrate(opened, planned, now)
    if isinstance(made, str):
        raise Conflict(made)
    console.print(made.origin)
    console.print(nominate(opened, made, try_out(opened, planned, made, now), now))


def train(model: Model, house: HouseFile = None, at: At = None) -> None:
    """Train the first champion of a model with its own training function."""
    with console.status(f"Training {model} ..."):
        version = start_model(the_house(house), model, now_or(at))
    numbers = ", ".join(f"{name} {value:.4f}" for name, value in version.metrics.items())
    console.print(f"{version.name} is champion ({version.digest[:19]}): {numbers}")


def new_model(
    name: Annotated[str, typer.Argument(help="The model's name: lower case, digits, dashes.")], house: HouseFile = None
) -> None:
    """Write a spec to start from, with every section explained."""
    file = read_house(house or house_file()).models / f"{name}.toml"
    if file.exists():
        raise Conflict(f"{file} exists already")
    template = Path(__file__).with_name("new_model.toml").read_text(encoding="utf-8")
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(template.replace("NAME", name), encoding="utf-8")
    console.print(f"Wrote {file}. Say what its features are, then `watchkeeper validate`.")

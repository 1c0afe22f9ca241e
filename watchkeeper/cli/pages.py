"""What `status` and `explain` show."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from rich.console import RenderableType
from rich.markdown import Markdown
from rich.markup import escape
from rich.panel import Panel
from rich.table import Table

from watchkeeper.cli.marks import SIGNS, moment
from watchkeeper.domain.incidents import Incident
from watchkeeper.domain.intervals import Interval, spoken
from watchkeeper.domain.levels import Level
from watchkeeper.domain.responses import ADVICE
from watchkeeper.domain.rollouts import Rollout
from watchkeeper.domain.verdicts import Verdict
from watchkeeper.errors import NotThere
from watchkeeper.spec import ModelSpec
from watchkeeper.story.house import House
from watchkeeper.story.paging import pages_of

__all__ = ["explain_page", "model_page", "status_page"]

MONTH = timedelta(days=30)
FOREVER = datetime(9999, 1, 1, tzinfo=UTC)


def model_page(model: ModelSpec) -> list[tuple[str, str]]:
    """A spec read aloud: name of the part, and what it means."""
    features = [f"{len(names)} {kind}" for kind, names in model.features.items()]
    steps = ", ".join(f"{s.share:.0%} for {spoken(s.lasts)}" for s in model.rollout.steps)
    over = spoken(model.labels.over) if model.labels.over else "as many as it takes"
    gates = " and ".join(model.rollout.approvals) or "nothing"
    return [
        ("looks at", f"windows of {spoken(model.every)}; {', '.join(features)} features"),
        ("labels", f"come {spoken(model.labels.delay)} later; performance over {over}"),
        ("asks", ", ".join(c.kind for c in model.asked)),
        ("pages", f"falsely at most {model.alerts.budget}; `watchkeeper tune {model.model}` says what limits cost"),
        ("tells", f"after {model.confirm.opens} windows, over after {model.confirm.resolves}"),
        ("retrains", f"with {model.training.function}" if model.response.retrain else "only by hand"),
        ("releases", f"{steps}; a person approves {gates} within {spoken(model.rollout.answer_within)}"),
    ]


def status_page(house: House) -> Iterator[RenderableType]:
    """Models, incidents, rollouts, questions, and what could not be told or done."""
    yield _models(house)
    yield from (Panel(f"[red]{why}[/red]", title=f"broken spec: {name}") for name, why in house.broken.items())
    for incident in (i for i in house.state.incidents() if i.is_open):
        yield Panel(_incident(house, incident), title=f"{SIGNS[incident.level]} open incident {incident.key}")
    for rollout in (r for r in house.state.rollouts() if r.is_open):
        yield Panel(_rollout(rollout), title=f"rollout under way: {rollout.id}")
    for question in house.state.questions(unanswered=True):
        said = f'watchkeeper approve "{question.id}" --yes --by NAME\nanswer by {moment(question.expires)}'
        yield Panel(said, title="waits for a person")
    yield from _undone(house)


def _models(house: House) -> Table:
    table = Table(title="Models, with the pages of 30 days and the false ones that are allowed", title_justify="left")
    for column in ("model", "last window", "level", "why", "pages (budget)", "champion", "last good"):
        table.add_column(column, overflow="fold")
    for name in house.models:
        last = house.state.verdicts(name, FOREVER, 1)
        pointers = house.registry.pointers(name)
        seen = _seen(last[0]) if last else ("never", "", "")
        pages = _pages(house, name, last[0].interval.end) if last else ""
        table.add_row(name, *seen, pages, _v(pointers.champion), _v(pointers.last_good))
    return table


def _pages(house: House, model: str, until: datetime) -> str:
    """Pages up to the last window, beside the false ones that the budget allows in as long a time."""
    budget, month = house.model(model).alerts.budget, Interval(until - MONTH, until)
    pages, allowed = len(pages_of(house.state, model, month)), budget.pages * (MONTH / budget.over)
    colour = "yellow" if pages > allowed else "green"
    return f"[{colour}]{pages}[/{colour}] ({allowed:.2g})"


def _seen(verdict: Verdict) -> tuple[str, str, str]:
    why = f"{escape(verdict.why)}\n{_spoilt(verdict)}".rstrip()
    return moment(verdict.interval.end), f"{SIGNS[verdict.level]} {verdict.level}", why


def _spoilt(verdict: Verdict) -> str:
    """The mark of a window of which a model may not learn."""
    what = {"records": "its records are", "labels": "the labels that it judged are"}.get(verdict.not_for_training)
    return f"[red]not for training:[/red] {what} broken." if what else ""


def _v(number: int | None) -> str:
    return f"v{number}" if number else "-"


def _incident(house: House, incident: Incident) -> str:
    links = "".join(f"\n{name}: {url}" for name, url in house.state.links(incident.key).items())
    receipts = "".join(f"\ntold by {r.channel}: {r.reference}" for r in house.state.receipts(incident.key))
    times = f"since {moment(incident.since)}, detected {moment(incident.detected)}"
    times += f", resolved {moment(incident.resolved)}" if incident.resolved else ""
    why = f"\n{escape(incident.evidence)}" if incident.evidence else ""
    advice = f"\n{ADVICE[incident.cause]}" if incident.is_open else ""
    return f"{escape(incident.because)}\ncause: {incident.cause}; {times}{why}{advice}{receipts}{links}"


def _rollout(rollout: Rollout) -> str:
    head = f"v{rollout.candidate} answers {rollout.share:.0%}; champion v{rollout.champion}"
    moves = [f"{moment(m.at)}  {m.verb}, {m.share:.0%}: {m.because}" for m in rollout.history]
    return "\n".join([head, *moves])


def _undone(house: House) -> Iterator[RenderableType]:
    """Alerts without a receipt, follow-ups nobody acknowledged, heartbeats."""
    alerts = {**house.state.undelivered(), **house.state.given_up()}
    for alert, waiting in alerts.values():
        yield f"[yellow]not delivered[/yellow] {alert.id} after {waiting.attempts} tries: {waiting.error}"
    for followup, waiting in house.state.unacknowledged():
        yield f"[yellow]not done yet[/yellow] {followup.id} ({waiting.attempts} runs): {followup.because}"
    for beat in house.state.heartbeats():
        yield f"[dim]heartbeat {beat.name} {moment(beat.at)}: {beat.detail}[/dim]"


def explain_page(house: House, identity: str) -> Iterator[RenderableType]:
    """The reasons behind whatever has this id. Raises NotThere when nothing has."""
    if (verdict := house.state.verdict(identity)) is not None:
        yield from _verdict(verdict)
        return
    for explain in (_explain_incident, _explain_rollout, _explain_question):
        try:
            parts = list(explain(house, identity))
        except NotThere:
            continue
        yield from parts
        return
    raise NotThere(f"nothing is called {identity}: `watchkeeper status` lists what there is")


def _verdict(verdict: Verdict) -> Iterator[RenderableType]:
    yield f"{SIGNS[verdict.level]} [bold]{verdict.id}: {verdict.level}[/bold]  {escape(verdict.why)}"
    yield f"cause: {verdict.cause}; {verdict.rows:,} records; champion v{verdict.version}"
    yield from filter(None, (escape(verdict.evidence), _spoilt(verdict)))
    table = Table()
    for column in ("", "check", "subject", "value", "limit", "why", "runbook"):
        table.add_column(column, overflow="fold")
    quiet = [f for f in verdict.findings if f.segment and f.level is Level.OK]
    for f in (f for f in verdict.findings if not f.segment or f.level > Level.OK):
        numbers = f"{f.value:.4g}", f"{f.limit:.4g}"
        table.add_row(
            SIGNS[f.level], f.check, escape(f.subject), *numbers, escape(f.sentence), f"docs/runbooks/{f.runbook}"
        )
    yield table
    if quiet:
        yield f"and {len(quiet)} answers about segments that are within their limits"


def _explain_incident(house: House, identity: str) -> Iterator[RenderableType]:
    incident = house.state.incident(identity)
    yield Panel(_incident(house, incident), title=f"{SIGNS[incident.level]} {incident.key}")
    for t in house.state.transitions(identity):
        yield f"{moment(t.at)}  [bold]{t.change}[/bold] {t.incident.level}, {t.incident.cause}: {escape(t.sentence)}"
    yield escape("findings: " + ", ".join(incident.marks))
    windows = house.state.verdicts(incident.model, incident.detected + timedelta(microseconds=1), 1)
    for verdict in windows:
        yield from _verdict(verdict)


def _explain_rollout(house: House, identity: str) -> Iterator[RenderableType]:
    rollout = house.state.rollout(identity)
    end = f"{rollout.end}: {rollout.because}" if rollout.end else "under way"
    yield Panel(_rollout(rollout), title=f"{rollout.id} ({end})")
    for entry in house.state.audit(rollout.model, 500):
        if entry.about == rollout.id:
            yield f"{moment(entry.at)}  {entry.who}: [bold]{entry.what}[/bold] {entry.because}"


def _explain_question(house: House, identity: str) -> Iterator[RenderableType]:
    question = house.state.question(identity)
    yield Markdown(question.evidence)
    yield f"asked {moment(question.asked)}, expires {moment(question.expires)}"
    if answer := house.state.answer_to(identity):
        yield f"{moment(answer.at)}  {answer.approver} said [bold]{answer.decision}[/bold]: {answer.comment}"

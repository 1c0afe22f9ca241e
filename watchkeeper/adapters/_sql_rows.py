"""How domain values become rows, and rows become domain values."""

from dataclasses import replace
from typing import Any, TypeVar

from sqlalchemy import Connection, Select, Table, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError

from watchkeeper.adapters._sql_codec import decode, encode, micros
from watchkeeper.adapters._sql_tables import AUDIT, FOLLOWUPS, INCIDENTS, OUTBOX, QUESTIONS, TRANSITIONS, VERDICTS
from watchkeeper.domain.alerts import Alert
from watchkeeper.domain.approvals import Question
from watchkeeper.domain.audit import Entry
from watchkeeper.domain.followups import FollowUp
from watchkeeper.domain.incidents import Incident, Transition
from watchkeeper.domain.verdicts import Verdict
from watchkeeper.errors import Conflict, NotThere

__all__ = [
    "WAITING",
    "change",
    "every",
    "line_of",
    "one",
    "put",
    "put_alert",
    "put_entry",
    "put_followup",
    "put_incident",
    "put_or_renew",
    "put_question",
    "put_transition",
    "put_verdict",
]

T = TypeVar("T")
WAITING = "waiting"
"""The state of an alert that has neither a receipt nor been given up."""


def _insert(connection: Connection, table: Table) -> Any:  # noqa: ANN401 - two classes, one set of methods
    """An INSERT that knows ON CONFLICT; both databases spell it alike, SQLAlchemy has a class for each."""
    return postgresql.insert(table) if connection.dialect.name == "postgresql" else sqlite.insert(table)


def put(connection: Connection, table: Table, **row: object) -> bool:
    """Insert-or-same by `id`; False when it was there."""
    statement = _insert(connection, table).values(**row).on_conflict_do_nothing(index_elements=["id"])
    return connection.scalar(statement.returning(table.c.id)) is not None


def put_or_renew(connection: Connection, table: Table, keys: tuple[str, ...], newer: str | None, **row: object) -> None:
    """Insert, or write over the row with these keys.

    Args:
        newer: a column that must not become less than it is; then the stored row stays.
    """
    statement = _insert(connection, table).values(**row)
    condition = None if newer is None else table.c[newer] <= row[newer]
    new = {name: value for name, value in row.items() if name not in keys}
    connection.execute(statement.on_conflict_do_update(index_elements=keys, set_=new, where=condition).inline())


def change(connection: Connection, table: Table, identity: str, *conditions: Any, **values: Any) -> None:  # noqa: ANN401 - SQL expressions
    """Update one row where the conditions hold; NotThere when there is no such row at all."""
    found = connection.execute(update(table).where(table.c.id == identity, *conditions).values(**values)).rowcount
    if not found and connection.scalar(select(table.c.seq).where(table.c.id == identity)) is None:
        raise NotThere(f"{identity} is not in the state store's {table.name}")


def every(connection: Connection, kind: type[T], query: Select[tuple[str]]) -> tuple[T, ...]:
    """The values of a query for bodies."""
    return tuple(decode(kind, body) for body in connection.scalars(query))


def one(connection: Connection, kind: type[T], table: Table, identity: str) -> T | None:
    """The value with this id, if there is one."""
    body = connection.scalar(select(table.c.body).where(table.c.id == identity))
    return None if body is None else decode(kind, body)


def put_verdict(connection: Connection, verdict: Verdict) -> bool:
    """False when the window has a verdict already."""
    keys = {"id": verdict.id, "model": verdict.model, "ended": micros(verdict.interval.end), "level": verdict.level}
    outline = encode(replace(verdict, findings=()))
    return put(connection, VERDICTS, **keys, outline=outline, body=encode(verdict))


def line_of(model: str, about: str) -> str:
    """In whose line an incident stands: at most one of each line is open. No model's name has a slash."""
    return f"{model}/{about}" if about else model


def put_incident(connection: Connection, incident: Incident) -> None:
    """Write the incident as it is now; one that has had more changes meanwhile stays as it is."""
    row = {
        "id": incident.key,
        "model": line_of(incident.model, incident.about),
        "since": micros(incident.since),
        "changes": incident.changes,
        "is_open": incident.is_open,
        "body": encode(incident),
    }
    try:
        put_or_renew(connection, INCIDENTS, ("id",), "changes", **row)
    except IntegrityError as error:
        raise Conflict(f"{incident.model} has another open incident; look again, and join it") from error


def put_transition(connection: Connection, transition: Transition) -> None:
    """Insert-or-same."""
    incident, at = transition.incident.key, micros(transition.at)
    put(connection, TRANSITIONS, id=transition.id, incident=incident, at=at, body=encode(transition))


def put_alert(connection: Connection, alert: Alert) -> None:
    """Insert-or-same; it may be tried at once."""
    line = {"channel": alert.channel, "incident": alert.incident}
    fresh = {"state": WAITING, "due": 0, "attempts": 0, "error": ""}
    put(connection, OUTBOX, id=alert.id, **line, **fresh, body=encode(alert))


def put_followup(connection: Connection, followup: FollowUp) -> bool:
    """Insert-or-same; False when it was there."""
    keys = {"id": followup.id, "story": followup.story, "model": followup.model, "at": micros(followup.at)}
    return put(connection, FOLLOWUPS, **keys, attempts=0, run="", outcome=None, body=encode(followup))


def put_question(connection: Connection, question: Question) -> None:
    """Insert-or-same."""
    put(connection, QUESTIONS, id=question.id, asked=micros(question.asked), body=encode(question))


def put_entry(connection: Connection, entry: Entry) -> None:
    """Insert-or-same."""
    put(connection, AUDIT, id=entry.id, model=entry.model, at=micros(entry.at), body=encode(entry))

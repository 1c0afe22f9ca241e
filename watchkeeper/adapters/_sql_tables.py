"""The tables of the state store: key columns that are asked about, and beside them each value as JSON text.

Moments are microseconds since 1970, so that they compare alike on every database. `seq` is the order of writing.
A verdict's `outline` is itself without its findings, which are most of it; a row of measures has all that one check
measured in one window: `names` are pairs of subject and name, `body` the values in the same order.
"""

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, MetaData, Table, Text, UniqueConstraint, text

__all__ = [
    "ANSWERS",
    "AUDIT",
    "FOLLOWUPS",
    "HEARTBEATS",
    "INCIDENTS",
    "LINKS",
    "MEASURES",
    "METADATA",
    "OUTBOX",
    "QUESTIONS",
    "RECEIPTS",
    "ROLLOUTS",
    "SCHEMA_VERSION",
    "TRANSITIONS",
    "VERDICTS",
    "VERSION",
]

VERSION = 2
"""Grows by one with every change of these tables."""

METADATA = MetaData()
SERIAL = BigInteger().with_variant(Integer, "sqlite")


def _text(name: str) -> Column[str]:
    return Column(name, Text, nullable=False)


def _number(name: str) -> Column[int]:
    return Column(name, BigInteger, nullable=False)


def _flag(name: str) -> Column[bool]:
    return Column(name, Boolean, nullable=False)


def _table(name: str, *columns: Column[str] | Column[int] | Column[bool]) -> Table:
    """A table whose rows have an id, key columns, and the value itself in `body`."""
    seq = Column("seq", SERIAL, primary_key=True, autoincrement=True)
    identity = Column("id", Text, nullable=False, unique=True)
    return Table(name, METADATA, seq, identity, *columns, _text("body"), sqlite_autoincrement=True)


def _at_most_one_open(table: Table) -> None:
    """At most one row of a model is open: the database itself refuses the second."""
    is_open = text("is_open")
    Index(f"{table.name}_open", table.c.model, unique=True, sqlite_where=is_open, postgresql_where=is_open)


SCHEMA_VERSION = Table("schema_version", METADATA, Column("version", Integer, primary_key=True, autoincrement=False))

VERDICTS = _table("verdicts", _text("model"), _number("ended"), _number("level"), _text("outline"))
INCIDENTS = _table("incidents", _text("model"), _number("since"), _number("changes"), _flag("is_open"))
TRANSITIONS = _table("transitions", _text("incident"), _number("at"))
OUTBOX = _table(
    "outbox",
    _text("channel"),
    _text("incident"),
    _text("state"),
    _number("due"),
    _number("attempts"),
    _text("error"),
)
RECEIPTS = _table("receipts", _text("incident"))
FOLLOWUPS = _table(
    "followups",
    _text("story"),
    _text("model"),
    _number("at"),
    _number("attempts"),
    _text("run"),
    Column("outcome", Text),
)
ROLLOUTS = _table("rollouts", _text("model"), _number("opened"), _number("revision"), _flag("is_open"))
QUESTIONS = _table("questions", _number("asked"))
ANSWERS = _table("answers")
AUDIT = _table("audit", _text("model"), _number("at"))
HEARTBEATS = _table("heartbeats", _number("at"))

MEASURES = Table(
    "measures",
    METADATA,
    Column("seq", SERIAL, primary_key=True, autoincrement=True),
    _text("verdict"),
    _text("model"),
    _text("asked_by"),
    _number("at"),
    _text("names"),
    _text("body"),
    sqlite_autoincrement=True,
)
LINKS = Table(
    "links",
    METADATA,
    Column("seq", SERIAL, primary_key=True, autoincrement=True),
    _text("incident"),
    _text("name"),
    _text("url"),
    UniqueConstraint("incident", "name"),
    sqlite_autoincrement=True,
)

_at_most_one_open(INCIDENTS)
_at_most_one_open(ROLLOUTS)
Index("verdicts_of_model", VERDICTS.c.model, VERDICTS.c.ended)
Index("verdicts_by_level", VERDICTS.c.model, VERDICTS.c.level, VERDICTS.c.ended)
Index("measures_of_model", MEASURES.c.model, MEASURES.c.asked_by, MEASURES.c.at)
Index("transitions_of_incident", TRANSITIONS.c.incident)
Index("outbox_lines", OUTBOX.c.state, OUTBOX.c.channel, OUTBOX.c.incident)
Index("receipts_of_incident", RECEIPTS.c.incident)
Index("followups_of_model", FOLLOWUPS.c.model, FOLLOWUPS.c.story, FOLLOWUPS.c.at)
Index("followups_by_outcome", FOLLOWUPS.c.outcome)
Index("audit_of_model", AUDIT.c.model, AUDIT.c.at)
Index("audit_by_time", AUDIT.c.at)

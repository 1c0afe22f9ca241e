"""The audit trail and the heartbeats in SQL."""

from sqlalchemy import select

from watchkeeper.adapters._sql_codec import encode, micros
from watchkeeper.adapters._sql_door import SqlDoor
from watchkeeper.adapters._sql_rows import every, put_entry, put_or_renew
from watchkeeper.adapters._sql_tables import AUDIT, HEARTBEATS
from watchkeeper.domain.audit import Entry, Heartbeat

__all__ = ["SqlProof"]


class SqlProof(SqlDoor):
    """What was done, and that we are alive."""

    __slots__ = ()

    def note(self, entry: Entry) -> None:
        with self._writing() as connection:
            put_entry(connection, entry)

    def audit(self, model: str | None = None, most: int = 100) -> tuple[Entry, ...]:
        query = select(AUDIT.c.body).order_by(AUDIT.c.at.desc(), AUDIT.c.seq.desc()).limit(most)
        with self._reading() as connection:
            return every(connection, Entry, query if model is None else query.where(AUDIT.c.model == model))

    def beat(self, heartbeat: Heartbeat) -> None:
        row = {"id": heartbeat.name, "at": micros(heartbeat.at), "body": encode(heartbeat)}
        with self._writing() as connection:
            put_or_renew(connection, HEARTBEATS, ("id",), "at", **row)

    def heartbeats(self) -> tuple[Heartbeat, ...]:
        with self._reading() as connection:
            return every(connection, Heartbeat, select(HEARTBEATS.c.body).order_by(HEARTBEATS.c.id))

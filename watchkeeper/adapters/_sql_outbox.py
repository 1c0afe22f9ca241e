"""Alerts on their way to people, in SQL."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import func, select

from watchkeeper.adapters._sql_codec import decode, encode, micros, plain
from watchkeeper.adapters._sql_door import SqlDoor
from watchkeeper.adapters._sql_rows import WAITING, change, every, put
from watchkeeper.adapters._sql_tables import OUTBOX, RECEIPTS
from watchkeeper.domain.alerts import Alert, Receipt
from watchkeeper.errors import NotThere
from watchkeeper.ports.state import Waiting

__all__ = ["SqlOutbox"]

DELIVERED = "delivered"
GIVEN_UP = "given up"


class SqlOutbox(SqlDoor):
    """One line of alerts for each channel and incident: only its head is tried, so that order is kept."""

    __slots__ = ()

    def due_alerts(self, now: datetime) -> tuple[Alert, ...]:
        line = select(func.min(OUTBOX.c.seq)).where(OUTBOX.c.state == WAITING)
        heads = line.group_by(OUTBOX.c.channel, OUTBOX.c.incident)
        query = select(OUTBOX.c.body).where(OUTBOX.c.seq.in_(heads), OUTBOX.c.due <= micros(now))
        with self._reading() as connection:
            return every(connection, Alert, query.order_by(OUTBOX.c.seq))

    def undelivered(self) -> Mapping[str, tuple[Alert, Waiting]]:
        return self._in_state(WAITING)

    def given_up(self) -> Mapping[str, tuple[Alert, Waiting]]:
        return self._in_state(GIVEN_UP)

    def delivered(self, receipt: Receipt) -> None:
        with self._writing() as connection:
            incident = connection.scalar(select(OUTBOX.c.incident).where(OUTBOX.c.id == receipt.alert))
            if incident is None:
                raise NotThere(f"there is no alert {receipt.alert}")
            put(connection, RECEIPTS, id=receipt.alert, incident=incident, body=encode(receipt))
            change(connection, OUTBOX, receipt.alert, state=DELIVERED)

    def postpone(self, alert: str, error: str, until: datetime) -> None:
        tried = {"attempts": OUTBOX.c.attempts + 1, "error": plain(error)}
        with self._writing() as connection:
            change(connection, OUTBOX, alert, OUTBOX.c.state == WAITING, due=micros(until), **tried)

    def give_up(self, alert: str, error: str) -> None:
        tried = {"attempts": OUTBOX.c.attempts + 1, "error": plain(error)}
        with self._writing() as connection:
            change(connection, OUTBOX, alert, OUTBOX.c.state == WAITING, state=GIVEN_UP, **tried)

    def receipts(self, incident: str) -> tuple[Receipt, ...]:
        query = select(RECEIPTS.c.body).where(RECEIPTS.c.incident == incident).order_by(RECEIPTS.c.seq)
        with self._reading() as connection:
            return every(connection, Receipt, query)

    def _in_state(self, state: str) -> Mapping[str, tuple[Alert, Waiting]]:
        columns = OUTBOX.c.id, OUTBOX.c.body, OUTBOX.c.attempts, OUTBOX.c.error
        query = select(*columns).where(OUTBOX.c.state == state).order_by(OUTBOX.c.seq)
        with self._reading() as connection:
            rows = connection.execute(query).all()
        return {row.id: (decode(Alert, row.body), Waiting(row.attempts, row.error, "")) for row in rows}

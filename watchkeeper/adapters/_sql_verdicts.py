"""Verdicts, measures and incidents in SQL."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import Column, Connection, Select, select

from watchkeeper.adapters._sql_codec import micros
from watchkeeper.adapters._sql_door import SqlDoor
from watchkeeper.adapters._sql_measures import history_of, measured_at, put_measures
from watchkeeper.adapters._sql_rows import (
    every,
    line_of,
    one,
    put_alert,
    put_entry,
    put_followup,
    put_incident,
    put_or_renew,
    put_transition,
    put_verdict,
)
from watchkeeper.adapters._sql_tables import INCIDENTS, LINKS, TRANSITIONS, VERDICTS
from watchkeeper.domain.alerts import Alert
from watchkeeper.domain.audit import Entry
from watchkeeper.domain.incidents import Incident, Transition
from watchkeeper.domain.levels import Level
from watchkeeper.domain.verdicts import Verdict
from watchkeeper.errors import NotThere
from watchkeeper.ports.state import Settlement
from watchkeeper.window import History

__all__ = ["SqlVerdicts"]


class SqlVerdicts(SqlDoor):
    """What was seen in each window, and what lasts."""

    __slots__ = ()

    def settle(self, settlement: Settlement) -> bool:
        with self._writing() as connection:
            if not put_verdict(connection, settlement.verdict):
                return False
            put_measures(connection, settlement.verdict, settlement.measures)
            _put_incident_and_alerts(connection, settlement.incident, settlement.transition, settlement.alerts)
            for followup in settlement.followups:
                put_followup(connection, followup)
            for entry in settlement.entries:
                put_entry(connection, entry)
        return True

    def tell(self, incident: Incident, transition: Transition, alerts: Sequence[Alert], entry: Entry) -> None:
        with self._writing() as connection:
            _put_incident_and_alerts(connection, incident, transition, alerts)
            put_entry(connection, entry)

    def verdict(self, window: str) -> Verdict | None:
        with self._reading() as connection:
            return one(connection, Verdict, VERDICTS, window)

    def verdicts(
        self, model: str, before: datetime, most: int, *, after: datetime | None = None
    ) -> tuple[Verdict, ...]:
        with self._reading() as connection:
            return every(connection, Verdict, _newest(VERDICTS.c.body, model, before, most, after))

    def outlines(
        self, model: str, before: datetime, most: int | None, *, after: datetime | None = None, least: Level = Level.OK
    ) -> tuple[Verdict, ...]:
        query = _newest(VERDICTS.c.outline, model, before, most, after)
        with self._reading() as connection:
            return every(connection, Verdict, query if least is Level.OK else query.where(VERDICTS.c.level >= least))

    def history(self, model: str, since: datetime, before: datetime, most: Mapping[str, int | None]) -> History:
        with self._reading() as connection:
            return history_of(connection, model, (since, before), most)

    def measured_at(self, model: str, moments: Collection[datetime], checks: Collection[str]) -> History:
        with self._reading() as connection:
            return measured_at(connection, model, moments, checks)

    def open_incident(self, model: str, about: str = "") -> Incident | None:
        with self._reading() as connection:
            query = select(INCIDENTS.c.body).where(INCIDENTS.c.model == line_of(model, about), INCIDENTS.c.is_open)
            return next(iter(every(connection, Incident, query)), None)

    def incident(self, key: str) -> Incident:
        with self._reading() as connection:
            found = one(connection, Incident, INCIDENTS, key)
        if found is None:
            raise NotThere(f"there is no incident {key}")
        return found

    def incidents(self, model: str | None = None, about: str = "") -> tuple[Incident, ...]:
        query = select(INCIDENTS.c.body).order_by(INCIDENTS.c.since, INCIDENTS.c.seq)
        mine = query if model is None else query.where(INCIDENTS.c.model == line_of(model, about))
        with self._reading() as connection:
            return every(connection, Incident, mine)

    def transitions(self, incident: str) -> tuple[Transition, ...]:
        query = select(TRANSITIONS.c.body).where(TRANSITIONS.c.incident == incident)
        with self._reading() as connection:
            return every(connection, Transition, query.order_by(TRANSITIONS.c.at, TRANSITIONS.c.seq))

    def link(self, incident: str, name: str, url: str) -> None:
        with self._writing() as connection:
            put_or_renew(connection, LINKS, ("incident", "name"), None, incident=incident, name=name, url=url)

    def links(self, incident: str) -> Mapping[str, str]:
        query = select(LINKS.c.name, LINKS.c.url).where(LINKS.c.incident == incident).order_by(LINKS.c.seq)
        with self._reading() as connection:
            return {row.name: row.url for row in connection.execute(query)}


def _newest(
    column: Column[str], model: str, before: datetime, most: int | None, after: datetime | None
) -> Select[tuple[str]]:
    """What stands in a column of a model's verdicts, the newest first."""
    mine = select(column).where(VERDICTS.c.model == model, VERDICTS.c.ended < micros(before))
    if after is not None:
        mine = mine.where(VERDICTS.c.ended > micros(after))
    return mine.order_by(VERDICTS.c.ended.desc()).limit(most)


def _put_incident_and_alerts(
    connection: Connection, incident: Incident | None, transition: Transition | None, alerts: Sequence[Alert]
) -> None:
    """The incident first: its row is locked until the end, which keeps its alerts in the order of its changes."""
    if incident:
        put_incident(connection, incident)
    if transition:
        put_transition(connection, transition)
    for alert in alerts:
        put_alert(connection, alert)

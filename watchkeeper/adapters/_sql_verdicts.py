"""Verdicts, measures and incidents in SQL."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection, select

from watchkeeper.adapters._sql_codec import encode, micros
from watchkeeper.adapters._sql_door import SqlDoor
from watchkeeper.adapters._sql_rows import (
    every,
    one,
    put_alert,
    put_entry,
    put_followup,
    put_incident,
    put_or_renew,
    put_transition,
    put_verdict,
)
from watchkeeper.adapters._sql_tables import INCIDENTS, LINKS, MEASURES, TRANSITIONS, VERDICTS
from watchkeeper.domain.findings import Measure
from watchkeeper.domain.incidents import Incident, Transition
from watchkeeper.domain.verdicts import Verdict
from watchkeeper.errors import NotThere
from watchkeeper.ports.state import Settlement

__all__ = ["SqlVerdicts"]


class SqlVerdicts(SqlDoor):
    """What was seen in each window, and what lasts."""

    __slots__ = ()

    def settle(self, settlement: Settlement) -> bool:
        with self._writing() as connection:
            if not put_verdict(connection, settlement.verdict):
                return False
            _put_measures(connection, settlement.verdict, settlement.measures)
            _put_incident_and_alerts(connection, settlement)
            for followup in settlement.followups:
                put_followup(connection, followup)
            for entry in settlement.entries:
                put_entry(connection, entry)
        return True

    def verdict(self, window: str) -> Verdict | None:
        with self._reading() as connection:
            return one(connection, Verdict, VERDICTS, window)

    def verdicts(self, model: str, before: datetime, most: int) -> tuple[Verdict, ...]:
        mine = select(VERDICTS.c.body).where(VERDICTS.c.model == model, VERDICTS.c.ended < micros(before))
        with self._reading() as connection:
            return every(connection, Verdict, mine.order_by(VERDICTS.c.ended.desc()).limit(most))

    def measures(self, model: str, since: datetime, before: datetime) -> tuple[Measure, ...]:
        at = MEASURES.c.at
        mine = select(MEASURES.c.body).where(MEASURES.c.model == model, at >= micros(since), at < micros(before))
        with self._reading() as connection:
            return every(connection, Measure, mine.order_by(at, MEASURES.c.seq))

    def open_incident(self, model: str) -> Incident | None:
        with self._reading() as connection:
            query = select(INCIDENTS.c.body).where(INCIDENTS.c.model == model, INCIDENTS.c.is_open)
            return next(iter(every(connection, Incident, query)), None)

    def incident(self, key: str) -> Incident:
        with self._reading() as connection:
            found = one(connection, Incident, INCIDENTS, key)
        if found is None:
            raise NotThere(f"there is no incident {key}")
        return found

    def incidents(self, model: str | None = None) -> tuple[Incident, ...]:
        query = select(INCIDENTS.c.body).order_by(INCIDENTS.c.since, INCIDENTS.c.seq)
        with self._reading() as connection:
            return every(connection, Incident, query if model is None else query.where(INCIDENTS.c.model == model))

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


def _put_measures(connection: Connection, verdict: Verdict, measures: tuple[Measure, ...]) -> None:
    keys = {"verdict": verdict.id, "model": verdict.model}
    rows = [{**keys, "at": micros(measure.at), "body": encode(measure)} for measure in measures]
    if rows:
        connection.execute(MEASURES.insert(), rows)


def _put_incident_and_alerts(connection: Connection, settlement: Settlement) -> None:
    """The incident first: its row is locked until the end, which keeps its alerts in the order of its changes."""
    if settlement.incident:
        put_incident(connection, settlement.incident)
    if settlement.transition:
        put_transition(connection, settlement.transition)
    for alert in settlement.alerts:
        put_alert(connection, alert)

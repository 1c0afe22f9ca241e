"""Flow runs that decisions asked for, in SQL."""

from sqlalchemy import case, select

from watchkeeper.adapters._sql_codec import decode, plain
from watchkeeper.adapters._sql_door import SqlDoor
from watchkeeper.adapters._sql_rows import change, put_followup
from watchkeeper.adapters._sql_tables import FOLLOWUPS
from watchkeeper.domain.followups import FollowUp, Story
from watchkeeper.ports.state import Waiting

__all__ = ["SqlFollowUps"]


class SqlFollowUps(SqlDoor):
    """What must run next, until somebody says how it ended."""

    __slots__ = ()

    def ask_for(self, followup: FollowUp) -> bool:
        with self._writing() as connection:
            return put_followup(connection, followup)

    def unacknowledged(self, model: str | None = None) -> tuple[tuple[FollowUp, Waiting], ...]:
        columns = FOLLOWUPS.c.body, FOLLOWUPS.c.attempts, FOLLOWUPS.c.run
        query = select(*columns).where(FOLLOWUPS.c.outcome.is_(None)).order_by(FOLLOWUPS.c.at, FOLLOWUPS.c.seq)
        if model is not None:
            query = query.where(FOLLOWUPS.c.model == model)
        with self._reading() as connection:
            rows = connection.execute(query).all()
        return tuple((decode(FollowUp, row.body), Waiting(row.attempts, "", row.run)) for row in rows)

    def started(self, followup: str, run: str) -> None:
        attempts = FOLLOWUPS.c.attempts + case((FOLLOWUPS.c.run == run, 0), else_=1)
        with self._writing() as connection:
            change(connection, FOLLOWUPS, followup, run=run, attempts=attempts)

    def acknowledge(self, followup: str, outcome: str) -> None:
        with self._writing() as connection:
            change(connection, FOLLOWUPS, followup, FOLLOWUPS.c.outcome.is_(None), outcome=plain(outcome))

    def followups(self, model: str, story: Story) -> tuple[tuple[FollowUp, str | None], ...]:
        mine = select(FOLLOWUPS.c.body, FOLLOWUPS.c.outcome)
        mine = mine.where(FOLLOWUPS.c.model == model, FOLLOWUPS.c.story == story)
        with self._reading() as connection:
            rows = connection.execute(mine.order_by(FOLLOWUPS.c.at, FOLLOWUPS.c.seq)).all()
        return tuple((decode(FollowUp, row.body), row.outcome) for row in rows)

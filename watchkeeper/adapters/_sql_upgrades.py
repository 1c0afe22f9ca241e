"""From the tables of an older Watchkeeper to those of today, one version after the other."""

import json
from collections.abc import Callable

from sqlalchemy import Connection, select, text, update

from watchkeeper.adapters._sql_tables import SCHEMA_VERSION, VERDICTS, VERSION

__all__ = ["upgrade"]


def upgrade(connection: Connection, version: int) -> int:
    """Bring the tables up to date within the caller's transaction; gives their version."""
    for step in range(version, VERSION):
        STEPS[step](connection)
    if version < VERSION:
        connection.execute(update(SCHEMA_VERSION).values(version=VERSION))
    return max(version, VERSION)


def _tell_verdicts_by_level(connection: Connection) -> None:
    """Version 2: the level of a verdict has a column of its own, with an index."""
    connection.execute(text("ALTER TABLE verdicts ADD COLUMN level BIGINT NOT NULL DEFAULT 0"))
    for row in connection.execute(select(VERDICTS.c.seq, VERDICTS.c.outline)).all():
        level = json.loads(row.outline)["level"]
        connection.execute(update(VERDICTS).where(VERDICTS.c.seq == row.seq).values(level=level))
    next(index for index in VERDICTS.indexes if index.name == "verdicts_by_level").create(connection)


STEPS: dict[int, Callable[[Connection], None]] = {1: _tell_verdicts_by_level}
"""By the version that each starts from."""

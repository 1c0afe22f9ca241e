"""The state store in SQLite or PostgreSQL, chosen by its URL."""

from dataclasses import dataclass

from watchkeeper.adapters._sql_connection import disconnect
from watchkeeper.adapters._sql_followups import SqlFollowUps
from watchkeeper.adapters._sql_outbox import SqlOutbox
from watchkeeper.adapters._sql_proof import SqlProof
from watchkeeper.adapters._sql_rollouts import SqlRollouts
from watchkeeper.adapters._sql_verdicts import SqlVerdicts

__all__ = ["SqlState"]


@dataclass(frozen=True, slots=True, repr=False)
class SqlState(SqlVerdicts, SqlOutbox, SqlFollowUps, SqlRollouts, SqlProof):
    """`watchkeeper.ports.StateStore` in one SQL database; connects when used, makes its tables the first time.

    SQLite runs with a write-ahead log, fully synchronous, and takes its write lock at the beginning of a writing
    transaction; another writer is waited for half a minute. Safe to share between threads, to pickle and to fork.

    Args:
        url: `sqlite:///folder/state.db` (the folder is made) or `postgresql+psycopg://user:password@host/name`.

    Raises:
        OutsideError: from every method, when the database cannot be reached, read or written.
    """

    def close(self) -> None:
        """Close the idle connections of this process; the next use connects again."""
        disconnect(self.url)

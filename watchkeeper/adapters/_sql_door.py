"""What every part of the state store stands on: a URL, and two kinds of transaction."""

from contextlib import AbstractContextManager
from dataclasses import dataclass

from sqlalchemy import Connection

from watchkeeper.adapters._sql_connection import shown, transaction

__all__ = ["SqlDoor"]


@dataclass(frozen=True, slots=True, repr=False)
class SqlDoor:
    """The way to one database; it opens when used."""

    url: str

    def __repr__(self) -> str:
        return f"{type(self).__name__}({shown(self.url)!r})"

    def _reading(self) -> AbstractContextManager[Connection]:
        return transaction(self.url, writes=False)

    def _writing(self) -> AbstractContextManager[Connection]:
        return transaction(self.url, writes=True)

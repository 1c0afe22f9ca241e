"""How the state store connects, begins a transaction, and says what went wrong."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from sqlalchemy import Connection, Engine, NullPool, create_engine, event, inspect, select
from sqlalchemy import text as sql
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, InterfaceError, InternalError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from watchkeeper.adapters._sql_tables import METADATA, SCHEMA_VERSION, VERSION
from watchkeeper.adapters._sql_upgrades import upgrade
from watchkeeper.errors import OutsideError

__all__ = ["disconnect", "shown", "transaction"]

PATIENCE = 30
"""Seconds to wait for another writer's lock."""
BUILD_LOCK = 0x57_4B_53_51
"""PostgreSQL's advisory lock while the tables are made; any number that nobody else uses."""
PASSING = (OperationalError, InterfaceError, InternalError, PoolTimeoutError)
"""Trouble that may be over at the next attempt."""
MENDS = {
    "not a database": "move the file away, or restore it from a backup",
    "malformed": "restore the file from a backup",
    "unable to open": "give this user a folder it can write to",
    "readonly": "let this user write to the file and its folder",
    "locked": "another process holds it; try again",
    "disk is full": "free some space",
}
_READY: set[Engine] = set()


@contextmanager
def transaction(url: str, *, writes: bool) -> Iterator[Connection]:
    """One transaction: committed when the block ends, rolled back when it raises.

    Raises:
        OutsideError: whatever the database refuses, without its password.
    """
    address = _address(url)
    with _plainly(address):
        engine = _engine(address, os.getpid())
        if engine not in _READY:
            _prepare(engine)
        with _begun(engine, writes=writes) as connection:
            yield connection


def disconnect(url: str) -> None:
    """Close the idle connections of this process; the next use connects again."""
    _engine(_address(url), os.getpid()).dispose()


def shown(url: str) -> str:
    """The URL as people may see it."""
    try:
        return _shown(_address(url))
    except OutsideError:
        return "an unreadable URL"


def _address(url: str) -> URL:
    """The URL with the driver we use, and an absolute path where it is a file."""
    try:
        address = make_url(url)
    except (ArgumentError, ValueError):
        address = URL.create("unreadable")
    if address.drivername == "sqlite" and address.database not in (None, "", ":memory:"):
        return address.set(database=str(Path(str(address.database)).absolute()))
    if address.drivername in ("postgres", "postgresql", "postgresql+psycopg"):
        return address.set(drivername="postgresql+psycopg")
    what = "its URL is neither sqlite:///folder/state.db nor postgresql+psycopg://user:password@host/name"
    raise OutsideError("state store", what, permanent=True) from None


def _shown(address: URL) -> str:
    query = {key: value for key, value in address.query.items() if key in ("host", "port")}
    return address.set(query=query).render_as_string(hide_password=True)


@contextmanager
def _plainly(address: URL) -> Iterator[None]:
    """Turn what SQLAlchemy raises into one sentence that names the database and, where it is known, the mend."""
    try:
        yield
    except SQLAlchemyError as error:
        _READY.discard(_engine(address, os.getpid()))
        said = " ".join(str(getattr(error, "orig", None) or error).split())
        if address.password:
            said = said.replace(str(address.password), "***")
        mend = next((f"; {mend}" for sign, mend in MENDS.items() if sign in said), "")
        permanent = not isinstance(error, PASSING)
        raise OutsideError("state store", f"{_shown(address)}: {said}{mend}", permanent=permanent) from error


@cache
def _engine(address: URL, _pid: int) -> Engine:
    """The engine of this process: one made before a fork belongs to the parent."""
    return _sqlite(address) if address.drivername == "sqlite" else _postgresql(address)


def _sqlite(address: URL) -> Engine:
    # Nothing is pooled: an SQLite connection that lives through a fork corrupts its file.
    lazily = {"timeout": PATIENCE, "isolation_level": None}
    engine = create_engine(address, poolclass=NullPool, connect_args=lazily, hide_parameters=True)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _begin_sqlite(connection: Connection) -> None:
    """Readers never wait; a writer takes its lock at once, so that it cannot find the world changed later."""
    _write_ahead(connection)
    connection.exec_driver_sql("PRAGMA synchronous=FULL")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if connection.get_execution_options().get("writes") else "BEGIN")


def _write_ahead(connection: Connection) -> None:
    """Only the first use of a file changes its mode, but then SQLite does not wait for others, so we do."""
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            connection.exec_driver_sql("PRAGMA journal_mode=WAL").close()
        except OperationalError as error:
            if "locked" not in str(error.orig) or time.monotonic() > deadline:
                raise
            time.sleep(0.01)
        else:
            return


def _postgresql(address: URL) -> Engine:
    patience = {} if "connect_timeout" in address.query else {"connect_timeout": PATIENCE}
    try:
        engine = create_engine(address, pool_pre_ping=True, connect_args=patience, hide_parameters=True)
    except ModuleNotFoundError as error:
        what = 'PostgreSQL needs a driver: pip install "watchkeeper[postgres]"'
        raise OutsideError("state store", what, permanent=True) from error
    event.listen(engine, "begin", _begin_postgresql)
    return engine


def _begin_postgresql(connection: Connection) -> None:
    if connection.get_execution_options().get("writes"):
        connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{PATIENCE}s'")


@contextmanager
def _begun(engine: Engine, *, writes: bool) -> Iterator[Connection]:
    with engine.connect().execution_options(writes=writes) as connection, connection.begin():
        yield connection


def _prepare(engine: Engine) -> None:
    """Make the tables where there are none; refuse those of a newer Watchkeeper."""
    _make_folder(engine.url)
    with _begun(engine, writes=False) as connection:
        version = _version(connection)
    if version is None or version < VERSION:
        with _begun(engine, writes=True) as connection:
            version = _build(connection)
    if version > VERSION:
        what = f"{_shown(engine.url)}: its schema has version {version}, this Watchkeeper knows {VERSION}; upgrade it"
        raise OutsideError("state store", what, permanent=True)
    _READY.add(engine)


def _make_folder(address: URL) -> None:
    if address.drivername != "sqlite":
        return
    folder = Path(str(address.database)).parent
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        what = f"{_shown(address)}: the folder cannot be made ({error.strerror}); name one that this user can write to"
        raise OutsideError("state store", what) from error


def _version(connection: Connection) -> int | None:
    if not inspect(connection).has_table(SCHEMA_VERSION.name):
        return None
    return connection.scalar(select(SCHEMA_VERSION.c.version))


def _build(connection: Connection) -> int:
    """Make all tables, or bring them up to date, unless another process was faster."""
    if connection.dialect.name == "postgresql":
        connection.execute(sql("SELECT pg_advisory_xact_lock(:number)"), {"number": BUILD_LOCK})
    version = _version(connection)
    if version is None:
        METADATA.create_all(connection, checkfirst=False)
        connection.execute(SCHEMA_VERSION.insert().values(version=VERSION))
    return upgrade(connection, version or VERSION)

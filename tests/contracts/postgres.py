"""A PostgreSQL server of our own for the length of a test run, reached through a unix socket in a temporary folder."""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

OWNER = "watchkeeper"
DEADLINE = 30.0


def missing() -> str | None:
    """Why there can be no server here, or None."""
    lacking = [name for name in ("initdb", "postgres") if _binary(name) is None]
    return f"PostgreSQL is not installed: no {' and no '.join(lacking)}" if lacking else None


@contextmanager
def server() -> Iterator[Path]:
    """A running server; gives the folder of its socket."""
    folder = Path(tempfile.mkdtemp(prefix="wk-pg-"))
    try:
        _give_away(folder)
        _run("initdb", "-D", folder / "pg", "-U", OWNER, "--auth=trust", "--no-sync", "-E", "UTF8", "--locale=C")
        with _running(folder):
            yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def fresh_schema(folder: Path, name: str) -> str:
    """An empty schema, which is made faster than a database; gives a URL that leads there."""
    with psycopg.connect(host=str(folder), user=OWNER, dbname="postgres", autocommit=True) as connection:
        connection.execute(f'CREATE SCHEMA "{name}"')
    return f"postgresql+psycopg://{OWNER}:hush@/postgres?host={folder}&options=-csearch_path%3D{name}"


def _binary(name: str) -> str | None:
    """On the PATH, or where Debian keeps it; the newest first."""
    kept = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda p: int(p.parts[-3]), reverse=True)
    return shutil.which(name) or (str(kept[0]) if kept else None)


def _user() -> str | None:
    """PostgreSQL refuses to run as root: then it runs as somebody else."""
    if os.geteuid() != 0:
        return None
    return next(name for name in ("postgres", "nobody") if any(u.pw_name == name for u in pwd.getpwall()))


def _give_away(folder: Path) -> None:
    if user := _user():
        os.chown(folder, pwd.getpwnam(user).pw_uid, -1)


def _start(name: str, *arguments: object, output: int | None = subprocess.DEVNULL) -> subprocess.Popen[bytes]:
    command = [str(_binary(name)), *map(str, arguments)]
    return subprocess.Popen(command, user=_user(), cwd="/", stdout=output, stderr=subprocess.STDOUT)


def _run(name: str, *arguments: object) -> None:
    process = _start(name, *arguments, output=subprocess.PIPE)
    output, _ = process.communicate(timeout=DEADLINE)
    assert process.returncode == 0, output.decode()


@contextmanager
def _running(folder: Path) -> Iterator[None]:
    # Nothing outlives the tests: it need not survive a power cut, nor tidy up at its end.
    process = _start("postgres", "-D", folder / "pg", "-k", folder, "-c", "listen_addresses=", "-c", "fsync=off")
    try:
        _wait_until_it_answers(folder)
        yield
    finally:
        process.send_signal(signal.SIGQUIT)
        process.wait(timeout=DEADLINE)


def _wait_until_it_answers(folder: Path) -> None:
    deadline = time.monotonic() + DEADLINE
    while True:
        try:
            psycopg.connect(host=str(folder), user=OWNER, dbname="postgres").close()
        except psycopg.OperationalError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)
        else:
            return

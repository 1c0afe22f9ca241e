"""The databases that the state store's contract is held against."""

import os
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from tests.contracts import postgres
from watchkeeper.adapters.sql_state import SqlState

NUMBERS = count(1)


@pytest.fixture(scope="session")
def postgres_folder() -> Iterator[Path]:
    """The socket's folder of one server for all tests; a missing server is a failure where CI says so."""
    if reason := postgres.missing():
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    with postgres.server() as folder:
        yield folder


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty database."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/state/watchkeeper.db"
    return postgres.fresh_schema(request.getfixturevalue("postgres_folder"), f"state_{next(NUMBERS)}")


@pytest.fixture
def state(database: str) -> Iterator[SqlState]:
    store = SqlState(database)
    yield store
    store.close()

"""What the state store says when its database cannot be used."""

import pickle
from pathlib import Path

import pytest
from sqlalchemy import create_engine

from tests.builders import DAY, HOUR, NOON, a_heartbeat, a_verdict, an_entry
from tests.contracts.test_state_store import quiet
from watchkeeper.adapters.sql_state import SqlState
from watchkeeper.domain.levels import Level
from watchkeeper.errors import OutsideError


def complaint(url: str) -> OutsideError:
    """The same sentence, whether one reads or writes."""
    with pytest.raises(OutsideError) as writing:
        SqlState(url).note(an_entry())
    with pytest.raises(OutsideError) as reading:
        SqlState(url).audit()
    assert str(reading.value) == str(writing.value)
    assert reading.value.who == "state store"
    return writing.value


def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    file = tmp_path / "state.db"
    file.write_bytes(b"these are not the pages you are looking for" * 100)
    error = complaint(f"sqlite:///{file}")
    assert str(file) in error.what
    assert "restore it from a backup" in error.what
    assert error.permanent


def test_a_damaged_database_is_named(tmp_path: Path) -> None:
    file = tmp_path / "state.db"
    state = SqlState(f"sqlite:///{file}")
    for day in range(50):
        state.note(an_entry(id=f"entry {day}"))
    pages = bytearray(file.read_bytes())
    pages[4096:] = b"\xff" * (len(pages) - 4096)
    file.write_bytes(bytes(pages))
    with pytest.raises(OutsideError, match="malformed") as caught:
        state.audit()
    assert str(file) in caught.value.what
    assert caught.value.permanent


def test_the_folder_of_the_file_is_made(tmp_path: Path) -> None:
    SqlState(f"sqlite:///{tmp_path}/deep/down/state.db").note(an_entry())
    assert (tmp_path / "deep/down/state.db").is_file()


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    error = complaint(f"sqlite:///{tmp_path}/file/state/watchkeeper.db")
    assert f"{tmp_path}/file/state/watchkeeper.db" in error.what
    assert "name one that this user can write to" in error.what
    assert not error.permanent


def test_a_folder_in_place_of_the_file_is_named(tmp_path: Path) -> None:
    error = complaint(f"sqlite:///{tmp_path}")
    assert str(tmp_path) in error.what
    assert "give this user a folder it can write to" in error.what


def test_an_outside_error_survives_the_way_to_another_process(tmp_path: Path) -> None:
    error = complaint(f"sqlite:///{tmp_path}")
    error.after = 3.0
    copy = pickle.loads(pickle.dumps(error))  # noqa: S301 - our own bytes
    assert (str(copy), copy.who, copy.what) == (str(error), error.who, error.what)
    assert (copy.permanent, copy.after) == (False, 3.0)


def test_a_stored_value_that_cannot_be_read_is_an_outside_error(tmp_path: Path) -> None:
    state = SqlState(f"sqlite:///{tmp_path}/state.db")
    state.settle(quiet(a_verdict()))
    run_sql(state.url, "UPDATE verdicts SET body = '{'")
    with pytest.raises(OutsideError, match="a stored Verdict cannot be read"):
        state.verdict(a_verdict().id)


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:", "mysql://ada:hush@host/name", "no url: hush", ""])
def test_a_url_that_cannot_be_meant_is_refused_without_being_repeated(url: str) -> None:
    error = complaint(url)
    assert "neither sqlite:///folder/state.db nor postgresql+psycopg://" in error.what
    assert error.permanent
    assert "hush" not in f"{error} {SqlState(url)!r} {error.__cause__}"


def test_a_server_that_does_not_answer_is_named_without_the_password(tmp_path: Path) -> None:
    url = f"postgresql://ada:hush@/house?host={tmp_path}&sslpassword=hush"
    error = complaint(url)
    assert f"ada:***@/house?host={str(tmp_path).replace('/', '%2F')}" in error.what
    assert "connection" in error.what
    assert not error.permanent
    assert "hush" not in f"{error} {SqlState(url)!r} {SqlState(url)} {error.__cause__}"


def test_a_newer_schema_is_refused(database: str, tmp_path: Path) -> None:
    (tmp_path / "state").mkdir()
    run_sql(database, "CREATE TABLE schema_version (version INTEGER)", "INSERT INTO schema_version VALUES (99)")
    error = complaint(database)
    assert "its schema has version 99, this Watchkeeper knows 2; upgrade it" in error.what
    assert error.permanent


def test_an_older_schema_is_brought_up_to_date(database: str) -> None:
    state = SqlState(database)
    for hour, level in enumerate((Level.OK, Level.CRITICAL)):
        state.settle(quiet(a_verdict(end=NOON + hour * HOUR, level=level)))
    run_sql(
        database,
        "DROP INDEX verdicts_by_level",
        "ALTER TABLE verdicts DROP COLUMN level",
        "UPDATE schema_version SET version = 1",
    )
    with pytest.raises(OutsideError, match="level"):  # this process took the tables for those of today
        state.outlines("flights", NOON + DAY, None, least=Level.WARNING)
    found = state.outlines("flights", NOON + DAY, None, least=Level.WARNING)
    assert [v.level for v in found] == [Level.CRITICAL]


def run_sql(url: str, *statements: str) -> None:
    """As another program would."""
    engine = create_engine(url)
    with engine.begin() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)
    engine.dispose()


def test_a_store_recovers_when_its_database_comes_back(tmp_path: Path) -> None:
    file = tmp_path / "state.db"
    state = SqlState(f"sqlite:///{file}")
    file.write_bytes(b"noise" * 1_000)
    with pytest.raises(OutsideError):
        state.beat(a_heartbeat())
    file.unlink()
    state.beat(a_heartbeat())
    assert state.heartbeats() == (a_heartbeat(),)


def test_a_database_that_vanished_is_made_anew_at_the_second_attempt(tmp_path: Path) -> None:
    file = tmp_path / "state.db"
    state = SqlState(f"sqlite:///{file}")
    state.beat(a_heartbeat())
    file.unlink()
    with pytest.raises(OutsideError, match="no such table"):
        state.heartbeats()
    assert state.heartbeats() == ()


def test_a_relative_path_belongs_to_the_folder_one_is_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        monkeypatch.chdir(tmp_path / name)
        SqlState("sqlite:///state.db").beat(a_heartbeat(name=name, at=NOON))
        assert [beat.name for beat in SqlState("sqlite:///state.db").heartbeats()] == [name]

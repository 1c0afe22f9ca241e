"""`watchkeeper backtest` and `watchkeeper tune`, as they are typed."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from tests import toy
from watchkeeper.cli.app import app
from watchkeeper.errors import Conflict, NotThere, SpecError
from watchkeeper.spec import read_model
from watchkeeper.spec.writing import SpecFile
from watchkeeper.story.house import House
from watchkeeper.wiring import HOUSE, open_house

NERVOUS = "[checks.calibration]  # who plans by them\ncritical = 0.01\n"

Command = Callable[..., Result]


@pytest.fixture
def home(lived: House, tmp_path: Path) -> Path:
    """A copy of the house that has lived, to be written into."""
    shutil.copytree(lived.spec.models.parent, tmp_path / "home")
    return tmp_path / "home"


@pytest.fixture
def command(home: Path) -> Iterator[Command]:
    """Types a command at this house."""
    before = dict(os.environ)
    os.environ |= {HOUSE: str(home / "house.toml"), "COLUMNS": "200", "NO_COLOR": "1"}

    def typed(*words: object) -> Result:
        return CliRunner().invoke(app, [str(word) for word in words])

    yield typed
    os.environ.clear()
    os.environ.update(before)


def refused(result: Result, kind: type[Exception]) -> str:
    assert isinstance(result.exception, kind), result.output
    return str(result.exception)


def toy_file(home: Path, more: str = "") -> Path:
    """The toy's spec, saying more of its checks."""
    file = home / "models" / "toy.toml"
    file.write_text(file.read_text().replace("[response]", f"{more}[response]"))
    return file


def test_a_backtest_shows_tables_and_leaves_a_picture_and_a_page(command: Command, home: Path) -> None:
    result = command("backtest", "toy", "--plant", "nulls")
    assert result.exit_code == 0, result.output
    for told in ("How much it pages", "production", "spec in force", "data bug", "nulls", "pages for the same"):
        assert told in result.output
    png, html = sorted((home / "kept" / "backtests").iterdir(), key=lambda file: file.suffix, reverse=True)
    assert png.name == "backtest-toy-20240301-20240319.png"
    assert png.read_bytes().startswith(b"\x89PNG")
    assert "toy: what would have paged, against what did" in html.read_text()


def test_a_changed_spec_is_compared_with_the_one_in_force(command: Command, home: Path, tmp_path: Path) -> None:
    changed = tmp_path / "changed.toml"
    shutil.copy(toy_file(home, "[checks.drift]\nenabled = false\n"), changed)
    toy_file(home).write_text(toy.SPEC.replace("NAME", "toy"))
    out = tmp_path / "out"
    result = command("backtest", "toy", "--spec", changed, "--from", "2024-03-04", "--to", "2024-03-12", "--out", out)
    assert result.exit_code == 0, result.output
    assert "changed spec" in result.output
    assert {file.suffix for file in out.iterdir()} == {".png", ".html"}


def test_a_changed_length_of_windows_is_compared_with_production_alone(command: Command, tmp_path: Path) -> None:
    changed = tmp_path / "changed.toml"
    changed.write_text('every = "2d"\n' + toy.SPEC.replace("NAME", "toy"))
    result = command("backtest", "toy", "--spec", changed)
    assert result.exit_code == 0, result.output
    assert "changed spec" in result.output
    assert "spec in force" not in result.output


@pytest.mark.parametrize("verb", ["backtest", "tune"])
def test_an_unknown_model_is_told_with_those_that_are_known(command: Command, verb: str) -> None:
    assert "there is no model `tony`" in refused(command(verb, "tony"), NotThere)


def test_a_spec_of_another_model_is_refused(command: Command, tmp_path: Path) -> None:
    other = tmp_path / "other.toml"
    other.write_text(toy.SPEC.replace("NAME", "other"))
    told = refused(command("backtest", "toy", "--spec", other), SpecError)
    assert "is a spec of `other`, not of `toy`" in told


def test_days_without_windows_are_named(command: Command) -> None:
    told = refused(command("backtest", "toy", "--from", "2025-01-01"), NotThere)
    assert "no stored window from 2025-01-01" in told


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("backtest", "toy", "--plant", "gremlins"), "there is no fault gremlins; known are all, nulls"),
        (("backtest", "toy", "--from", "2024-03-10", "--to", "2024-03-05"), "lies after --to"),
        (("tune", "toy", "--budget", "often"), 'write it like "1 in 30d"'),
    ],
)
def test_what_cannot_be_meant_is_said(command: Command, words: tuple[str, ...], told: str) -> None:
    result = command(*words)
    assert result.exit_code == 2
    assert told in " ".join(result.output.replace("│", " ").split())


def test_tune_shows_the_difference_and_writes_nothing_by_itself(command: Command, home: Path) -> None:
    file = toy_file(home, NERVOUS)
    before = file.read_text()
    result = command("tune", "toy", "--false-alarm", "all")
    assert result.exit_code == 0, result.output
    assert "-critical = 0.01" in result.output
    assert "less sensitive" in result.output
    assert "Nothing was written" in result.output
    assert file.read_text() == before


def test_tune_writes_on_request_and_keeps_what_a_person_wrote(command: Command, home: Path) -> None:
    file = toy_file(home, NERVOUS)
    result = command("tune", "toy", "--false-alarm", "all", "--budget", "2 in 30d", "--write")
    assert result.exit_code == 0, result.output
    assert "[checks.calibration]  # who plans by them" in file.read_text()
    spec = read_model(file)
    assert {c.kind: c.critical for c in spec.asked}["calibration"] > 0.01
    assert str(spec.alerts.budget) == "2 in 30d"
    assert "Nothing to change" in command("tune", "toy", "--false-alarm", "all").output


def test_a_proposal_can_be_kept_and_tried_first(command: Command, home: Path, tmp_path: Path) -> None:
    file, kept = toy_file(home, NERVOUS), tmp_path / "proposed.toml"
    assert command("tune", "toy", "--false-alarm", "all", "--out", kept).exit_code == 0
    assert "critical = 0.01" in file.read_text()
    assert {c.kind: c.critical for c in read_model(kept).asked}["calibration"] > 0.01


def test_a_file_that_was_changed_while_tuning_is_left_alone(home: Path) -> None:
    file = toy_file(home, NERVOUS)
    read = SpecFile(file, file.read_text())
    file.write_text(file.read_text() + "# somebody was here\n")
    with pytest.raises(Conflict, match="changed meanwhile"):
        read.write(read.changed({"calibration": 0.2}))


def test_status_shows_what_was_paged_beside_the_budget(command: Command, home: Path) -> None:
    assert "1 (1)" in command("status").output
    toy_file(home, '[alerts]\nbudget = "1 in 60d"\n')
    assert "1 (0.5)" in command("status").output
    assert len(open_house(home / "house.toml").state.incidents("toy")) == 1


@pytest.mark.parametrize("verb", ["backtest", "tune"])
def test_help_teaches(command: Command, verb: str) -> None:
    told = " ".join(command(verb, "--help").output.split())
    assert "false" in told.lower()
    assert {"backtest": "Nothing is turned on", "tune": "Fixed limits share the budget evenly"}[verb] in told

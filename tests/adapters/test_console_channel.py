"""The terminal and the file."""

import json
import sys
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO, StringIO, TextIOWrapper
from pathlib import Path

import pytest

from tests.builders import an_alert
from watchkeeper.adapters.console_channel import ConsoleChannel
from watchkeeper.domain.alerts import Link
from watchkeeper.domain.incidents import Change
from watchkeeper.domain.responses import ADVICE
from watchkeeper.errors import OutsideError


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "new" / "folder" / "alerts.jsonl"


def told(file: Path) -> list[str]:
    return [json.loads(line)["alert"] for line in file.read_text().splitlines()]


def test_an_alert_is_a_block_that_a_tired_person_can_read(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    runbook = Link("runbook", "https://wiki.example/missing")
    ConsoleChannel(file).deliver(
        an_alert(sentence="flights: temp is missing.", findings=("CRITICAL: a",), links=(runbook,))
    )
    assert capsys.readouterr().out.splitlines() == [
        "CRITICAL flights: temp is missing. (data bug, opened)",
        "  - CRITICAL: a",
        "  - runbook: https://wiki.example/missing",
    ]


def test_a_block_says_why_the_cause_is_believed_and_what_to_do(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    alert = an_alert(evidence="temp (missing) is broken.", findings=(), links=())
    ConsoleChannel(file).deliver(alert)
    assert capsys.readouterr().out.splitlines()[1:] == [
        "  - evidence: temp (missing) is broken.",
        f"  - what to do: {ADVICE[alert.cause]}",
    ]


def test_a_resolved_incident_does_not_shout_its_level(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ConsoleChannel(file).deliver(an_alert(change=Change.RESOLVED, sentence="flights: quiet again."))
    assert capsys.readouterr().out.startswith("RESOLVED flights: quiet again. (")


def test_an_alert_is_printed_and_written_once(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    channel, alert = ConsoleChannel(file), an_alert()
    channel.deliver(an_alert(id="another"))
    assert [channel.deliver(alert) for _ in range(3)] == [f"{file}#2"] * 3
    assert told(file) == ["another", alert.id]
    assert capsys.readouterr().out.count("CRITICAL flights") == 2


def test_a_line_holds_the_whole_alert(file: Path) -> None:
    alert = an_alert()
    ConsoleChannel(file).deliver(alert)
    line = json.loads(file.read_text())
    assert line.pop("alert") == alert.id
    assert (line["level"], line["change"], line["at"]) == ("CRITICAL", "opened", alert.at.isoformat())
    assert line["links"] == [{"name": link.name, "url": link.url} for link in alert.links]


def test_an_alert_whose_id_begins_like_another_is_not_taken_for_it(file: Path) -> None:
    for identity in ("a#10", "a#1", "a"):
        ConsoleChannel(file).deliver(an_alert(id=identity))
    assert told(file) == ["a#10", "a#1", "a"]


@pytest.mark.parametrize("kept", [0, 1, 40, -1])
def test_a_line_torn_by_a_kill_is_written_again(file: Path, kept: int) -> None:
    channel, torn = ConsoleChannel(file), an_alert(id="torn")
    channel.deliver(an_alert(id="whole"))
    whole = file.read_bytes()
    channel.deliver(torn)
    file.write_bytes(whole + file.read_bytes().removeprefix(whole)[:kept])
    assert channel.deliver(torn) == f"{file}#2"
    assert told(file) == ["whole", "torn"]


def test_a_line_that_is_not_ours_is_left_alone(file: Path) -> None:
    file.parent.mkdir(parents=True)
    file.write_bytes(b"\x00\xff what is this\n")
    assert ConsoleChannel(file).deliver(an_alert()) == f"{file}#2"
    assert file.read_bytes().startswith(b"\x00\xff what is this\n")


def test_many_at_once_write_each_alert_once(file: Path) -> None:
    channel = ConsoleChannel(file)
    alerts = [an_alert(id=f"alert {n % 10}") for n in range(60)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(channel.deliver, alerts))
    assert sorted(told(file)) == [f"alert {n}" for n in range(10)]


def test_terminal_codes_and_line_breaks_of_live_traffic_do_not_reach_the_terminal(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ConsoleChannel(file).deliver(an_alert(sentence="carrier \x1b[2J\r\nOK all is well \ud800", findings=(), links=()))
    assert capsys.readouterr().out == "CRITICAL carrier [2J OK all is well (data bug, opened)\n"


def test_a_terminal_that_cannot_spell_still_shows_the_rest(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = TextIOWrapper(buffer := BytesIO(), encoding="ascii")
    monkeypatch.setattr(sys, "stdout", terminal)
    ConsoleChannel(file).deliver(an_alert(sentence="Zürich ist weg", findings=(), links=()))
    assert buffer.getvalue() == b"CRITICAL Z?rich ist weg (data bug, opened)\n"


def test_a_closed_terminal_does_not_make_an_alert_untold(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    closed = StringIO()
    closed.close()
    monkeypatch.setattr(sys, "stdout", closed)
    ConsoleChannel(file).deliver(an_alert(id="a"))
    assert told(file) == ["a"]


def test_a_file_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    with pytest.raises(OutsideError, match=f"console: cannot write {tmp_path}") as refused:
        ConsoleChannel(tmp_path).deliver(an_alert())
    assert not refused.value.permanent

"""What `status` and `explain` show of a diagnosis."""

from collections.abc import Iterable
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console, RenderableType

from tests import toy
from tests.builders import NOON, a_finding, a_settlement, a_transition, a_verdict, an_incident
from watchkeeper.cli.pages import explain_page, status_page
from watchkeeper.domain.causes import Cause
from watchkeeper.domain.levels import Level
from watchkeeper.domain.responses import ADVICE
from watchkeeper.story.house import House
from watchkeeper.wiring import open_house

EVIDENCE = "The labels are not to be believed: labels of carrier [origin=JFK] are turned."


def shown(parts: Iterable[RenderableType]) -> str:
    """The page on a wide screen, in one line."""
    screen = Console(file=StringIO(), width=400)
    for part in parts:
        screen.print(part)
    said = screen.file
    assert isinstance(said, StringIO)
    return " ".join(said.getvalue().split())


@pytest.fixture
def house(tmp_path: Path) -> House:
    return open_house(toy.build(tmp_path))


def settled(house: House, cause: Cause, **changes: object) -> None:
    """The toy's newest window, with an incident of this cause."""
    verdict = a_verdict("toy", cause=cause, evidence=EVIDENCE, **changes)
    incident = an_incident("toy", cause=cause, evidence=EVIDENCE)
    house.state.settle(a_settlement(verdict, incident=incident, transition=a_transition(incident), followups=()))


def test_an_open_incident_says_its_evidence_and_what_follows(house: House) -> None:
    settled(house, Cause.LABEL_FEED_FAULT)
    page = shown(status_page(house))
    assert "cause: label-feed fault; since 2013-07-01 12:00" in page
    assert EVIDENCE in page
    assert ADVICE[Cause.LABEL_FEED_FAULT] in page


@pytest.mark.parametrize(
    ("cause", "mark"),
    [
        (Cause.DATA_BUG, "not for training: its records are broken."),
        (Cause.SERVING_FAULT, "not for training: its records are broken."),
        (Cause.LABEL_FEED_FAULT, "not for training: the labels that it judged are broken."),
        (Cause.CONCEPT_DRIFT, ""),
    ],
)
def test_a_window_that_is_not_for_training_is_marked(house: House, cause: Cause, mark: str) -> None:
    settled(house, cause)
    for page in (shown(status_page(house)), shown(explain_page(house, f"toy@{NOON:%Y-%m-%dT%H:%MZ}"))):
        assert mark in page
        assert ("not for training:" in page) is bool(mark)


def test_a_quiet_window_is_not_marked_whatever_it_was_taken_for(house: House) -> None:
    settled(house, Cause.DATA_BUG, findings=[a_finding(level=Level.OK)])
    assert "not for training:" not in shown(status_page(house))


def test_brackets_of_a_segment_are_shown_and_no_markup(house: House) -> None:
    sentence = "origin=JFK: temp is far off."
    settled(house, Cause.DATA_BUG, findings=[a_finding(subject="temp [origin=JFK]", sentence=sentence)])
    page = shown(explain_page(house, f"toy@{NOON:%Y-%m-%dT%H:%MZ}"))
    assert "temp [origin=JFK]" in page
    assert EVIDENCE in page

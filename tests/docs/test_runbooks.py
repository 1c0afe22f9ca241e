"""Every page says what a person does for each cause that its check's findings can lead to."""

import re
from pathlib import Path

import pytest

from watchkeeper.checks import built_in
from watchkeeper.cli.app import app
from watchkeeper.domain.causes import CAUSES_OF, Cause
from watchkeeper.domain.findings import Family
from watchkeeper.domain.scenes import SLOW

RUNBOOKS = Path(__file__).parents[2] / "docs" / "runbooks"
CHECKS = built_in()
PAGES = sorted(path.name for path in RUNBOOKS.glob("*.md"))
SPEAKING = sorted(kind for kind, check in CHECKS.items() if CAUSES_OF[check.family] and kind != SLOW)


def rows(kind: str) -> list[list[str]]:
    """The rows of the table of causes: cause, what to look at, what to do."""
    page = (RUNBOOKS / CHECKS[kind].runbook).read_text(encoding="utf-8")
    _, _, table = page.partition("| cause | look at | do |\n|---|---|---|\n")
    lines = table.partition("\n\n")[0].splitlines()
    return [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines]


@pytest.mark.parametrize("kind", SPEAKING)
def test_a_page_names_every_cause_that_its_findings_can_lead_to_and_no_word_for_one_that_is_none(kind: str) -> None:
    named = {row[0] for row in rows(kind)}
    assert {str(cause) for cause in CAUSES_OF[CHECKS[kind].family]} <= named <= {str(cause) for cause in Cause}


@pytest.mark.parametrize("kind", SPEAKING)
def test_each_cause_has_something_to_look_at_and_something_to_do(kind: str) -> None:
    for row in rows(kind):
        assert len(row) == 3
        assert all(len(cell) > 3 for cell in row)


@pytest.mark.parametrize("page", PAGES)
def test_every_command_on_a_page_is_one_that_there_is(page: str) -> None:
    known = {command.name or command.callback.__name__ for command in app.registered_commands if command.callback}
    known |= {group.name for group in app.registered_groups}
    said = re.findall(r"`watchkeeper (\w+)", (RUNBOOKS / page).read_text(encoding="utf-8"))
    assert set(said) <= known


def test_every_family_has_its_causes_and_every_cause_but_unknown_a_family() -> None:
    assert CAUSES_OF.keys() == set(Family)
    assert {cause for causes in CAUSES_OF.values() for cause in causes} == set(Cause)
    assert len(SPEAKING) > 15

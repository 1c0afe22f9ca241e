"""Decisions can be found, and each says the three things."""

from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[2] / "docs" / "adr"
PAGES = sorted(FOLDER.glob("[0-9]*.md"))
INDEX = (FOLDER / "README.md").read_text(encoding="utf-8")


def test_decisions_are_numbered_without_a_gap() -> None:
    assert len(PAGES) >= 9
    assert [int(page.name[:4]) for page in PAGES] == list(range(1, len(PAGES) + 1))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_decision_is_in_the_index_and_fits_on_a_page(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    headings = [line for line in text.splitlines() if line.startswith("#")]
    assert headings[0].startswith(f"# {page.name[:4]} ")
    assert headings[1:] == ["## Context", "## Decision", "## Consequences"]
    assert len(text.splitlines()) <= 60
    assert f"[{page.name[:4]}]({page.name})" in INDEX

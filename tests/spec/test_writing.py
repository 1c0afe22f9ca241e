"""Limits written into a spec: what a person wrote stays, and nobody's change is lost."""

import tomllib
from pathlib import Path

import pytest

from watchkeeper.domain.budgets import Budget
from watchkeeper.errors import Conflict, NotThere, SpecError
from watchkeeper.spec import read_model
from watchkeeper.spec.writing import SpecFile, spec_file

TEXT = """# The model of the shop.
model = "shop"     # its name

[checks.missing]   # nobody likes holes
critical = 0.10    # ten in a hundred
warning = 0.08

[features]
numeric = ["age"]  # in years

[checks.auc]
enabled = false

[training]
function = "shop:train"
"""


@pytest.fixture
def file(tmp_path: Path) -> SpecFile:
    (tmp_path / "other.toml").write_text(TEXT.replace('"shop"     #', '"other"    #'))
    (tmp_path / "broken.toml").write_text("model = ")
    (tmp_path / "whatever.toml").write_text(TEXT)
    return spec_file(tmp_path, "shop")


def test_the_file_is_found_by_the_model_that_it_describes(file: SpecFile) -> None:
    assert file.path.name == "whatever.toml"
    with pytest.raises(NotThere, match="describes a model `nobody`"):
        spec_file(file.path.parent, "nobody")


def test_a_limit_changes_and_everything_else_stays_where_it_was(file: SpecFile) -> None:
    changed = file.changed({"missing": 0.2})
    assert changed == TEXT.replace("critical = 0.10    #", "critical = 0.2    #").replace("0.08", "0.16")


def test_a_check_that_was_not_named_gets_a_table_and_the_budget_its_own(file: SpecFile) -> None:
    changed = file.changed({"range": 0.05}, Budget(2))
    assert [line for line in TEXT.splitlines() if line not in changed.splitlines()] == []
    table = tomllib.loads(changed)
    assert table["checks"]["range"] == {"critical": 0.05}
    assert table["checks"]["auc"] == {"enabled": False}
    assert table["alerts"] == {"budget": "2 in 30d"}


@pytest.mark.parametrize(
    "checks",
    [
        "checks.missing.critical = 0.1 # why",
        "checks = { missing = { critical = 0.1 } } # why",
        "[checks]\nmissing = { critical = 0.1 } # why",
        "[checks.missing]\ncritical = 0.1 # why",
        "# why",
    ],
    ids=["dotted", "inline", "inline in a table", "table", "none"],
)
def test_limits_find_their_place_however_tables_are_written(tmp_path: Path, checks: str) -> None:
    rest = '\n[features]\nnumeric = ["age"]\n[training]\nfunction = "shop:train"\n'
    file = SpecFile(tmp_path / "shop.toml", f'model = "shop"\n{checks}\n{rest}')
    changed = file.changed({"missing": 0.3, "range": 0.05})
    assert "# why" in changed
    assert tomllib.loads(changed)["checks"] == {"missing": {"critical": 0.3}, "range": {"critical": 0.05}}


def test_what_is_written_is_what_is_read(file: SpecFile) -> None:
    file.write(file.changed({"missing": 0.2}))
    assert {c.kind: c.critical for c in read_model(file.path).asked}["missing"] == 0.2
    assert [p.name for p in file.path.parent.iterdir() if "unfinished" in p.name] == []


def test_a_file_that_somebody_changed_meanwhile_is_left_alone(file: SpecFile) -> None:
    theirs = TEXT.replace("0.10", "0.15")
    file.path.write_text(theirs)
    with pytest.raises(Conflict, match=r"whatever\.toml was changed meanwhile"):
        file.write(file.changed({"missing": 0.2}))
    assert file.path.read_text() == theirs
    assert [p.name for p in file.path.parent.iterdir() if "unfinished" in p.name] == []


def test_what_cannot_be_meant_is_not_written(file: SpecFile) -> None:
    with pytest.raises(SpecError, match=r"checks\.missing"):
        file.write(TEXT.replace("critical = 0.10", "critical = -1"))
    assert file.path.read_text() == TEXT


def test_a_spec_can_be_asked_for_with_changed_tables(file: SpecFile) -> None:
    asked = file.spec({"alerts": {"budget": "3 in 30d"}})
    assert asked.alerts.budget == Budget(3)
    assert file.spec().alerts.budget == Budget()

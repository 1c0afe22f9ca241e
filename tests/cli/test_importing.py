"""`watchkeeper labels` on a house."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from tests import toy
from tests.contracts.records import NOON, TODAY, records
from watchkeeper.cli.app import app
from watchkeeper.errors import OutsideError
from watchkeeper.serving.privacy import SALT, Privacy
from watchkeeper.story.house import House
from watchkeeper.wiring import HOUSE, open_house


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> House:
    file = toy.build(tmp_path)
    monkeypatch.setenv(HOUSE, str(file))
    opened = open_house(file)
    opened.predictions.append("toy", records(["a", "b", "c"]))
    return opened


def said(*arguments: object) -> str:
    run = CliRunner().invoke(app, ["labels", "toy", *map(str, arguments)], catch_exceptions=False)
    assert not run.exit_code
    return " ".join(run.output.split())


def test_labels_of_files_are_imported_once(house: House, tmp_path: Path) -> None:
    one, two = tmp_path / "1.csv", tmp_path / "2.csv"
    one.write_text("request,outcome,when\na,1,2013-07-01\nb,0,2013-07-01\n")
    two.write_text("request,outcome,when\nc,1,2013-07-01\n")
    asked = (one, two, "--id", "request", "--label", "outcome", "--known-at", "when")
    assert "2 labels of toy." in said(*asked)
    assert said(*asked).count("nothing new for toy.") == 2
    assert house.predictions.labelled("toy", TODAY, NOON, [])["_label"].to_pylist() == [1.0, 0.0, 1.0]


def test_a_mistake_is_an_error_that_names_it(house: House, tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.csv"
    wrong.write_text("id,label\na,late\n")
    with pytest.raises(OutsideError, match=r"wrong\.csv, row 1: column `label` holds 'late'"):
        said(wrong)
    assert not house.predictions.labelled("toy", TODAY, NOON, []).num_rows


def test_labels_of_hosts_that_hash_ids_are_hashed_alike(
    house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(SALT, "a salt of more than sixteen bytes")
    hidden = Privacy(salt=b"a salt of more than sixteen bytes").hide("ada")
    house.predictions.append("toy", records([hidden]))
    file = tmp_path / "labels.csv"
    file.write_text("id,label,at\nada,1,2013-07-01\n")
    assert "1 labels of toy." in said(file, "--hashed")
    assert house.predictions.labelled("toy", TODAY, NOON, [])["_id"].to_pylist() == [hidden]


def test_values_of_a_late_column_are_imported_where_the_spec_has_one(house: House, tmp_path: Path) -> None:
    file = tmp_path / "orders.csv"
    file.write_text("id,revenue,at\na,12.5,2013-07-01\n")
    with pytest.raises(OutsideError, match=r"toy has no late column revenue.*say \[late\.revenue\] in its file"):
        said(file, "--of", "revenue")
    spec = tmp_path / "models" / "toy.toml"
    spec.write_text(spec.read_text() + "\n[late.revenue]\n")
    with pytest.raises(OutsideError, match=r"toy has no late column revenu; did you mean `revenue`"):
        said(file, "--of", "revenu")
    assert "1 values of revenue of toy." in said(file, "--of", "revenue")
    assert "nothing new for toy." in said(file, "--of", "revenue")
    records = house.predictions.records("toy", TODAY, [])
    came = house.predictions.late("toy", records, ["revenue"], NOON).records
    assert came["revenue"].to_pylist() == [12.5, None, None]

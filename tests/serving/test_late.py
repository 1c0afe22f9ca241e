"""Business values that come weeks after the prediction, from the host and from files."""

from datetime import timedelta
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest

from tests.contracts.records import NOON
from tests.hosts import rows
from watchkeeper.serving import PredictionLogger, import_labels
from watchkeeper.serving.privacy import SALT


def values(root: Path, of: str = "revenue") -> list[tuple[object, ...]]:
    return [(row["_id"], row["_label"], row["_at"]) for row in rows(root, f"late/{of}", "shop")]


def test_a_value_of_a_late_column_is_logged_apart_from_labels(tmp_path: Path) -> None:
    with_values = PredictionLogger(tmp_path, "shop", classes=["no", "yes"])
    with_values.log_label("r1", "yes", NOON)
    with_values.log_label("r1", 129.5, NOON, of="revenue")
    with_values.log_label("r2", "none at all", NOON, of="revenue")
    assert with_values.close()
    assert values(tmp_path) == [("r1", 129.5, NOON), ("r2", None, NOON)]
    assert [row["_label"] for row in rows(tmp_path, "labels", "shop")] == [1.0]
    assert (with_values.delivered, with_values.unusable) == (3, 1)


@pytest.mark.parametrize("column", ["a/b", "../labels", "", 3, "secret", "hidden"])
def test_a_column_that_cannot_be_kept_is_counted_and_never_raises(
    tmp_path: Path, column: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(SALT, "a salt of more than sixteen bytes")
    logger = PredictionLogger(tmp_path, "shop", without=["secret"], hashed=["hidden"])
    logger.log_label("r1", 1.0, of=column)
    assert logger.close()
    assert logger.totals().reasons["not a record"] == 1
    assert not list(tmp_path.glob("shop/late/**/*.parquet"))
    assert not list(tmp_path.glob("shop/labels/**/*.parquet"))


def test_a_table_of_late_values_is_imported_once_and_beside_labels(tmp_path: Path) -> None:
    orders = pd.DataFrame({"id": ["a", "b"], "revenue": [10.0, None], "at": [NOON, NOON]})
    assert import_labels(tmp_path, "shop", orders, of="revenue") == 1
    assert import_labels(tmp_path, "shop", orders, of="revenue") == 0
    assert import_labels(tmp_path, "shop", orders, label="revenue") == 1
    assert import_labels(tmp_path, "shop", orders, label="revenue", of="turnover") == 1
    assert values(tmp_path) == values(tmp_path, "turnover") == [("a", 10.0, NOON)]
    assert len(rows(tmp_path, "labels", "shop")) == 1


def test_a_late_value_is_a_number_whatever_the_classes_are_called(tmp_path: Path) -> None:
    file = tmp_path / "orders.csv"
    file.write_text("id,label\na,1\nb,12.25\n")
    assert import_labels(tmp_path, "shop", file, of="revenue", classes=["1", "2"]) == 2
    assert sorted(value for _, value, _ in values(tmp_path)) == [1.0, 12.25]
    file.write_text("id,label\na,much\n")
    with pytest.raises(ValueError, match=r"orders\.csv, row 1: column `label` holds 'much'; it needs a number"):
        import_labels(tmp_path, "shop", file, of="revenue", classes=["much"])
    with pytest.raises(ValueError, match="cannot name a late column"):
        import_labels(tmp_path, "shop", file, of="../labels")


def test_ids_of_late_values_are_hashed_as_those_of_records_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(SALT, "a salt of more than sixteen bytes")
    logger = PredictionLogger(tmp_path, "shop", hashed=["_id"])
    logger.log("ada", "k", 1, {"n": 1}, 0.5, at=NOON)
    logger.log_label("ada", 7.0, NOON + timedelta(days=1), of="revenue")
    assert logger.close()
    (record,) = rows(tmp_path, "predictions", "shop")
    ((name, value, _),) = values(tmp_path)
    assert (name, value) == (record["_id"], 7.0)
    assert name != "ada"
    file = next(tmp_path.glob("shop/late/revenue/day=*/*.parquet"))
    assert pq.read_schema(file).names == ["_id", "_label", "_at"]

"""Values that come later than the records they belong to."""

from datetime import datetime
from pathlib import Path

import pyarrow as pa
import pytest

from tests.contracts.records import DAY, HOUR, MINUTE, NOON, TODAY, day_files, foreign, labels, records
from watchkeeper.adapters.parquet_predictions import ParquetPredictions

EVER = NOON + 30 * DAY


@pytest.fixture
def store(tmp_path: Path) -> ParquetPredictions:
    found = ParquetPredictions(tmp_path, grace=0 * MINUTE)
    found.append("flights", records(["a", "b", "c"]))
    found.append_labels("flights", labels({"a": 1.0, "b": 0.0}, NOON + HOUR))
    return found


def revenue(store: ParquetPredictions, known_by: datetime = EVER) -> list[object]:
    found = store.late("flights", store.records("flights", TODAY, ["temp"]), ["revenue"], known_by)
    assert found.records["temp"].to_pylist() == [0.0, 1.0, 2.0]
    return found.records["revenue"].to_pylist()


def came(store: ParquetPredictions, values: dict[str, float], at: datetime, of: str = "revenue") -> None:
    store.append_labels("flights", labels(values, at), of)


def test_what_came_later_stands_at_its_record(store: ParquetPredictions) -> None:
    came(store, {"c": 12.5, "a": 3.0, "nobody": 7.0}, NOON + DAY)
    assert revenue(store) == [3.0, None, 12.5]
    labelled = store.labelled("flights", TODAY, EVER, ["revenue"])
    assert store.late("flights", labelled, ["revenue"], EVER).records["revenue"].to_pylist() == [3.0, None]


def test_the_later_of_two_values_counts_and_none_that_was_not_known_by_then(store: ParquetPredictions) -> None:
    came(store, {"a": 2.0}, NOON + 2 * DAY)
    came(store, {"a": 1.0, "b": 5.0}, NOON + DAY)
    assert revenue(store) == [2.0, 5.0, None]
    assert revenue(store, NOON + DAY) == [1.0, 5.0, None]
    assert revenue(store, NOON + HOUR) == [None, None, None]


def test_nobody_sees_late_values_who_does_not_ask_for_them(store: ParquetPredictions) -> None:
    came(store, {"b": 99.0, "a": 98.0}, NOON, of="temp")
    came(store, {"nobody": 1.0}, NOON, of="carrier")
    for table in (
        store.records("flights", TODAY, ["temp", "carrier"]),
        store.labelled("flights", TODAY, EVER, ["temp", "carrier"]),
        store.sample("flights", TODAY, ["temp", "carrier"], 10),
    ):
        assert table["temp"].to_pylist()[:2] == [0.0, 1.0]
        assert table["carrier"].to_pylist()[:2] == ["UA", "AA"]


def test_columns_are_kept_apart(store: ParquetPredictions) -> None:
    came(store, {"a": 1.0}, NOON + DAY)
    came(store, {"a": 2.0}, NOON + DAY, of="refund")
    both = store.late("flights", store.records("flights", TODAY, []), ["revenue", "refund"], EVER).records
    assert (both["revenue"].to_pylist()[0], both["refund"].to_pylist()[0]) == (1.0, 2.0)
    assert store.labelled("flights", TODAY, EVER, [])["_label"].to_pylist() == [1.0, 0.0]


@pytest.mark.parametrize("name", ["../labels", "a/b", "-", ".hidden"])
def test_a_column_that_no_folder_can_be_called_is_refused(store: ParquetPredictions, name: str) -> None:
    with pytest.raises(ValueError, match="late column"):
        store.append_labels("flights", labels({"a": 1.0}), name)


def test_a_file_that_cannot_be_read_is_named_and_costs_no_other(store: ParquetPredictions, tmp_path: Path) -> None:
    came(store, {"a": 1.0}, NOON)
    foreign(tmp_path, b"no parquet", part="late/revenue")
    found = store.late("flights", store.records("flights", TODAY, []), ["revenue"], EVER)
    assert found.records["revenue"].to_pylist() == [1.0, None, None]
    (trouble,) = found.trouble
    assert trouble.startswith("flights/late/revenue/day=2013-07-01/theirs.parquet: ")


def test_values_of_closed_days_are_put_in_order_and_kept_as_long_as_labels(
    store: ParquetPredictions, tmp_path: Path
) -> None:
    for number, name in enumerate("abc"):
        came(store, {name: float(number)}, NOON + number * HOUR)
    assert len(day_files(tmp_path, "late/revenue")) == 3
    for _ in range(2):
        store.compact("flights", TODAY.end + DAY)
    assert len(day_files(tmp_path, "late/revenue")) == 1
    assert revenue(store) == [0.0, 1.0, 2.0]
    store.forget("flights", TODAY.end.date())
    assert len(day_files(tmp_path, "late/revenue")) == 1
    store.forget("flights", (TODAY.end + DAY).date())
    assert not day_files(tmp_path, "late/revenue")


def test_no_records_have_no_values(tmp_path: Path) -> None:
    empty = ParquetPredictions(tmp_path)
    came(empty, {"a": 1.0}, NOON)
    found = empty.late("flights", empty.records("flights", TODAY, []), ["revenue"], EVER).records
    assert found.num_rows == 0
    assert pa.types.is_floating(found["revenue"].type)

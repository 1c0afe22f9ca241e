"""Labels in bulk: from files and tables, once, and with mistakes named."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.contracts.records import DAY, HOUR, NOON, TODAY, day_files, records
from watchkeeper.adapters.parquet_predictions import ParquetPredictions
from watchkeeper.serving.bulk import import_labels
from watchkeeper.serving.tabular import PIECE

GOOD = "id,label,at\na,1,2013-07-01T12:00:00Z\nb,0,2013-07-01 13:00:00\nc,true,2013-07-01\nd,,2013-07-01\n"


def written(folder: Path, text: str, name: str = "labels.csv") -> Path:
    path = folder / name
    path.write_text(text)
    os.utime(path, (NOON.timestamp(), NOON.timestamp()))
    return path


def known(root: Path, by: datetime = NOON + DAY) -> dict[str, float]:
    """The labels of today's records."""
    table = ParquetPredictions(root).labelled("flights", TODAY, by, [])
    return dict(zip(table["_id"].to_pylist(), table["_label"].to_pylist(), strict=True))


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A place with records a to f."""
    root = tmp_path / "kept"
    ParquetPredictions(root).append("flights", records([*"abcdef"]))
    return root


def test_a_csv_file_becomes_labels_known_when_it_says(root: Path, tmp_path: Path) -> None:
    assert import_labels(root, "flights", written(tmp_path, GOOD)) == 3
    assert known(root) == {"a": 1.0, "b": 0.0, "c": 1.0}
    assert known(root, NOON + HOUR / 2) == {"a": 1.0, "c": 1.0}


def test_the_same_file_twice_is_imported_once_even_when_its_days_were_compacted(root: Path, tmp_path: Path) -> None:
    file = written(tmp_path, GOOD)
    import_labels(root, "flights", file)
    store, files = ParquetPredictions(root, grace=timedelta(0)), day_files(root, "labels")
    assert import_labels(root, "flights", file) == 0
    assert day_files(root, "labels") == files
    for _ in range(2):
        store.compact("flights", TODAY.end + DAY)
    assert import_labels(root, "flights", written(tmp_path, GOOD, "again.csv")) == 0


def test_an_import_that_was_killed_is_completed_by_the_next(root: Path, tmp_path: Path) -> None:
    file = written(tmp_path, GOOD)
    import_labels(root, "flights", file)
    whole = day_files(root, "labels")
    next((root / "flights/imports").iterdir()).unlink()
    whole[0].unlink()
    assert import_labels(root, "flights", file) == 3
    assert day_files(root, "labels") == whole


def test_columns_may_have_any_name(root: Path, tmp_path: Path) -> None:
    file = written(tmp_path, "request,outcome,when\na,1,2013-07-01T12:00:00+02:00\n")
    assert import_labels(root, "flights", file, id="request", label="outcome", at="when") == 1
    assert known(root, NOON - HOUR) == {"a": 1.0}


def test_without_a_time_labels_are_known_since_the_file_was_written_or_since_it_is_said(
    root: Path, tmp_path: Path
) -> None:
    import_labels(root, "flights", written(tmp_path, "id,label\na,1\n"))
    import_labels(root, "flights", written(tmp_path, "id,label\nb,1\n", "b.csv"), known=NOON + HOUR)
    assert (known(root, NOON), known(root, NOON + HOUR)) == ({"a": 1.0}, {"a": 1.0, "b": 1.0})


@pytest.mark.parametrize("kind", ["arrow", "pandas", "parquet"])
def test_tables_are_taken_as_files_are(root: Path, tmp_path: Path, kind: str) -> None:
    table = pa.table({"id": ["a", "b", "c"], "label": [1, 0, None], "at": [NOON, NOON, NOON]})
    pq.write_table(table, tmp_path / "labels.parquet")
    labels = {"arrow": table, "pandas": table.to_pandas(), "parquet": tmp_path / "labels.parquet"}[kind]
    assert [import_labels(root, "flights", labels) for _ in range(2)] == [2, 0]
    assert known(root) == {"a": 1.0, "b": 0.0}


def test_ids_that_are_numbers_are_those_that_were_logged(tmp_path: Path) -> None:
    ParquetPredictions(tmp_path).append("flights", records(["7", "8"]))
    frame = pd.DataFrame({"id": [7.0, 8.0], "label": [True, False]})
    import_labels(tmp_path, "flights", frame, known=NOON)
    assert known(tmp_path) == {"7": 1.0, "8": 0.0}


def test_labels_of_classes_are_names_or_places(root: Path, tmp_path: Path) -> None:
    file = written(tmp_path, "id,label\na,mid\nb,0\nc,high\n")
    import_labels(root, "flights", file, classes=("low", "mid", "high"))
    assert known(root) == {"a": 1.0, "b": 0.0, "c": 2.0}


def test_classes_named_by_numbers_are_meant_by_name_however_the_numbers_come(tmp_path: Path) -> None:
    pq.write_table(pa.table({"id": ["a", "b"], "label": [1, 3]}), tmp_path / "whole.parquet")
    comes = {
        "text": written(tmp_path, "id,label\na,1\nb,3\n"),
        "text of pandas": written(tmp_path, "id,label\na,1.0\nb,3.0\nc,\n", "floats.csv"),
        "pandas": pd.DataFrame({"id": ["a", "b", "c"], "label": [1, 3, None]}),
        "parquet": tmp_path / "whole.parquet",
    }
    for name, labels in comes.items():
        ParquetPredictions(tmp_path / name).append("flights", records([*"abc"]))
        import_labels(tmp_path / name, "flights", labels, known=NOON, classes=("1", "2", "3", "4", "5"))
    assert {name: known(tmp_path / name) for name in comes} == {name: {"a": 0.0, "b": 2.0} for name in comes}


@pytest.mark.parametrize("row", ["b,,", ",,2013-07-01", "b,NA,", ",,monday"])
def test_a_row_without_a_label_is_passed_over_whatever_else_it_lacks(root: Path, tmp_path: Path, row: str) -> None:
    file = written(tmp_path, f"id,label,at\na,1,2013-07-01\n{row}\nc,0,2013-07-01\n")
    assert import_labels(root, "flights", file) == 2
    assert known(root) == {"a": 1.0, "c": 0.0}


def test_a_class_may_be_called_as_nothing_is(root: Path, tmp_path: Path) -> None:
    file = written(tmp_path, "id,label\na,NA\nb,US\nc,\n")
    assert import_labels(root, "flights", file, classes=("NA", "US")) == 2
    assert known(root) == {"a": 0.0, "b": 1.0}


def test_ids_may_be_bytes(root: Path, tmp_path: Path) -> None:
    pq.write_table(pa.table({"id": [b"a", b"b"], "label": [1, 0]}), tmp_path / "labels.parquet")
    import_labels(root, "flights", tmp_path / "labels.parquet", known=NOON)
    assert known(root) == {"a": 1.0, "b": 0.0}


def test_cells_in_quotes_may_hold_line_breaks_wherever_the_file_is_cut(root: Path, tmp_path: Path) -> None:
    comment = '"' + "every line\nof a long comment\n" * 40 + '"'
    rows = [f"{name},{comment},1\n" for name in (*"abcdef", *(f"x{n}" for n in range(1_500)))]
    assert import_labels(root, "flights", written(tmp_path, "id,comment,label\n" + "".join(rows))) == len(rows)
    assert known(root) == dict.fromkeys("abcdef", 1.0)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("key,label\na,1\n", "there is no column `id` for the id; say which of `key`, `label` it is"),
        ("id,truth\na,1\n", "there is no column `label` for the label"),
        ("id,label\na,1\nb,late\n", "row 2: column `label` holds 'late'; it needs a number, true or false"),
        ("id,label\na,inf\n", "row 1: column `label` holds 'inf'; it needs a number"),
        ("id,label\na,1\n,0\n", "row 2: column `id` holds nothing; it needs the id of a record"),
        ("id,label,at\na,1,2013-07-01\nb,0,monday\n", "row 2: column `at` holds 'monday'; it needs a time, such as"),
        ("id,label,at\na,1,\n", "row 1: column `at` holds nothing; it needs a time"),
        ("id,label\na,1,3\n", "Expected 2 columns, got 3"),
        ("", "labels.csv: "),
    ],
)
def test_a_mistake_is_named_by_file_column_and_row_and_nothing_is_imported(
    root: Path, tmp_path: Path, text: str, said: str
) -> None:
    with pytest.raises(ValueError, match=r"labels\.csv") as refused:
        import_labels(root, "flights", written(tmp_path, text))
    assert said in str(refused.value)
    assert known(root) == {}


def test_a_class_that_the_model_does_not_know_is_named(root: Path, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"holds 'top'; it needs one of low, high"):
        import_labels(root, "flights", written(tmp_path, "id,label\na,top\n"), classes=("low", "high"))
    with pytest.raises(ValueError, match=r"holds '2'; it needs one of low, high"):
        import_labels(root, "flights", written(tmp_path, "id,label\na,2\n"), classes=("low", "high"))


@pytest.mark.parametrize("labels", ["labels.xlsx", 3, [{"id": "a"}]])
def test_what_is_no_file_of_ours_and_no_table_is_refused(root: Path, labels: object) -> None:
    with pytest.raises(ValueError, match=r"\.csv"):
        import_labels(root, "flights", labels)


def test_a_table_larger_than_a_piece_is_read_in_pieces_and_its_rows_are_counted_on(root: Path) -> None:
    rows, told = PIECE + 10, []
    table = pa.table({"id": [f"x{n}" for n in range(rows)], "label": np.zeros(rows)})
    assert import_labels(root, "flights", table, known=NOON, told=told.append) == rows
    assert told == [PIECE, 10] * 2
    wrong = table.set_column(1, "label", pa.array(["0"] * (rows - 1) + ["?"]))
    with pytest.raises(ValueError, match=rf"the table, row {rows}: column `label`"):
        import_labels(root, "flights", wrong)


def test_a_model_whose_name_is_no_folder_is_refused(root: Path) -> None:
    with pytest.raises(ValueError, match="cannot name a model"):
        import_labels(root, "../flights", pa.table({"id": ["a"], "label": [1]}), known=datetime.now(UTC))

"""What is wrong with one file is said, and costs no other."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.contracts.records import HOUR, NOON, TODAY, day_files, foreign, labels, look, records
from watchkeeper.adapters.parquet_predictions import ParquetPredictions
from watchkeeper.ports import PredictionStore


@pytest.fixture
def store(tmp_path: Path) -> PredictionStore:
    """Three good records of today, with labels."""
    store = ParquetPredictions(tmp_path)
    store.append("flights", records(["a", "b", "c"]))
    store.append_labels("flights", labels({"a": 1, "b": 0, "c": 1}))
    return store


def renamed(table: pa.Table, old: str, new: str) -> pa.Table:
    return table.rename_columns([new if name == old else name for name in table.column_names])


FOREIGN = {
    "an empty file": b"",
    "not Parquet": b"id,temp\n1,2\n",
    "`_at`": renamed(records(["x"]), "_at", "time"),
    "`_id`": renamed(records(["x"]), "_id", "identity"),
    "times with a zone": records(["x"]).set_column(1, "_at", pa.array([NOON.replace(tzinfo=None)], pa.timestamp("us"))),
    "not ids": records(["x"]).set_column(0, "_id", pa.array([[1]])),
}


@pytest.mark.parametrize("what", FOREIGN)
def test_a_foreign_file_is_named_with_its_reason_and_the_others_count(
    store: PredictionStore, tmp_path: Path, what: str
) -> None:
    foreign(tmp_path, FOREIGN[what])
    window = store.window(look())
    assert (window.rows, len(window.outcomes.labels)) == (3, 3)
    (sentence,) = window.trouble
    assert sentence.startswith("flights/predictions/day=2013-07-01/theirs.parquet: ")
    assert what in sentence or not what.startswith(("`", "times", "not ids"))
    assert store.labelled("flights", TODAY, NOON, ["temp"]).num_rows == 3
    assert store.sample("flights", TODAY, ["temp"], 10).num_rows == 3


@pytest.mark.parametrize("share", [0.1, 0.5, 0.99])
def test_a_truncated_file_is_named(store: PredictionStore, tmp_path: Path, share: float) -> None:
    store.append("flights", records(["d", "e"], NOON + HOUR))
    content = day_files(tmp_path)[1].read_bytes()
    day_files(tmp_path)[1].write_bytes(content[: int(len(content) * share)])
    window = store.window(look())
    assert window.rows == 3
    assert len(window.trouble) == 1


def test_a_file_with_a_rotten_page_counts_up_to_there_and_is_named(store: PredictionStore, tmp_path: Path) -> None:
    ids = [f"{n:07}" for n in range(2**17 + 100)]
    store.append("flights", records(ids, NOON + HOUR, HOUR / 2**17))
    file = day_files(tmp_path)[1]
    footer = pq.read_metadata(file)
    temp = footer.row_group(1).column(footer.schema.names.index("temp"))
    content = bytearray(file.read_bytes())
    middle = temp.data_page_offset + temp.total_compressed_size // 2
    content[middle : middle + 8] = b"\x00" * 8
    file.write_bytes(content)
    window = store.window(look())
    assert window.rows == window.profile.rows
    assert 0.75 * 2**17 < window.rows <= 3 + 2**17  # the piece that is read together with the rotten page goes with it
    assert file.name in window.trouble[0]


def test_a_directory_in_a_files_place_is_named(store: PredictionStore, tmp_path: Path) -> None:
    (tmp_path / "flights/predictions/day=2013-07-01/folder.parquet").mkdir()
    window = store.window(look())
    assert window.rows == 3
    assert "folder.parquet" in window.trouble[0]


def test_an_unreadable_file_of_labels_is_named(store: PredictionStore, tmp_path: Path) -> None:
    foreign(tmp_path, b"torn", part="labels")
    foreign(tmp_path, labels({"a": 1}).drop_columns("_label"), "unlabelled.parquet", part="labels")
    window = store.window(look())
    assert len(window.outcomes.labels) == 3
    assert [sentence.split(":")[0].split("/")[-1] for sentence in window.trouble] == [
        "theirs.parquet",
        "unlabelled.parquet",
    ]


def test_strings_where_numbers_were_are_counted_as_wrong(store: PredictionStore) -> None:
    store.append("flights", records(["d", "e"], NOON + HOUR, temps=["warm", "cold"]))
    window = store.window(look())
    temp = window.profile.columns["temp"]
    assert (window.rows, temp.wrong, int(temp.counts.sum()), window.trouble) == (5, 2, 3, ())
    assert store.sample("flights", TODAY, ["temp"], 9).column("temp").to_pylist() == ["0", "1", "2", "warm", "cold"]


def test_whole_numbers_and_fractions_become_one_column_of_numbers(store: PredictionStore) -> None:
    store.append("flights", records(["d", "e"], NOON + HOUR, temps=[7, 8]))
    assert store.sample("flights", TODAY, ["temp"], 9).column("temp").to_pylist() == [0.0, 1.0, 2.0, 7.0, 8.0]


def test_lists_where_numbers_were_become_text(store: PredictionStore) -> None:
    store.append("flights", records(["d", "e"], NOON + HOUR, temps=[[1], None]))
    assert store.window(look()).rows == 5
    assert store.sample("flights", TODAY, ["temp"], 9).column("temp").to_pylist() == ["0", "1", "2", "[1]", None]


def test_a_column_that_a_file_does_not_have_counts_as_absent(store: PredictionStore) -> None:
    store.append("flights", records(["d", "e"], NOON + HOUR).drop_columns("carrier"))
    window = store.window(look())
    assert (window.rows, dict(window.profile.absent)) == (5, {"carrier": 2})


def test_a_file_without_predictions_counts_but_has_no_outcomes(store: PredictionStore, tmp_path: Path) -> None:
    foreign(tmp_path, records(["d", "e"]).drop_columns("_prediction"))
    store.append_labels("flights", labels({"d": 1}))
    window = store.window(look())
    assert (window.rows, window.outcomes.expected, len(window.outcomes.labels)) == (5, 5, 3)
    assert window.profile.absent["prediction"] == 2


def test_predictions_that_are_no_numbers_have_no_outcomes(store: PredictionStore, tmp_path: Path) -> None:
    foreign(tmp_path, records(["d"]).set_column(4, "_prediction", pa.array(["late"])))
    store.append_labels("flights", labels({"d": 1}))
    window = store.window(look())
    assert (window.rows, len(window.outcomes.labels)) == (4, 3)
    assert window.profile.columns["prediction"].wrong == 1


def test_foreign_records_without_an_id_count_each(store: PredictionStore, tmp_path: Path) -> None:
    foreign(tmp_path, records([None, None, "a"]))
    foreign(tmp_path, labels({}), "empty.parquet")
    assert store.window(look()).rows == 5


def test_ids_that_are_numbers_or_dictionaries_are_ids(store: PredictionStore, tmp_path: Path) -> None:
    numbered = records(["x", "x"]).set_column(0, "_id", pa.array([7, 8]))
    foreign(tmp_path, numbered, "numbers.parquet")
    foreign(tmp_path, records(["7", "a", "z"]).set_column(0, "_id", pa.array(["7", "a", "z"]).dictionary_encode()))
    store.append_labels("flights", labels({"8": 1}))
    window = store.window(look())
    assert (window.rows, len(window.outcomes.labels), window.trouble) == (6, 4, ())


def test_times_in_nanoseconds_and_other_zones_are_times(store: PredictionStore, tmp_path: Path) -> None:
    at = pa.array(np.array([NOON.timestamp() * 1e9], "int64")).cast(pa.timestamp("ns", "America/New_York"))
    foreign(tmp_path, records(["z"]).set_column(1, "_at", at))
    assert store.window(look()).rows == 4
    table = store.sample("flights", TODAY, [], 9)
    assert table.schema.field("_at").type == pa.timestamp("us", "UTC")


def test_names_with_dots_are_columns_like_others(tmp_path: Path) -> None:
    store = ParquetPredictions(tmp_path)
    dotted = records(["a"]).append_column("temp.max", pa.array(["hot"]))
    store.append("flights", dotted)
    assert store.window(look()).profile.columns["temp"].wrong == 0
    assert store.sample("flights", TODAY, ["temp.max"], 1).column("temp.max").to_pylist() == ["hot"]


def test_drafts_of_a_killed_writer_are_no_records(store: PredictionStore, tmp_path: Path) -> None:
    (tmp_path / "flights/predictions/day=2013-07-01/.5e5e.draft").write_bytes(b"half a fi")
    assert store.window(look()).trouble == ()

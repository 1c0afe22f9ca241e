"""Small files of closed days become few, and every reader finds what it found before."""

import shutil
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.contracts.records import DAY, HOUR, NOON, TODAY, day_files, foreign, labels, look, records
from tests.contracts.small_files import LATER, NOW, found, sown
from watchkeeper.adapters.parquet_predictions import ParquetPredictions
from watchkeeper.domain.keeping import Compaction
from watchkeeper.errors import OutsideError


def files(root: Path) -> list[Path]:
    return [file for part in ("predictions", "labels", "shadows", "late/revenue") for file in day_files(root, part)]


def test_every_reader_finds_the_same_in_few_files_as_in_many(tmp_path: Path) -> None:
    store = sown(tmp_path)
    before, many = found(store), len(files(tmp_path))
    done = store.compact("flights", LATER)
    assert (done.joined, done.trouble) == (many, ())
    assert found(store) == before
    assert store.compact("flights", LATER).removed == many
    assert len(files(tmp_path)) == done.made <= 11
    assert found(store) == before
    assert done.bytes_after < done.bytes_before


def test_a_second_run_finds_nothing_to_do(tmp_path: Path) -> None:
    store = sown(tmp_path, files=3)
    for _ in range(2):
        store.compact("flights", LATER)
    kept = files(tmp_path)
    assert store.compact("flights", LATER) == Compaction()
    assert files(tmp_path) == kept


def test_days_that_are_not_over_are_left_alone(tmp_path: Path) -> None:
    store = sown(tmp_path, files=3)
    today = list(day_files(tmp_path)[-1].parent.iterdir())
    store.compact("flights", TODAY.end - HOUR)
    assert list(day_files(tmp_path)[-1].parent.iterdir()) == today
    assert store.compact("flights", TODAY.start).made == 0


def test_files_that_were_replaced_stay_for_who_is_reading_them_and_are_counted_no_more(tmp_path: Path) -> None:
    before, many = found(sown(tmp_path)), files(tmp_path)
    patient = ParquetPredictions(tmp_path)
    patient.compact("flights", LATER)
    assert patient.compact("flights", LATER) == Compaction()
    assert set(many) < set(files(tmp_path))
    assert found(patient) == before


def test_a_reader_that_listed_the_files_before_they_were_replaced_reads_on(tmp_path: Path) -> None:
    sown(tmp_path)
    patient = ParquetPredictions(tmp_path)
    rows = patient.window(look()).rows
    begun = patient.answered(look(), [])
    first = next(begun).num_rows
    patient.compact("flights", LATER)
    assert first + sum(table.num_rows for table in begun) == rows


def test_a_reader_that_is_too_slow_is_told_to_read_again(tmp_path: Path) -> None:
    store = sown(tmp_path)
    begun = store.answered(look(), [])
    next(begun)
    for _ in range(2):
        store.compact("flights", LATER)
    with pytest.raises(OutsideError, match="read again") as failed:
        list(begun)
    assert not failed.value.permanent


def test_records_that_came_late_join_the_others_at_the_next_run(tmp_path: Path) -> None:
    store = sown(tmp_path)
    for _ in range(2):
        store.compact("flights", LATER)
    few = len(files(tmp_path))
    store.append("flights", records(["late", "later"], NOON + HOUR))
    before = found(store)
    for _ in range(2):
        store.compact("flights", LATER)
    assert (found(store), len(files(tmp_path))) == (before, few)


def test_a_file_that_cannot_be_read_stays_as_it_is_and_is_named(tmp_path: Path) -> None:
    store = sown(tmp_path)
    broken = foreign(tmp_path, b"half a file")
    strange = foreign(tmp_path, pa.table({"a": [1]}), "strange.parquet", part="labels")
    said = store.compact("flights", LATER).trouble
    assert ["theirs.parquet" in said[0], "strange.parquet" in said[1]] == [True, True]
    store.compact("flights", LATER)
    assert broken.exists()
    assert strange.exists()


def test_records_of_one_id_count_once_and_labels_of_one_record_all_stay(tmp_path: Path) -> None:
    store = ParquetPredictions(tmp_path, grace=NOW)
    for start in range(3):
        store.append("flights", records(["a", f"b{start}"]))
        store.append_labels("flights", labels({"a": start}, NOON + start * HOUR))
    done = store.compact("flights", LATER)
    assert (done.rows, done.twice) == (4 + 3, 2)
    known = [store.labelled("flights", TODAY, NOON + n * HOUR, [])["_label"].to_pylist() for n in range(3)]
    assert known == [[0.0], [1.0], [2.0]]


def test_records_without_an_id_are_all_kept(tmp_path: Path) -> None:
    store = ParquetPredictions(tmp_path, grace=NOW)
    for number in range(2):
        foreign(tmp_path, records([None, None, f"{number}"]), f"{number}.parquet")
    assert store.compact("flights", LATER).rows == 6
    assert store.window(look()).rows == 6


def test_large_files_are_left_as_they_are_and_none_becomes_too_large(tmp_path: Path) -> None:
    store = ParquetPredictions(tmp_path, grace=NOW)
    many = 2**19 + 1
    store.append("flights", records([f"{n}" for n in range(many)], every=DAY / 10**7).select(range(6)))
    store.append("flights", records(["x"], NOON + HOUR).select(range(6)))
    assert store.compact("flights", LATER) == Compaction()


def test_a_compacted_file_is_in_order_of_time_and_says_what_it_is_made_of(tmp_path: Path) -> None:
    store = ParquetPredictions(tmp_path, grace=NOW)
    for hours in (3, 1, 2):
        store.append("flights", records([f"{hours}"], NOON + hours * HOUR))
    names = sorted(file.name for file in day_files(tmp_path))
    store.compact("flights", LATER)
    [made] = [file for file in day_files(tmp_path) if "-compact-" in file.name]
    table = pq.read_table(made)
    assert table["_id"].to_pylist() == ["1", "2", "3"]
    assert table.schema.metadata[b"watchkeeper.replaces"] == str(names).replace("'", '"').encode()
    assert table.schema.metadata[b"watchkeeper.digest"].startswith(b"3 ")


def test_a_compacted_file_that_went_bad_costs_none_of_those_it_was_made_of(tmp_path: Path) -> None:
    before, store = found(sown(tmp_path)), ParquetPredictions(tmp_path, grace=NOW)
    kept = files(tmp_path)
    ParquetPredictions(tmp_path).compact("flights", LATER)
    made = [file for file in files(tmp_path) if "-compact-" in file.name]
    for file in made:
        file.write_bytes(file.read_bytes()[:-9])
    assert len(store.compact("flights", LATER).trouble) == len(made)
    assert set(kept) < set(files(tmp_path))
    shutil.rmtree(tmp_path / "aside", ignore_errors=True)
    for file in made:
        file.unlink()
    assert found(store) == before


def test_one_that_holds_other_records_than_it_says_replaces_nothing_for_good(tmp_path: Path) -> None:
    store = sown(tmp_path)
    ParquetPredictions(tmp_path).compact("flights", LATER)
    made = next(file for file in day_files(tmp_path) if "-compact-" in file.name)
    table = pq.read_table(made)
    pq.write_table(table.slice(1), made)
    with pytest.raises(OutsideError, match="does not hold the records"):
        store.compact("flights", LATER)


def test_rows_of_a_day_go_in_one_step_and_profiles_stay(tmp_path: Path) -> None:
    store = sown(tmp_path)
    store.keep_profile("flights", TODAY.shifted(-DAY), store.window(look(TODAY.shifted(-DAY))).profile)
    yesterday, today = store.days("flights")
    assert store.forget("flights", today) == (yesterday,)
    assert store.days("flights") == (today,)
    assert store.window(look(TODAY.shifted(-DAY))).rows == 0
    assert store.window(look()).rows > 0
    assert len(store.profiles("flights", TODAY.shifted(-DAY))) == 1
    assert day_files(tmp_path, "labels")
    assert store.forget("flights", today) == ()


def test_what_a_killed_removal_left_is_removed_by_the_next(tmp_path: Path) -> None:
    store = sown(tmp_path)
    left = tmp_path / "flights/predictions/.gone-day=2013-06-30"
    shutil.copytree(day_files(tmp_path)[0].parent, left)
    assert store.days("flights")[0].day == 30
    store.forget("flights", store.days("flights")[1])
    assert not left.exists()


def test_a_model_without_a_record_has_nothing_to_put_in_order(tmp_path: Path) -> None:
    store = ParquetPredictions(tmp_path)
    assert (store.days("flights"), store.compact("flights", LATER)) == ((), Compaction())
    assert store.forget("flights", LATER.date()) == ()

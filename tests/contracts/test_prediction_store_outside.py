"""What a prediction store refuses, and what it says when the disk fails."""

from pathlib import Path

import pyarrow as pa
import pytest

from tests.contracts.records import HOUR, NOON, TODAY, labels, look, records
from watchkeeper.adapters.parquet_predictions import ParquetPredictions
from watchkeeper.errors import OutsideError
from watchkeeper.ports import PredictionStore
from watchkeeper.profiles import Profile


@pytest.fixture
def store(tmp_path: Path) -> PredictionStore:
    """Three good records of today, with labels."""
    store = ParquetPredictions(tmp_path)
    store.append("flights", records(["a", "b", "c"]))
    store.append_labels("flights", labels({"a": 1, "b": 0, "c": 1}))
    return store


def test_a_table_that_cannot_be_records_is_refused_with_the_name_of_the_column(store: PredictionStore) -> None:
    good = records(["d", None])
    for table, word in [
        (good.slice(0, 1).drop_columns("_key"), "`_key`"),
        (good, "`_id` has 1 rows without a value"),
        (good.slice(0, 1).set_column(1, "_at", pa.array([NOON.replace(tzinfo=None)])), "times with a zone"),
        (good.slice(0, 1).set_column(3, "_version", pa.array(["three"])), "`_version`"),
        (good.slice(0, 1).set_column(3, "_version", pa.array([[3]])), "`_version`"),
    ]:
        with pytest.raises(ValueError, match=word):
            store.append("flights", table)


def test_a_place_that_is_no_folder_is_an_error_of_the_outside(tmp_path: Path) -> None:
    (tmp_path / "flights").write_text("a file where the folder should be")
    store = ParquetPredictions(tmp_path)
    for act in (
        lambda: store.append("flights", records(["a"])),
        lambda: store.append_labels("flights", labels({"a": 1})),
        lambda: store.window(look()),
        lambda: store.labelled("flights", TODAY, NOON, []),
        lambda: store.sample("flights", TODAY, [], 5),
        lambda: store.keep_profile("flights", TODAY, Profile()),
        lambda: store.profiles("flights", TODAY),
        lambda: store.sums("flights", TODAY, HOUR),
        lambda: store.records("flights", TODAY, []),
    ):
        with pytest.raises(OutsideError, match=r"prediction store: .*flights") as failed:
            act()
        assert not failed.value.permanent


def test_a_disk_that_fails_is_an_error_of_the_outside_and_no_file_of_trouble(
    store: PredictionStore, tmp_path: Path
) -> None:
    loop = tmp_path / "flights/predictions/day=2013-07-01/loop.parquet"
    loop.symlink_to(loop)
    with pytest.raises(OutsideError, match=r"loop\.parquet: .*Too many levels"):
        store.window(look())


def test_a_file_that_names_no_window_among_the_profiles_is_named(store: PredictionStore, tmp_path: Path) -> None:
    store.keep_profile("flights", TODAY, Profile())
    (tmp_path / "flights/profiles/day=2013-07-01/notes.wkp").write_text("mine")
    with pytest.raises(OutsideError, match=r"notes\.wkp .*move it away"):
        store.profiles("flights", TODAY)

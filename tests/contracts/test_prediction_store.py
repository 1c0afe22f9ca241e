"""What every prediction store promises."""

from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.contracts.records import DAY, HOUR, MINUTE, NOON, TODAY, day_files, labels, look, records
from watchkeeper.adapters.parquet_predictions import ParquetPredictions
from watchkeeper.domain.intervals import Interval
from watchkeeper.errors import OutsideError
from watchkeeper.ports import PredictionStore
from watchkeeper.profiles import Grid, Kind, Profile, profile_batches
from watchkeeper.serving import PredictionLogger


@pytest.fixture
def store(tmp_path: Path) -> PredictionStore:
    return ParquetPredictions(tmp_path)


def test_a_window_holds_the_records_of_its_half_open_interval(store: PredictionStore) -> None:
    store.append("flights", records(["a", "b", "c", "d"], NOON, HOUR))
    window = store.window(look(Interval(NOON + HOUR, NOON + 3 * HOUR)))
    assert (window.rows, window.newest, window.trouble) == (2, NOON + 2 * HOUR, ())
    assert window.profile.rows == 2
    assert set(window.profile.columns) == {"temp", "carrier", "prediction"}


def test_a_window_is_profiled_as_its_rows_are(store: PredictionStore) -> None:
    table = records([f"r{n}" for n in range(500)])
    for start in range(0, 500, 100):
        store.append("flights", table.slice(start, 100))
    named = table.rename_columns(["prediction" if name == "_prediction" else name for name in table.column_names])
    kinds = {**look().columns, "prediction": Kind.NUMERIC}
    assert store.window(look()).profile == profile_batches([named], kinds, {"temp": Grid()})


def test_a_model_nobody_has_asked_yet_has_an_empty_window(store: PredictionStore) -> None:
    window = store.window(look())
    assert (window.rows, window.newest, window.trouble, window.outcomes.expected) == (0, None, (), 0)
    assert window.profile.rows == 0
    assert len(window.outcomes.labels) == 0


def test_a_day_without_records_is_an_empty_window(store: PredictionStore) -> None:
    store.append("flights", records(["a"]))
    assert store.window(look(TODAY.shifted(DAY))).rows == 0
    assert store.window(look(Interval(NOON + HOUR, NOON + 2 * HOUR))).rows == 0


def test_appending_the_same_table_twice_is_appending_it_once(store: PredictionStore, tmp_path: Path) -> None:
    table = records(["a", "b"])
    for _ in range(2):
        store.append("flights", table)
        store.append("flights", pa.concat_tables([table.slice(0, 1), table.slice(1)]))
    assert store.window(look()).rows == 2
    assert len(day_files(tmp_path)) == 1


def test_an_empty_table_writes_nothing(store: PredictionStore, tmp_path: Path) -> None:
    store.append("flights", records([]))
    assert day_files(tmp_path) == []


@settings(max_examples=25, deadline=None)
@given(files=st.lists(st.lists(st.sampled_from("abcdefgh"), min_size=1, max_size=6), max_size=5))
def test_a_record_counts_once_however_often_it_was_written(
    tmp_path_factory: pytest.TempPathFactory, files: list[list[str]]
) -> None:
    store = ParquetPredictions(tmp_path_factory.mktemp("store"))
    for n, ids in enumerate(files):
        store.append("flights", records(ids, NOON + n * HOUR))
    distinct = {name for ids in files for name in ids}
    window = store.window(look())
    assert window.rows == window.profile.rows == window.outcomes.expected == len(distinct)
    store.append_labels("flights", labels(dict.fromkeys("abcdefgh", 1.0)))
    assert sorted(store.labelled("flights", TODAY, NOON, []).column("_id").to_pylist()) == sorted(distinct)
    assert sorted(store.sample("flights", TODAY, [], 100).column("_id").to_pylist()) == sorted(distinct)


def test_of_two_records_with_one_id_the_first_counts(store: PredictionStore) -> None:
    store.append("flights", records(["a"], NOON + HOUR, temps=[2.0]))
    store.append("flights", records(["a"], NOON, temps=[1.0]))
    assert store.window(look()).newest == NOON
    assert store.sample("flights", TODAY, ["temp"], 5).column("temp").to_pylist() == [1.0]


def test_a_window_larger_than_a_row_group_counts_every_row(store: PredictionStore) -> None:
    count = 2**17 + 5_000
    ids = [f"{n:07}" for n in range(count)]
    first, second = Interval(NOON, NOON + 0.2 * HOUR), Interval(NOON + 0.2 * HOUR, NOON + 1.5 * HOUR)
    store.append("flights", records(ids, NOON, MINUTE / 2_000))
    store.append("flights", records(ids[-10:], NOON + 2 * HOUR))
    assert store.window(look()).rows == count
    assert store.window(look(first)).rows + store.window(look(second)).rows == count


def test_nothing_labelled_is_a_table_without_rows(store: PredictionStore) -> None:
    assert store.labelled("flights", TODAY, datetime(1999, 1, 1, tzinfo=UTC), ["temp"]).num_rows == 0
    assert store.sample("flights", TODAY, ["temp"], 10).num_rows == 0


def test_a_sample_is_spread_over_the_interval_and_the_same_at_every_call(store: PredictionStore) -> None:
    for start in range(0, 1_000, 250):
        store.append(
            "flights", records([f"r{n}" for n in range(start, start + 250)], NOON + start * MINUTE / 2, MINUTE / 2)
        )
    sample = store.sample("flights", TODAY, ["temp"], 100)
    assert sample.num_rows == 100
    assert sample.equals(store.sample("flights", TODAY, ["temp"], 100))
    gaps = np.diff([at.timestamp() for at in sample.column("_at").to_pylist()])
    assert gaps.min() > 240
    assert gaps.max() < 360
    assert store.sample("flights", TODAY, ["temp"], 0).num_rows == 0
    assert store.sample("flights", TODAY, ["temp"], 5_000).num_rows == 1_000


def test_kept_profiles_come_back_oldest_first_and_only_those_within(store: PredictionStore) -> None:
    days = [TODAY.shifted(n * DAY) for n in range(4)]
    for n in (2, 0, 3, 1):
        store.keep_profile("flights", days[n], Profile(rows=n))
    store.keep_profile("flights", days[1], Profile(rows=10))
    kept = store.profiles("flights", Interval(days[0].start, days[2].end))
    assert [(interval, profile.rows) for interval, profile in kept] == [(days[0], 0), (days[1], 10), (days[2], 2)]
    assert store.profiles("flights", Interval(days[0].start, days[0].end - HOUR)) == ()
    assert store.profiles("elsewhere", TODAY) == ()


def test_a_profile_that_is_damaged_is_named(store: PredictionStore, tmp_path: Path) -> None:
    store.keep_profile("flights", TODAY, Profile(rows=1))
    (file,) = tmp_path.glob("flights/profiles/day=*/*.wkp")
    file.write_bytes(file.read_bytes()[:-3])
    with pytest.raises(OutsideError, match="wkp") as refused:
        store.profiles("flights", TODAY)
    assert refused.value.permanent


def test_what_a_host_logs_is_what_the_window_holds(store: PredictionStore, tmp_path: Path) -> None:
    logger = PredictionLogger(tmp_path, "flights", every=3_600)
    for n in range(50):
        logger.log(f"r{n}", "k", 3, {"temp": float(n), "carrier": "AA"}, 0.5, at=NOON + n * MINUTE)
        logger.log_label(f"r{n}", n % 2, at=NOON + HOUR)
    assert logger.close()
    window = store.window(look())
    assert (window.rows, window.trouble, len(window.outcomes.labels)) == (50, (), 50)
    assert window.profile.columns["carrier"].counts == {"AA": 50}


def test_a_column_that_comes_twice_is_absent_and_costs_no_other(store: PredictionStore) -> None:
    twice = records(["a", "b"]).append_column("temp", pa.array([1.0, 2.0]))
    store.append("flights", twice)
    window = store.window(look())
    assert (window.rows, window.trouble) == (2, ())
    assert window.profile.absent == {"temp": 2}
    assert window.profile.columns["carrier"].size == 2
    kept = store.sample("flights", TODAY, ["temp (1)", "temp (2)"], 10)
    assert kept["temp (2)"].to_pylist() == [1.0, 2.0]

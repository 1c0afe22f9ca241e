"""Sums of kept profiles: few files to read, and never another sum than that of the windows themselves."""

import tempfile
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.contracts.records import DAY, HOUR, MINUTE, NOON, TODAY
from watchkeeper.adapters.parquet_predictions import ParquetPredictions
from watchkeeper.domain.intervals import Interval, interval_ending
from watchkeeper.profiles import Profile

MIDNIGHT = NOON.replace(hour=0)


def keep(store: ParquetPredictions, since: object, until: object, every: timedelta) -> list[Interval]:
    """One profile a window; its rows are a number of its own, so that no two sums agree by chance."""
    window, kept = interval_ending(since, every).shifted(every), []
    while window.end <= until:
        store.keep_profile("flights", window, Profile(rows=2 ** (len(kept) % 50) + len(kept)))
        kept.append(window)
        window = window.shifted(every)
    return kept


def rows(parts: object) -> int:
    return sum(profile.rows for _, profile in parts)


@settings(max_examples=25, deadline=None)
@given(st.data())
def test_sums_are_the_sums_of_their_windows_whatever_is_left_out(data: st.DataObject) -> None:
    minutes = data.draw(st.sampled_from([7, 15, 30, 60, 90, 420, 1440]))
    every = minutes * MINUTE
    with tempfile.TemporaryDirectory() as folder:
        store = ParquetPredictions(Path(folder))
        kept = keep(store, MIDNIGHT - DAY, MIDNIGHT + DAY, every)
        for _ in range(2):  # the second time from the sums that the first has made
            first, last = sorted(data.draw(st.lists(st.integers(0, len(kept) - 1), min_size=2, max_size=2)))
            within = Interval(kept[first].start, kept[last].end)
            bad = data.draw(st.lists(st.sampled_from(kept), max_size=4, unique=True))
            single = dict(store.profiles("flights", within))
            parts = store.sums("flights", within, every, bad)
            assert rows(parts) == sum(p.rows for i, p in single.items() if i not in bad)
            assert [i for i, _ in parts] == sorted(i for i, _ in parts)
            again = data.draw(st.sampled_from(kept))
            store.keep_profile("flights", again, Profile(rows=data.draw(st.integers(0, 10**9))))


def test_a_window_that_is_kept_anew_counts_anew(tmp_path: Path) -> None:
    store = ParquetPredictions(tmp_path)
    kept = keep(store, MIDNIGHT, MIDNIGHT + DAY, 15 * MINUTE)
    before = rows(store.sums("flights", TODAY, 15 * MINUTE))
    old = dict(store.profiles("flights", kept[40]))[kept[40]]
    store.keep_profile("flights", kept[40], Profile(rows=old.rows + 7))
    assert rows(store.sums("flights", TODAY, 15 * MINUTE)) == before + 7


def test_a_day_of_minutes_is_one_file_to_read_and_a_broken_minute_costs_its_hour(tmp_path: Path) -> None:
    store = ParquetPredictions(tmp_path)
    kept = keep(store, MIDNIGHT, MIDNIGHT + DAY, 5 * MINUTE)
    sums = lambda *without: [i for i, _ in store.sums("flights", TODAY, 5 * MINUTE, without)]
    assert sums() == [TODAY]
    assert len(sums(kept[100])) == 23 + 11
    whole_hour = Interval(NOON, NOON + HOUR)
    assert sums(whole_hour) == [Interval(MIDNIGHT + n * HOUR, MIDNIGHT + (n + 1) * HOUR) for n in range(24) if n != 12]
    assert sums(TODAY) == []


def test_windows_of_another_length_are_in_no_sum(tmp_path: Path) -> None:
    store = ParquetPredictions(tmp_path)
    keep(store, MIDNIGHT, MIDNIGHT + DAY, HOUR)
    hours = rows(store.sums("flights", TODAY, HOUR))
    keep(store, MIDNIGHT, MIDNIGHT + DAY, 15 * MINUTE)
    assert rows(store.sums("flights", TODAY, HOUR)) == hours
    assert rows(store.profiles("flights", TODAY)) > hours


def test_days_and_months_are_read_one_by_one(tmp_path: Path) -> None:
    store = ParquetPredictions(tmp_path)
    kept = keep(store, MIDNIGHT - 150 * DAY, MIDNIGHT, 30 * DAY)
    parts = store.sums("flights", Interval(kept[0].start, kept[-1].end), 30 * DAY, kept[1:2])
    assert [i for i, _ in parts] == [kept[0], *kept[2:]]
    assert not [*tmp_path.rglob("sums")]


@pytest.mark.parametrize("harm", [b"", b"no profile at all", None])
def test_a_sum_that_is_damaged_or_gone_is_made_again(tmp_path: Path, harm: bytes | None) -> None:
    store = ParquetPredictions(tmp_path)
    keep(store, MIDNIGHT, MIDNIGHT + DAY, HOUR)
    before = rows(store.sums("flights", TODAY, HOUR))
    (file,) = tmp_path.glob("flights/profiles/sums/60m/*.wkp")
    file.unlink() if harm is None else file.write_bytes(harm)
    assert rows(store.sums("flights", TODAY, HOUR)) == before

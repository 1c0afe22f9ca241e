"""Half-open intervals, cut so that replays agree."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import DAY, HOUR, NOON
from tests.domain.strategies import lengths, moments
from watchkeeper.domain.intervals import EPOCH, Interval, interval_ending, spoken, stamp, window_id


@given(moments, lengths)
def test_the_newest_whole_interval_has_ended_and_the_next_has_not(at: datetime, every: timedelta) -> None:
    interval = interval_ending(at, every)
    assert interval.end <= at < interval.end + every
    assert interval.length == every


@given(moments, lengths)
def test_ends_are_multiples_of_the_schedule_so_that_replays_agree(at: datetime, every: timedelta) -> None:
    end = interval_ending(at, every).end
    assert (end - EPOCH) % every == timedelta(0)
    assert interval_ending(end, every) == interval_ending(at, every)


@given(moments, lengths, st.timedeltas(timedelta(0), timedelta(days=90)))
def test_a_moment_is_in_exactly_one_of_two_neighbours(start: datetime, length: timedelta, later: timedelta) -> None:
    first = Interval(start, start + length)
    second = first.shifted(length)
    assert ((start + later) in first) + ((start + later) in second) == (later < 2 * length)
    assert first.end not in first
    assert first.start in first
    assert second.length == first.length


@given(moments, st.integers(-14, 14))
def test_an_id_names_the_same_moment_in_every_time_zone(at: datetime, hours: int) -> None:
    elsewhere = at.astimezone(timezone(timedelta(hours=hours)))
    assert window_id("flights", elsewhere) == window_id("flights", at)


def test_ids_read_as_people_write_moments() -> None:
    assert stamp(NOON) == "2013-07-01T12:00Z"
    assert window_id("flights", NOON) == "flights@2013-07-01T12:00Z"
    assert str(Interval(NOON, NOON + HOUR)) == "2013-07-01T12:00Z to 2013-07-01T13:00Z"


@pytest.mark.parametrize("length", [timedelta(0), -DAY])
def test_an_interval_that_does_not_last_is_refused(length: timedelta) -> None:
    with pytest.raises(ValueError, match="ends after it starts"):
        Interval(NOON, NOON + length)


@pytest.mark.parametrize(
    ("start", "end"),
    [
        (NOON.replace(tzinfo=None), NOON + DAY),
        (NOON, (NOON + DAY).replace(tzinfo=None)),
        (NOON.replace(tzinfo=None), (NOON + DAY).replace(tzinfo=None)),
    ],
)
def test_an_interval_without_time_zones_is_refused(start: datetime, end: datetime) -> None:
    with pytest.raises(ValueError, match="needs time zones"):
        Interval(start, end)


def test_intervals_sort_by_their_start() -> None:
    later, earlier = Interval(NOON, NOON + HOUR), Interval(datetime(2013, 1, 1, tzinfo=UTC), NOON + DAY)
    assert sorted([later, earlier]) == [earlier, later]


def test_lengths_are_said_in_their_largest_whole_unit() -> None:
    said = {timedelta(days=30): "30 days", timedelta(days=1): "1 day", timedelta(hours=36): "36 hours"}
    said |= {timedelta(minutes=15): "15 minutes", timedelta(seconds=1.5): "1.5 seconds"}
    assert {length: spoken(length) for length in said} == said

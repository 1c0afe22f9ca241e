"""How far windows of a minute to a month look back."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from watchkeeper.domain.intervals import Interval, interval_ending
from watchkeeper.domain.reaches import held_against, is_thinned, newest, remembered, thinned

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)

moments = st.datetimes(datetime(2000, 1, 1), datetime(2050, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - zoned by it
ending = lambda minutes, at: interval_ending(at, minutes * MINUTE)
windows = st.builds(ending, st.integers(1, 31 * 24 * 60), moments)
short = st.builds(ending, st.integers(1, 14), moments)


def test_a_day_is_held_against_the_28_days_before_it_and_a_month_against_four() -> None:
    noon = datetime(2024, 6, 3, 12, tzinfo=UTC)
    day, month = interval_ending(noon, DAY), interval_ending(noon, 30 * DAY)
    assert held_against(day) == Interval(day.start - 28 * DAY, day.start)
    assert held_against(month) == Interval(month.start - 120 * DAY, month.start)
    assert held_against(interval_ending(noon, 7 * DAY)).length == 28 * DAY


@given(windows)
def test_a_window_is_held_against_28_days_or_four_windows_that_end_where_it_starts(window: Interval) -> None:
    reach = held_against(window)
    assert reach.end == window.start
    assert max(28 * DAY, 4 * window.length) <= reach.length < max(28 * DAY, 4 * window.length) + DAY
    if window.length < DAY:
        assert (reach.start.hour, reach.start.minute) == (0, 0)
    else:
        assert reach.length % window.length == timedelta(0) or reach.length == 28 * DAY


@given(windows)
def test_as_many_windows_are_remembered_as_it_takes_to_know_what_is_usual(window: Interval) -> None:
    reach = remembered(window)
    assert reach.end == window.end
    assert reach.length >= 120 * DAY
    assert reach.length // window.length >= 36


@given(short)
def test_of_short_windows_some_hundred_are_compared_with_those_of_this_time_of_day_among_them(
    window: Interval,
) -> None:
    assert is_thinned(window.length)
    ends = thinned(window)
    assert len(ends) == 28 * 24
    assert all(end < window.end for end in ends)
    assert ends == tuple(interval_ending(end, window.length).end for end in ends)
    for days in (1, 7, 28):
        assert min(abs(window.end - days * DAY - end) for end in ends) < window.length
    assert newest(window).length >= 4 * window.length

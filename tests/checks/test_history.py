"""Earlier measures, and how unusual a new one is among them."""

import math
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from statistics import NormalDist

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchkeeper.checks.history import (
    angle,
    angle_error,
    earlier,
    robust_spread,
    tail_aware_z,
    unspoilt,
    without_places,
)

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
START = datetime(2013, 7, 1, tzinfo=UTC)
KEY, SCORE = ("drift", "temp", "js"), ("drift", "temp", "score")

some = st.lists(st.floats(-100, 100), min_size=1, max_size=90)


def days(*values: float) -> tuple[tuple[datetime, float], ...]:
    return tuple((START + i * DAY, value) for i, value in enumerate(values))


def test_a_replay_sees_what_the_first_look_saw() -> None:
    history = {KEY: days(1, 2, 3, 4)}
    assert list(earlier(history, KEY, START + 2 * DAY, 10).values()) == [2, 1]
    assert list(earlier(history, KEY, START + 9 * DAY, 3).values()) == [4, 3, 2]
    assert earlier({}, KEY, START, 10) == {}


def test_what_was_not_measured_does_not_count() -> None:
    assert list(earlier({KEY: days(1, math.nan, 3)}, KEY, START + 9 * DAY, 10).values()) == [3, 1]


def test_critical_windows_are_left_out() -> None:
    history = {KEY: days(1, 9, 2), SCORE: days(0, 5, 0)}
    assert sorted(unspoilt(history, KEY, START + 9 * DAY, 10, 4.0).values()) == [1, 2]


def test_weekdays_are_told_apart_once_there_are_three_weeks() -> None:
    busy = {START + (i + 1) * DAY: 10.0 if i % 7 == 0 else 0.0 for i in range(42)}
    freed, shift = without_places(busy, DAY, START + 42 * DAY)
    assert shift == pytest.approx(10 * 6 / 10)
    assert max(freed) == pytest.approx(4.0)
    assert without_places(busy, DAY, START + 43 * DAY)[1] == 0.0
    few = dict(list(busy.items())[:20])
    assert without_places(few, DAY, START) == (list(few.values()), 0.0)


def test_a_weekday_that_was_never_seen_has_no_level_of_its_own() -> None:
    mondays = {START + (7 * i + 1) * DAY: float(i) for i in range(30)}
    assert without_places(mondays, DAY, START + 3 * DAY)[1] == 0.0


def hours(count: int, level: Callable[[datetime], float]) -> dict[datetime, float]:
    starts = [START + n * HOUR for n in range(count)]
    return {at + HOUR: level(at) for at in starts}


def test_hours_are_told_apart_after_three_days_and_their_weekdays_after_three_weeks() -> None:
    night = hours(72, lambda at: 8.0 if at.hour < 6 else 0.0)
    assert without_places(dict(list(night.items())[:71]), HOUR, START)[1] == 0.0
    assert without_places(night, HOUR, START)[1] == pytest.approx(8 * 3 / 7)
    assert without_places(night, HOUR, START + 12 * HOUR)[1] == 0.0
    sunday_night = hours(28 * 24, lambda at: 8.0 if (at.weekday(), at.hour) == (6, 3) else 0.0)
    sunday = START + 6 * DAY + 3 * HOUR
    assert without_places(sunday_night, HOUR, sunday)[1] == pytest.approx(8 * 4 / 8)
    assert without_places(sunday_night, HOUR, sunday + DAY)[1] == 0.0


@given(st.integers(0, 23), st.floats(-10, 10))
def test_a_level_that_is_every_hours_own_is_nobodys(hour: int, level: float) -> None:
    freed, shift = without_places(hours(24 * 28, lambda _: level), HOUR, START + hour * HOUR)
    assert (set(freed), shift) == ({level}, 0.0)


@given(some, st.floats(-100, 100), st.floats(-100, 100))
def test_a_larger_value_is_never_less_unusual(values: list[float], one: float, other: float) -> None:
    low, high = sorted((one, other))
    assert tail_aware_z(values, low, 0.1) <= tail_aware_z(values, high, 0.1)


@given(some, st.floats(-100, 100), st.integers(-50, 50))
def test_moving_all_values_moves_nothing(values: list[float], value: float, by: int) -> None:
    moved = tail_aware_z([v + by for v in values], value + by, 0.5)
    assert moved == pytest.approx(tail_aware_z(values, value, 0.5), rel=1e-6, abs=1e-6)


def test_heavy_tails_need_more_to_surprise() -> None:
    calm = [0.1 * (i % 5) for i in range(60)]
    wild = [*calm[:-4], 5.0, 5.0, 5.0, 5.0]
    assert tail_aware_z(calm, 4.0, 0.1) > 10
    assert tail_aware_z(wild, 4.0, 0.1) < 2


def test_one_earlier_outlier_does_not_hide_the_next() -> None:
    calm = [0.1 * (i % 5) for i in range(59)]
    assert tail_aware_z([*calm, 50.0], 4.0, 0.1) > 10


def test_normal_values_have_normal_scores() -> None:
    values = [NormalDist(10, 2).inv_cdf((i + 0.5) / 90) for i in range(90)]
    assert tail_aware_z(values, 16.0, 0.01) == pytest.approx(3.0, rel=0.05)
    assert robust_spread(values) == pytest.approx(2.0, rel=0.02)
    assert robust_spread([]) == 0.0


def test_the_angle_of_a_share_is_a_right_angle_at_most() -> None:
    assert (angle(0.0), angle(1.0)) == (0.0, pytest.approx(math.pi / 2))
    assert angle(-0.1) == 0.0
    assert angle_error(100) == 0.05

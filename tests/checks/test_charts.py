"""The control charts, and how often they speak when nothing is wrong."""

import math
from datetime import timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from tests.checks.scenes import DAY, MONDAY, TODAY
from watchkeeper.checks.chart_limits import cusum_limit, shewhart_limit
from watchkeeper.checks.charts import (
    HEADROOM,
    Usual,
    cusum,
    read_charts,
    usual,
)

rates = st.floats(1e-5, 0.1)
alikes = st.floats(0, 0.9)
zs = st.floats(-50, 50)
values = st.lists(st.floats(-100, 100), min_size=2, max_size=90)


def alarms(z: np.ndarray, limit: float) -> float:
    """How often a CUSUM that starts anew after each alarm reaches its limit, a block; `z` is (streams, blocks)."""
    sums, found = np.zeros(len(z)), 0
    for now in z.T:
        sums = np.maximum(0.0, sums + now - 0.5)
        reached = sums >= limit
        found += int(reached.sum())
        sums[reached] = 0.0
    return found / z.size


def alike_normals(alike: float, streams: int = 3_000, blocks: int = 300) -> np.ndarray:
    """Streams of standard normal values of which neighbours correlate."""
    draws = np.random.default_rng(3).normal(size=(streams, blocks))
    for place in range(1, blocks):
        draws[:, place] = alike * draws[:, place - 1] + math.sqrt(1 - alike**2) * draws[:, place]
    return draws


@pytest.mark.parametrize("rate", [1 / 30, 1 / 60, 1 / 150])
def test_the_cusum_speaks_by_chance_as_often_as_is_allowed(rate: float) -> None:
    assert alarms(alike_normals(0.0), cusum_limit(rate)) == pytest.approx(rate, rel=0.1)


@pytest.mark.parametrize("alike", [0.2, 0.5, 0.8])
@pytest.mark.parametrize("rate", [1 / 30, 1 / 150])
def test_where_neighbours_are_alike_it_speaks_hardly_more_often_and_still_speaks(rate: float, alike: float) -> None:
    assert 0.6 * rate <= alarms(alike_normals(alike), cusum_limit(rate, alike)) <= 1.2 * rate


@given(rates, rates, alikes)
def test_limits_grow_with_how_rarely_they_may_be_reached_and_with_how_alike_neighbours_are(
    rate: float, other: float, alike: float
) -> None:
    assert cusum_limit(min(rate, other), alike) >= cusum_limit(max(rate, other), alike)
    assert shewhart_limit(min(rate, other)) >= shewhart_limit(max(rate, other))
    assert cusum_limit(rate, alike) >= cusum_limit(rate)


def test_a_chart_that_may_speak_all_the_time_still_needs_something_to_say() -> None:
    assert cusum_limit(0.9) == 0.5


@given(st.lists(zs, max_size=50), st.floats(0.5, 20))
def test_a_cusum_is_never_below_nothing_and_never_far_above_its_limit(stream: list[float], limit: float) -> None:
    now = 0.0
    for z in stream:
        now = cusum(now, z, limit)
        assert 0 <= now <= limit + HEADROOM


@given(st.floats(0.5, 20))
def test_a_cusum_at_its_highest_is_below_its_warning_after_a_few_usual_blocks(limit: float) -> None:
    now, blocks = limit + HEADROOM, 0
    while now >= 0.9 * limit:
        now, blocks = cusum(now, 0.0, limit), blocks + 1
    assert blocks <= math.ceil((HEADROOM + 0.1 * limit) / 0.5) + 1


@given(st.floats(0.5, 20), st.floats(4, 50))
def test_the_end_of_a_large_change_is_seen_at_once_and_its_lasting_changes_nothing(limit: float, size: float) -> None:
    spoken = limit + HEADROOM
    assert cusum(spoken, 0.0, limit, size) == max(0.0, spoken - size * size / 2)
    assert cusum(spoken, size, limit, size) == spoken
    assert cusum(0.9 * limit, 0.0, limit, size) == cusum(0.9 * limit, 0.0, limit)


@given(st.floats(-6, 6), st.integers(5, 400))
def test_a_distance_from_few_blocks_says_as_much_as_students_t(t: float, blocks: int) -> None:
    z = Usual(10.0, 2.0, 0.0, blocks).z(10.0 + 2.0 * t * math.sqrt(1 + 1 / blocks))
    assert z == pytest.approx(stats.norm.isf(stats.t.sf(t, blocks - 1)), abs=0.08)


@given(values, st.floats(-1000, 1000), st.floats(0.1, 100))
def test_what_is_usual_moves_and_stretches_with_the_values(past: list[float], shift: float, stretch: float) -> None:
    ends = [MONDAY - i * DAY for i in range(len(past))]
    before = usual(dict(zip(ends, past, strict=True)), TODAY, 0.5, both_ways=True)
    after = usual(
        {at: stretch * value + shift for at, value in zip(ends, past, strict=True)},
        TODAY,
        0.5 * stretch,
        both_ways=True,
    )
    assert after.level == pytest.approx(stretch * before.level + shift, rel=1e-6, abs=1e-6)
    assert after.spread == pytest.approx(stretch * before.spread, rel=1e-6)
    assert after.blocks == before.blocks == len(past)


@given(values, st.floats(0.01, 10))
def test_the_spread_is_never_below_what_chance_makes_and_likeness_lies_in_its_bounds(
    past: list[float], floor: float
) -> None:
    found = usual({MONDAY - i * DAY: value for i, value in enumerate(past)}, TODAY, floor)
    assert found.spread >= floor
    assert 0 <= found.alike <= 0.9


def test_how_alike_neighbours_are_is_found_and_an_outlier_does_not_hide_it() -> None:
    stream = alike_normals(0.5, 1, 2_000)[0]
    stream[1_000] = 1_000.0
    ends = [MONDAY + timedelta(hours=i) for i in range(stream.size)]
    at = TODAY.shifted(timedelta(hours=stream.size))
    assert usual(dict(zip(ends, stream, strict=True)), at, 0.01).alike == pytest.approx(0.5, abs=0.08)


def test_a_weekday_that_is_always_worse_surprises_nobody() -> None:
    rng = np.random.default_rng(1)
    past = {MONDAY + DAY - i * DAY: rng.normal() + (10 if i % 7 == 0 else 0) for i in range(7, 85)}
    monday, tuesday = TODAY, TODAY.shifted(DAY)
    assert abs(usual(past, monday, 0.1).z(10.0)) < 3 < usual(past, tuesday, 0.1).z(10.0)


@given(zs, alikes, st.lists(st.floats(0, 10), min_size=1, max_size=2), rates)
def test_the_reading_is_of_the_chart_nearest_to_its_limit(
    z: float, alike: float, before: list[float], rate: float
) -> None:
    found = read_charts(z, alike, [(s, 1.0) for s in before], rate)
    rate /= len(before)
    sum_limit, z_limit = cusum_limit(0.9 * rate, alike), shewhart_limit(0.1 * rate)
    sides = [z, -z][: len(before)]
    sums = [cusum(s, side, sum_limit) for s, side in zip(before, sides, strict=True)]
    nearest = max([s / sum_limit for s in sums] + [side / z_limit for side in sides])
    assert found.value / found.limit == pytest.approx(nearest)
    assert found.cusums == tuple(sums)


def test_a_direction_in_which_nothing_is_wrong_takes_nothing_from_the_other() -> None:
    up, down = (read_charts(z, 0.0, ((0.0, 0.0), (0.0, 0.0)), 1 / 150) for z in (9.0, -9.0))
    assert (up.value, up.limit, up.side, down.side) == (down.value, down.limit, 1, -1)
    assert read_charts(-9.0, 0.0, ((0.0, 0.0),), 1 / 150).value == 0.0

"""The channels of drift: what is measured of a column, what lasts, what is left out, and fixed limits."""

import math
from collections.abc import Callable
from datetime import datetime, timedelta

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.checks.scenes import (
    DAY,
    MONDAY,
    ROWS,
    TODAY,
    ask,
    baseline,
    history,
    profile,
    table_with,
    values,
    window,
)
from watchkeeper.checks import seed
from watchkeeper.checks.drift import Drift
from watchkeeper.checks.drifting import lasting, measured, surprise
from watchkeeper.domain.findings import Finding
from watchkeeper.domain.intervals import Interval
from watchkeeper.domain.levels import Level
from watchkeeper.profiles import Column, Profile

HOUR = timedelta(hours=1)


def column(table: dict[str, object]) -> Column:
    return profile(pa.table(table)).columns["temp"]


def short_windows(length: timedelta, temp: Callable[[datetime, np.random.Generator], np.ndarray]) -> dict[str, Finding]:
    """What is found of the last of 100 short windows with such a column."""
    draw, check = np.random.default_rng(3), Drift()
    kept = []
    for n in range(100):
        start = MONDAY + n * length
        kept.append((Interval(start, start + length), profile(pa.table({"temp": temp(start, draw)}))))
    (last, now), before = kept[-1], kept[:-1]
    trailing = Profile.total(p for _, p in before)
    base = baseline(anchor=trailing, trailing=trailing, history=history(seed([check], before)))
    return ask(check, base, window(interval=last, profile=now))


class TestLasting:
    def test_a_window_speaks_together_with_one_of_the_two_before(self) -> None:
        before = {TODAY.end - n * DAY: z for n, z in ((1, 0.5), (2, 3.0))}
        assert lasting(2.0, before, TODAY) == pytest.approx(2.0 * math.sqrt(2))
        assert lasting(4.0, before, TODAY) == pytest.approx(3.0 * math.sqrt(2))

    def test_a_window_that_is_quiet_again_says_nothing_whatever_was_before(self) -> None:
        before = {TODAY.end - n * DAY: 30.0 for n in (1, 2)}
        assert lasting(0.0, before, TODAY) == 0.0
        assert lasting(1.0, before, TODAY) == pytest.approx(math.sqrt(2))

    def test_one_unusual_window_says_no_more_than_it_did(self) -> None:
        quiet = {TODAY.end - n * DAY: 0.1 for n in (1, 2)}
        assert lasting(5.0, quiet, TODAY) == 5.0
        assert lasting(5.0, {}, TODAY) == 5.0
        assert lasting(5.0, {TODAY.end - 3 * DAY: 5.0}, TODAY) == 5.0

    @given(st.floats(-5, 20), st.lists(st.floats(-5, 20), max_size=4))
    def test_it_is_at_least_the_window_itself_and_at_most_root_two_of_it(self, z: float, before: list[float]) -> None:
        value = lasting(z, {TODAY.end - n * DAY: old for n, old in enumerate(before, 1)}, TODAY)
        assert z <= value <= max(z, math.sqrt(2) * z)


class TestFixedLimits:
    def test_a_limit_of_z_may_be_given(self) -> None:
        finding = ask(Drift(critical=9.0), seen=window(table_with(temp=values("temp") + 15)))["temp"]
        assert finding.limit == 9.0
        assert finding.sentence.endswith(", limit 9.0.")

    @pytest.mark.parametrize("statistic", ["js", "psi", "ks"])
    def test_a_limit_of_a_distance_is_held_against_the_last_28_days_as_it_is(self, statistic: str) -> None:
        check = Drift(critical=0.2, statistic=statistic)
        found = ask(check, seen=window(table_with(temp=values("temp") + 15)))
        assert (found["temp"].level, found["carrier"].level) == (Level.CRITICAL, Level.OK)
        assert f"({statistic}), limit 0.2." in found["temp"].sentence
        assert "*" not in found

    def test_categories_have_no_wasserstein(self) -> None:
        found = ask(Drift(critical=0.5, statistic="wasserstein"), seen=window(table_with(temp=values("temp") + 15)))
        assert found["temp"].level is Level.CRITICAL
        assert found["carrier"].sentence == "carrier: its kind has no wasserstein."

    def test_a_distance_needs_its_limit(self) -> None:
        with pytest.raises(ValueError, match="a limit of psi is not calibrated but given"):
            Drift(statistic="psi")


class TestChannels:
    def test_numbers_in_another_unit_are_new(self) -> None:
        drawn = np.random.default_rng(0).integers(0, 40, 3000)
        miles, km = (column({"temp": drawn[:600] * by}) for by in (1.0, 1.609344))
        usual = column({"temp": drawn.astype(float)})
        assert measured(usual, miles)["unseen"] == 0.0
        assert measured(usual, km)["unseen"] > 0.9

    def test_infinite_numbers_are_new_where_there_were_none(self) -> None:
        usual, odd = column({"temp": [1.0, 2.0, 3.0, 4.0]}), column({"temp": [1.0, 2.0, 3.0, math.inf]})
        assert measured(usual, odd)["unseen"] == 0.25
        assert measured(odd, odd)["unseen"] == 0.0

    def test_without_numbers_nothing_is_new(self) -> None:
        usual, none = column({"temp": [1.0, 2.0]}), column({"temp": [None, None]})
        assert "unseen" not in measured(usual, none)

    def test_a_stuck_sensor_has_one_value(self) -> None:
        stuck = window(table_with(temp=np.full(ROWS, 15.0)))
        assert measured(baseline().trailing.columns["temp"], stuck.profile.columns["temp"])["mode"] == 1.0
        assert ask(Drift(), seen=stuck)["temp"].level is Level.CRITICAL


class TestShortWindows:
    @pytest.mark.parametrize("length", [timedelta(minutes=15), HOUR, 6 * HOUR])
    def test_what_is_usual_at_night_is_not_at_noon(self, length: timedelta) -> None:
        draw = np.random.default_rng(4)
        starts = [MONDAY - n * length for n in range(1, 28 * DAY // length + 1)]
        js = {at + length: (0.5 if at.hour < 6 else 0.1) * draw.lognormal(0, 0.2) for at in starts}
        night, noon = (Interval(at, at + length) for at in (MONDAY, MONDAY + 12 * HOUR))
        assert surprise({"js": 0.5}, {"js": js}, night, 500).z < 2
        assert surprise({"js": 0.5}, {"js": js}, noon, 500).z > 5


class TestByNature:
    @pytest.mark.parametrize(("length", "value"), [(HOUR, "hour"), (timedelta(minutes=1), "minute")])
    def test_what_the_calendar_says_of_a_short_window_is_left_out(self, length: timedelta, value: str) -> None:
        found = short_windows(length, lambda start, _: np.full(ROWS, float(getattr(start, value))))
        assert "by nature" in found["temp"].sentence

    def test_a_clock_that_runs_within_windows_surprises_nobody(self) -> None:
        found = short_windows(HOUR, lambda start, draw: start.timestamp() + draw.uniform(0, 3600, ROWS))
        assert found["temp"].level is Level.OK
        assert not math.isnan(found["temp"].value)

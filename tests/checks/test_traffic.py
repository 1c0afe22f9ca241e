"""Constant columns, volume and freshness: what the stream of records itself tells."""

import math
from datetime import timedelta

import numpy as np
import pytest

from tests.checks.scenes import DAY, MONDAY, ROWS, TODAY, ask, baseline, day_table, empty_window, table_with, window
from watchkeeper.checks.constant import Constant
from watchkeeper.checks.freshness import Freshness
from watchkeeper.checks.volume import Volume
from watchkeeper.domain.intervals import Interval
from watchkeeper.domain.levels import Level
from watchkeeper.window import History


def rows_before(*counts: float, length: timedelta = DAY) -> History:
    """The history of volume: counts of the windows before today, newest first."""
    at = [TODAY.start - i * length for i in range(len(counts))]
    return {("volume", "*", "rows"): tuple(reversed(list(zip(at, counts, strict=True))))}


def stuck(rows: int = ROWS) -> np.ndarray:
    return np.full(rows, 15.0)


class TestConstant:
    def test_a_sensor_that_is_stuck_is_critical(self) -> None:
        finding = ask(Constant(), seen=window(table_with(temp=stuck())))["temp"]
        assert (finding.level, finding.value) == (Level.CRITICAL, pytest.approx(1 - 1 / 62))
        assert finding.sentence == "temp: has one single value, as in 0 of 60 earlier windows (98.4 % sure)."

    def test_a_category_that_is_stuck_is_critical(self) -> None:
        assert ask(Constant(), seen=window(table_with(carrier=["AA"] * ROWS)))["carrier"].level is Level.CRITICAL

    def test_a_column_that_is_constant_within_a_day_by_nature_is_quiet(self) -> None:
        finding = ask(Constant())["weekday"]
        assert (finding.level, finding.value) == (Level.OK, pytest.approx(1 - 61 / 62))

    def test_little_history_warns_before_it_is_sure(self) -> None:
        seen = window(table_with(temp=stuck()))
        assert ask(Constant(), baseline(5), seen)["temp"].level is Level.OK
        assert "after 5 of 7 windows" in ask(Constant(), baseline(5), seen)["temp"].sentence
        assert ask(Constant(), baseline(8), seen)["temp"].level is Level.WARNING

    def test_days_on_which_it_was_stuck_are_nothing_to_get_used_to(self) -> None:
        at = [TODAY.start - i * DAY for i in range(30, -1, -1)]
        single = {("constant", "temp", "single"): tuple((t, float(i > 20)) for i, t in enumerate(at))}
        score = {("constant", "temp", "score"): tuple((t, 0.97 * (i > 20)) for i, t in enumerate(at))}
        seen = window(table_with(temp=stuck()))
        assert ask(Constant(), baseline(history=single), seen)["temp"].level is Level.OK
        assert ask(Constant(), baseline(history=single | score), seen)["temp"].level is Level.CRITICAL

    def test_a_column_that_never_varied_is_quiet(self) -> None:
        seen = window(table_with(temp=stuck()))
        assert (
            ask(Constant(), baseline(anchor=seen.profile), seen)["temp"].sentence == "temp: never varied before either."
        )

    def test_too_few_values_may_be_the_same_by_accident(self) -> None:
        sparse = stuck()
        sparse[10:] = math.nan
        assert ask(Constant(), seen=window(table_with(temp=sparse)))["temp"].level is Level.OK
        assert ask(Constant(), seen=window(table_with().slice(0, 10)))["temp"].level is Level.UNKNOWN


class TestVolume:
    def test_half_the_records_missing_is_critical(self) -> None:
        finding = ask(Volume(), seen=window(day_table(MONDAY, 240)))["too few"]
        assert (finding.level, finding.value) == (Level.CRITICAL, pytest.approx(0.6))
        assert finding.sentence == "240 records came; 600 were expected, so 60 % are missing."

    def test_no_record_at_all_is_critical_where_some_were_expected(self) -> None:
        assert ask(Volume(), seen=empty_window())["too few"].level is Level.CRITICAL

    def test_far_too_many_are_critical_against_a_limit_of_their_own(self) -> None:
        finding = ask(Volume(), baseline(history=rows_before(*[100.0] * 30)))["too many"]
        assert (finding.level, finding.value, finding.limit) == (Level.CRITICAL, 6.0, 5.0)
        assert ask(Volume(), baseline(history=rows_before(*[130.0] * 30)))["too many"].level is Level.WARNING
        assert ask(Volume(), baseline(history=rows_before(*[200.0] * 30)))["too many"].level is Level.OK

    def test_quiet_weekdays_are_expected_to_be_quiet(self) -> None:
        counts = [600.0 if (TODAY.start - i * DAY - DAY).weekday() == 0 else 3000.0 for i in range(60)]
        assert ask(Volume(), baseline(history=rows_before(*counts)))["too few"].level is Level.OK

    def test_hourly_windows_expect_what_the_same_hour_brings(self) -> None:
        hour = timedelta(hours=1)
        counts = [600.0 if (i + 1) % 24 == 0 else 9000.0 for i in range(80)]
        seen = window(interval=Interval(TODAY.start, TODAY.start + hour))
        assert ask(Volume(), baseline(history=rows_before(*counts, length=hour)), seen)["too few"].level is Level.OK
        few = baseline(history=rows_before(*counts[:10], length=hour))
        assert ask(Volume(), few, seen)["too few"].level is Level.CRITICAL

    def test_small_counts_may_vary_as_small_counts_do(self) -> None:
        assert ask(Volume(), baseline(history=rows_before(*[9.0] * 30)), window(day_table(MONDAY, 4)))[
            "too few"
        ].level is (Level.OK)

    def test_without_history_an_empty_window_is_unknown_and_another_is_not_judged(self) -> None:
        assert ask(Volume(), baseline(history={}))["too few"].level is Level.OK
        assert ask(Volume(), baseline(history={}), empty_window())["too few"].level is Level.UNKNOWN

    def test_a_window_that_was_always_empty_is_as_expected(self) -> None:
        assert ask(Volume(), baseline(history=rows_before(*[0.0] * 30)), empty_window())["too few"].level is Level.OK

    def test_records_that_could_not_be_read_make_too_few_unknown(self) -> None:
        seen = window(day_table(MONDAY, 100), trouble=("a.parquet: torn",))
        assert ask(Volume(), seen=seen)["too few"].level is Level.UNKNOWN

    def test_it_remembers_how_many_came(self) -> None:
        measures = ask(Volume())["too few"].measures
        assert [(m.subject, m.name, m.value) for m in measures] == [("*", "rows", 600.0)]


class TestFreshness:
    def test_records_that_end_early_are_critical(self) -> None:
        finding = ask(Freshness(), seen=window(newest=TODAY.end - timedelta(hours=15)))["*"]
        assert (finding.level, finding.value) == (Level.CRITICAL, pytest.approx(0.625))
        assert finding.sentence == "The newest record is 15 h older than the window's end, 62.5 % of its length."

    def test_nine_tenths_of_the_limit_is_a_warning(self) -> None:
        assert ask(Freshness(), seen=window(newest=TODAY.end - timedelta(hours=11)))["*"].level is Level.WARNING

    def test_a_clock_that_runs_ahead_is_no_age(self) -> None:
        assert ask(Freshness(), seen=window(newest=TODAY.end + timedelta(hours=1)))["*"].value == 0.0

    def test_without_a_record_the_age_is_unknown(self) -> None:
        assert ask(Freshness(), seen=empty_window())["*"].level is Level.UNKNOWN

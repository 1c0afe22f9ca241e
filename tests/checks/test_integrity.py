"""The checks that page from day one."""

import math

import numpy as np
import pyarrow as pa
import pytest

from tests.checks.scenes import KINDS, MONDAY, ROWS, ask, baseline, day_table, empty_window, table_with, values, window
from watchkeeper.checks.missing import Missing
from watchkeeper.checks.range import Range
from watchkeeper.checks.schema import Schema
from watchkeeper.checks.unseen import Unseen
from watchkeeper.domain.levels import Level
from watchkeeper.profiles import Kind, Profile, profile_batches
from watchkeeper.window import Baseline


def with_nulls(share: float) -> np.ndarray:
    temp = values("temp")
    temp[: round(share * ROWS)] = math.nan
    return temp


def day_one(*tables: pa.Table) -> Baseline:
    """A baseline without any history."""
    anchor = profile_batches(tables or [day_table(MONDAY)], KINDS, {})
    return Baseline(1, "", anchor, None, {}, {})


class TestMissing:
    def test_most_of_a_column_missing_is_critical_and_says_how_much(self) -> None:
        finding = ask(Missing(), seen=window(table_with(temp=with_nulls(0.62))))["temp"]
        assert (finding.level, finding.value) == (Level.CRITICAL, pytest.approx(0.62))
        assert finding.sentence == "temp: 62 % of 600 values are missing; the training data had 0 %."

    def test_nine_tenths_of_the_limit_is_a_warning(self) -> None:
        assert ask(Missing(), seen=window(table_with(temp=with_nulls(0.095))))["temp"].level is Level.WARNING
        assert ask(Missing(), seen=window(table_with(temp=with_nulls(0.08))))["temp"].level is Level.OK

    def test_it_speaks_on_the_first_day(self) -> None:
        assert ask(Missing(), day_one(), window(table_with(temp=with_nulls(0.2))))["temp"].level is Level.CRITICAL

    def test_what_the_training_data_missed_too_is_not_counted(self) -> None:
        base = day_one(table_with(temp=with_nulls(0.5)))
        assert ask(Missing(), base, window(table_with(temp=with_nulls(0.55))))["temp"].level is Level.OK

    def test_a_column_that_is_all_missing_is_critical_however_much_was_missing_before(self) -> None:
        base = day_one(table_with(temp=with_nulls(0.95)))
        assert ask(Missing(), base, window(table_with(temp=np.full(ROWS, math.nan))))["temp"].value == 1.0

    def test_a_column_that_is_missing_for_days_at_a_time_is_not_news(self) -> None:
        shares = tuple((MONDAY, 0.6 * (i % 3 == 0)) for i in range(60))
        past = {
            ("missing", "temp", "share"): tuple(
                (MONDAY.replace(month=4 + i // 30, day=1 + i % 30), s) for i, (_, s) in enumerate(shares)
            )
        }
        base = baseline(history=past)
        assert ask(Missing(), base, window(table_with(temp=with_nulls(0.6))))["temp"].level is Level.OK
        assert ask(Missing(), base, window(table_with(temp=with_nulls(1.0))))["temp"].level is Level.CRITICAL

    def test_critical_windows_are_nothing_to_get_used_to(self) -> None:
        at = [MONDAY.replace(month=5 + i // 30, day=1 + i % 30) for i in range(60)]
        share = {("missing", "temp", "share"): tuple((t, 0.6 * (i > 40)) for i, t in enumerate(at))}
        score = {("missing", "temp", "score"): tuple((t, 0.6 * (i > 40)) for i, t in enumerate(at))}
        seen = window(table_with(temp=with_nulls(0.6)))
        assert ask(Missing(), baseline(history=share), seen)["temp"].level is Level.OK
        assert ask(Missing(), baseline(history=share | score), seen)["temp"].level is Level.CRITICAL

    def test_a_handful_of_missing_values_says_nothing(self) -> None:
        few = window(table_with().slice(0, 20))
        gone = window(table_with(temp=with_nulls(4 / ROWS)).slice(0, 20))
        assert ask(Missing(), day_one(), few)["temp"].level is Level.OK
        assert ask(Missing(), day_one(), gone)["temp"].level is Level.OK

    def test_a_column_new_to_the_baseline_is_held_against_none_missing(self) -> None:
        base = day_one(table_with(temp=None))
        finding = ask(Missing(), base, window(table_with(temp=with_nulls(0.5))))["temp"]
        assert finding.level is Level.CRITICAL

    def test_the_last_weeks_stand_in_for_the_training_data(self) -> None:
        base = baseline(anchor=Profile())
        assert "the last 28 days had 0 %" in ask(Missing(), base)["temp"].sentence

    def test_an_absent_or_ignored_column_or_too_few_records_are_answered_for(self) -> None:
        assert ask(Missing(), seen=window(table_with(temp=None)))["temp"].level is Level.UNKNOWN
        assert ask(Missing(), seen=window(table_with().slice(0, 3)))["temp"].level is Level.UNKNOWN
        assert ask(Missing(), seen=empty_window())["temp"].level is Level.UNKNOWN
        ignored = ask(Missing(ignore=("temp",)), seen=window(table_with(temp=with_nulls(0.9))))["temp"]
        assert (ignored.level, math.isnan(ignored.value)) == (Level.OK, True)


class TestSchema:
    def test_a_column_that_is_gone_is_critical(self) -> None:
        finding = ask(Schema(), seen=window(table_with(temp=None)))["temp"]
        assert (finding.level, finding.value) == (Level.CRITICAL, 1.0)
        assert finding.sentence == "temp: the column is absent from 100 % of 600 records."

    def test_numbers_that_became_strings_are_critical(self) -> None:
        table = table_with(temp=pa.array([str(t) for t in values("temp")]))
        finding = ask(Schema(), seen=window(table))["temp"]
        assert finding.level is Level.CRITICAL
        assert "100 % of 600 values are of a wrong type" in finding.sentence

    def test_wrong_values_that_the_training_data_had_too_are_subtracted(self) -> None:
        table = table_with(temp=pa.array(["?"] * ROWS))
        assert ask(Schema(), day_one(table), window(table))["temp"].level is Level.OK

    def test_the_readable_part_is_judged_and_unreadable_files_are_unknown(self) -> None:
        finding = ask(Schema(), seen=window(trouble=("a.parquet: not a Parquet file",)))["*"]
        assert (finding.level, finding.value) == (Level.UNKNOWN, 1.0)
        assert "a.parquet: not a Parquet file" in finding.sentence

    def test_when_nothing_could_be_read_it_is_critical(self) -> None:
        trouble = tuple(f"{name}.parquet: torn" for name in "abcde")
        finding = ask(Schema(), seen=window(day_table(MONDAY, 0), trouble=trouble))["*"]
        assert finding.level is Level.CRITICAL
        assert "c.parquet: torn (2 more)" in finding.sentence

    def test_a_column_that_nobody_read_or_ignored_is_answered_for(self) -> None:
        base = baseline(anchor=profile_batches([pa.table({"old": [1.0]})], {"old": Kind.NUMERIC}, {}))
        assert ask(Schema(), base)["old"].level is Level.UNKNOWN
        assert ask(Schema(ignore=("old",)), base)["old"].level is Level.OK


class TestRange:
    @pytest.mark.parametrize("strange", [-999.0, 1e6, math.inf])
    def test_values_far_outside_are_critical(self, strange: float) -> None:
        temp = values("temp")
        temp[:20] = strange
        finding = ask(Range(), seen=window(table_with(temp=temp)))["temp"]
        assert (finding.level, finding.value) == (Level.CRITICAL, pytest.approx(20 / 600))
        assert "3.33 % of 600 values are out of range" in finding.sentence

    def test_all_infinite_is_critical(self) -> None:
        finding = ask(Range(), seen=window(table_with(temp=np.full(ROWS, math.inf))))["temp"]
        assert finding.level is Level.CRITICAL
        assert "they are infinite" in finding.sentence

    def test_a_little_beyond_and_a_handful_are_tolerated(self) -> None:
        warm, few = values("temp"), values("temp")
        warm[:50] = baseline().anchor.columns["temp"].high + 2.0
        few[:4] = 1e9
        assert ask(Range(), seen=window(table_with(temp=warm)))["temp"].level is Level.OK
        assert ask(Range(), seen=window(table_with(temp=few)))["temp"].level is Level.OK

    def test_what_the_last_weeks_have_seen_is_in_range_too(self) -> None:
        summer = table_with(temp=values("temp") + 60)
        trailing = baseline().trailing + window(summer).profile
        assert ask(Range(), seen=window(summer))["temp"].level is Level.CRITICAL
        assert ask(Range(), baseline(trailing=trailing), window(summer))["temp"].level is Level.OK

    def test_without_numbers_before_or_now_there_is_no_range(self) -> None:
        assert ask(Range(), seen=window(table_with(temp=np.full(ROWS, math.nan))))["temp"].level is Level.UNKNOWN
        assert ask(Range(), day_one(table_with(temp=None)))["temp"].level is Level.OK

    def test_a_column_that_changed_its_kind_is_unknown(self) -> None:
        base = day_one().anchor
        turned = Baseline(1, "", Profile(1, {"carrier": base.columns["temp"]}), None, {}, {})
        assert ask(Range(), turned)["carrier"].level is Level.UNKNOWN


class TestUnseen:
    def test_new_categories_are_critical_and_named(self) -> None:
        carrier = ["XX"] * 40 + ["YY"] * 20 + ["AA"] * 540
        finding = ask(Unseen(), seen=window(table_with(carrier=carrier)))["carrier"]
        assert (finding.level, finding.value) == (Level.CRITICAL, 0.1)
        assert finding.sentence == "carrier: 10 % of 600 values are new ('XX', 'YY')."

    def test_a_handful_of_new_ones_or_all_known_ones_is_quiet(self) -> None:
        carrier = ["XX"] * 4 + ["AA"] * 46
        few = window(table_with().slice(0, 50).drop_columns(["carrier"]).append_column("carrier", pa.array(carrier)))
        assert ask(Unseen(), seen=few)["carrier"].level is Level.OK
        assert ask(Unseen())["carrier"].sentence == "carrier: 0 % of 600 values are new."

    def test_categories_of_the_last_weeks_are_known(self) -> None:
        new = window(table_with(carrier=["XX"] * ROWS))
        assert ask(Unseen(), baseline(trailing=new.profile), new)["carrier"].level is Level.OK

    def test_without_categories_before_or_now_there_is_nothing_to_compare(self) -> None:
        gone = window(table_with(carrier=pa.nulls(ROWS, pa.string())))
        assert ask(Unseen(), seen=gone)["carrier"].level is Level.UNKNOWN
        assert ask(Unseen(), day_one(table_with(carrier=None)))["carrier"].level is Level.OK

    def test_a_column_that_changed_its_kind_is_unknown(self) -> None:
        turned = Baseline(1, "", Profile(1, {"temp": day_one().anchor.columns["carrier"]}), None, {}, {})
        assert ask(Unseen(), turned)["temp"].level is Level.UNKNOWN

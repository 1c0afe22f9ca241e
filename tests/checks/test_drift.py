"""Drift of inputs and of predictions against the last weeks, and the seed of their history."""

import math
from datetime import timedelta

import numpy as np
import pytest

from tests.checks.scenes import (
    DAY,
    MONDAY,
    ROWS,
    TODAY,
    ask,
    baseline,
    day_table,
    history,
    past,
    profile,
    seeded,
    table_with,
    values,
    window,
)
from watchkeeper.checks import built_in, seed
from watchkeeper.checks.drift import Drift
from watchkeeper.checks.prediction_drift import PredictionDrift
from watchkeeper.domain.findings import Family, Finding, Measure
from watchkeeper.domain.intervals import Interval
from watchkeeper.domain.levels import Level
from watchkeeper.profiles import Profile
from watchkeeper.window import Baseline

HOUR = timedelta(hours=1)


def lived(*warmer: float) -> list[dict[str, Finding]]:
    """What is found on the next days, each remembered for the ones after it, when temperatures are so much higher."""
    check, found = Drift(), []
    measures = list(seed([check], past(60)))
    for ahead, more in enumerate(warmer):
        start = MONDAY + ahead * DAY
        table = day_table(start)
        shifted = table.set_column(0, "temp", [table["temp"].to_numpy() + more])
        seen = window(shifted, interval=Interval(start, start + DAY))
        found.append(ask(check, baseline(history=history(measures)), seen))
        measures += [m for finding in found[-1].values() for m in finding.measures]
    return found


class TestDrift:
    def test_a_shift_beyond_what_days_do_is_critical(self) -> None:
        finding = ask(Drift(), seen=window(table_with(temp=values("temp") + 15)))["temp"]
        assert (finding.level, finding.family) == (Level.CRITICAL, Family.DRIFT)
        assert finding.value > finding.limit > 3
        assert "usually" in finding.sentence
        assert f"limit {finding.limit:.1f} for at most 1 false page in 150 windows." in finding.sentence

    def test_history_of_a_time_before_readings_were_counted_is_still_history(self) -> None:
        older = [m for m in seed([Drift()], past(60)) if m.name != "readings"]
        finding = ask(Drift(), baseline(history=history(older)), window(table_with(temp=values("temp") + 15)))["temp"]
        assert finding.level is Level.CRITICAL

    def test_a_change_of_unit_is_critical(self) -> None:
        fahrenheit = values("temp") * 1.8 + 32
        assert ask(Drift(), seen=window(table_with(temp=fahrenheit)))["temp"].level is Level.CRITICAL

    def test_another_mix_of_categories_is_critical(self) -> None:
        carrier = ["AA"] * 100 + ["B6"] * 100 + ["DL"] * 400
        assert ask(Drift(), seen=window(table_with(carrier=carrier)))["carrier"].level is Level.CRITICAL

    def test_some_new_categories_are_critical(self) -> None:
        carrier = day_table(MONDAY)["carrier"].to_pylist()
        finding = ask(Drift(), seen=window(table_with(carrier=["XX"] * 20 + carrier[20:])))["carrier"]
        assert finding.level is Level.CRITICAL
        assert "3.33 % of its values are new, usually 0 %" in finding.sentence

    def test_missing_values_are_critical_where_none_were(self) -> None:
        temp = values("temp")
        temp[:60] = math.nan
        finding = ask(Drift(), seen=window(table_with(temp=temp)))["temp"]
        assert finding.level is Level.CRITICAL
        assert finding.sentence.startswith("temp: 10 % of its values are missing, usually 0 %; z = ")

    def test_all_missing_is_critical(self) -> None:
        assert ask(Drift(), seen=window(table_with(temp=np.full(ROWS, math.nan))))["temp"].level is Level.CRITICAL

    def test_ordinary_days_are_quiet_all_of_them(self) -> None:
        speaking = 0
        for ahead in range(40):
            start = MONDAY + ahead * DAY
            seen = window(day_table(start), interval=Interval(start, start + DAY))
            speaking += any(f.level > Level.OK for f in ask(Drift(), seen=seen).values())
        assert speaking <= 1

    def test_a_column_with_one_value_a_day_by_nature_is_left_out(self) -> None:
        finding = ask(Drift())["weekday"]
        assert (finding.level, math.isnan(finding.value)) == (Level.OK, True)
        assert "by nature" in finding.sentence

    def test_the_prediction_is_not_its_question(self) -> None:
        assert ask(Drift()).keys() == {"temp", "carrier", "weekday", "*"}

    def test_a_fresh_model_is_learning_and_says_how_far_it_is(self) -> None:
        seen = window(table_with(temp=values("temp") + 15))
        assert ask(Drift(), baseline(0), seen)["temp"].sentence == "temp: has no earlier windows to compare with yet."
        finding = ask(Drift(), baseline(16), seen)["temp"]
        assert (finding.level, math.isnan(finding.value)) == (Level.OK, True)
        assert finding.sentence == "temp: still learning what is usual, 9 of 14 windows."
        assert {m.name for m in finding.measures} == {
            "js",
            "wasserstein",
            "null",
            "unseen",
            "mode",
            "single",
            "readings",
        }
        far = window(table_with(temp=values("temp") + 60))
        assert ask(Drift(), baseline(21), far)["temp"].level is Level.CRITICAL

    def test_it_remembers_what_it_measured_and_the_score(self) -> None:
        finding = ask(Drift())["carrier"]
        assert {m.name for m in finding.measures} == {"js", "null", "unseen", "single", "readings", "z", "score"}
        assert next(m.value for m in finding.measures if m.name == "score") == finding.value

    def test_too_few_values_and_another_kind_are_unknown(self) -> None:
        assert ask(Drift(), seen=window(table_with().slice(0, 40)))["temp"].level is Level.UNKNOWN
        turned = baseline(trailing=Profile(1, {"temp": baseline().trailing.columns["carrier"]}))
        assert ask(Drift(), turned)["temp"].level is Level.UNKNOWN
        assert ask(Drift(), seen=window(table_with(temp=None)))["temp"].level is Level.UNKNOWN

    def test_ignored_columns_are_answered_for(self) -> None:
        seen = window(table_with(temp=values("temp") + 15))
        assert ask(Drift(ignore=("temp",)), seen=seen)["temp"].level is Level.OK

    def test_a_fault_that_lasts_stays_critical(self) -> None:
        assert [f["temp"].level for f in lived(*[15] * 10)] == [Level.CRITICAL] * 10

    def test_distances_that_last_through_most_of_four_weeks_are_the_new_rule(self) -> None:
        levels = [f["temp"].level for f in lived(*[15] * 20)]
        assert levels[:16] == [Level.CRITICAL] * 16
        assert levels[-1] is Level.OK

    def test_a_window_says_what_was_most_unusual_and_remembers_it_with_the_limit(self) -> None:
        found = ask(Drift(), seen=window(table_with(temp=values("temp") + 15)))
        whole, temp = found["*"], found["temp"]
        assert (whole.level, whole.value, whole.limit) == (Level.OK, temp.value, temp.limit)
        assert whole.sentence.startswith("drift: the most unusual of 2 columns is temp, z = ")
        measured = {m.name: m.value for m in whole.measures}
        assert measured == {"top": temp.value, "limit": temp.limit, "correction": pytest.approx(measured["correction"])}

    def test_a_smaller_budget_is_a_higher_limit(self) -> None:
        limits = [ask(Drift(false_alarms=rate))["temp"].limit for rate in (0.1, 0.01, 0.001)]
        assert limits == sorted(limits)
        assert limits[0] < limits[1] < limits[2]

    def test_while_a_trouble_lasts_the_limit_stays(self) -> None:
        quiet = [f["*"].limit for f in lived(*[0] * 8)]
        faulty = [f["*"].limit for f in lived(*[15] * 8)]
        assert set(faulty) == {quiet[0]}

    def test_when_a_trouble_is_over_the_limit_has_learned_that_there_was_one(self) -> None:
        before, after = (lived(warm, *[0] * 6)[-1]["*"].limit for warm in (0, 15))
        assert after > before


class TestPredictionDrift:
    def test_answers_that_shift_are_critical(self) -> None:
        finding = ask(PredictionDrift(), seen=window(table_with(prediction=values("prediction") + 0.3)))["prediction"]
        assert (finding.check, finding.level) == ("prediction_drift", Level.CRITICAL)

    def test_it_asks_about_nothing_else_and_without_answers_does_not_know(self) -> None:
        assert ask(PredictionDrift(), seen=window(table_with(prediction=None))).keys() == {"prediction"}
        assert ask(PredictionDrift(), seen=window(table_with(prediction=None)))["prediction"].level is Level.UNKNOWN


class TestSeeding:
    def test_the_history_says_what_watching_the_training_data_would_have(self) -> None:
        whole = Profile.total(p for _, p in past(60))
        interval, seen = past(60)[-1]
        before = [p for i, p in past(60) if interval.start - 28 * DAY <= i.start < interval.start]
        replayed = ask(
            Drift(),
            Baseline(
                0,
                "",
                whole,
                Profile.total(before),
                history(m for m in seed([Drift()], past(60)) if m.at < interval.end),
                {},
            ),
            window(interval=interval, profile=seen),
        )
        kept = {(m.subject, m.name): m.value for m in seed([Drift()], past(60)) if m.at == interval.end}
        asked = {(m.subject, m.name): m.value for f in replayed.values() for m in f.measures}
        assert kept == pytest.approx(asked)

    def test_windows_before_the_eighth_have_no_drift_but_have_a_volume(self) -> None:
        measures = seeded(60)
        assert len(measures["volume", "*", "rows"]) == 60
        assert len(measures["drift", "temp", "js"]) == 53
        assert min(at for at, _ in measures["drift", "temp", "js"]) == TODAY.start - 52 * DAY

    def test_windows_are_compared_with_the_28_days_before_them_only(self) -> None:
        changed = [
            (i, profile(day_table(i.start)) if n >= 20 else profile(table_with(temp=values("temp") + 80)))
            for n, (i, _) in enumerate(past(60))
        ]
        found = history(seed([Drift()], changed))["drift", "temp", "js"]
        assert found[13][1] > 0.8
        assert found[-1][1] < 0.3

    def test_a_gap_in_the_training_data_leaves_too_few_days_to_compare_with(self) -> None:
        old = [(Interval(i.start - 100 * DAY, i.end - 100 * DAY), p) for i, p in past(10)]
        found = history(seed([Drift()], [*old, *past(10)]))
        assert len(found["drift", "temp", "js"]) == 3 + 3

    def test_without_windows_there_is_no_history(self) -> None:
        assert seed([kind() for kind in built_in().values()], []) == ()

    def test_every_measure_is_of_a_window_that_was(self) -> None:
        assert {m.at for m in seed([kind() for kind in built_in().values()], past(60))} == {i.end for i, _ in past(60)}

    def test_nothing_in_training_is_a_fault(self) -> None:
        warm = [(i, profile(table_with(temp=values("temp") + 25 * (50 < n < 58)))) for n, (i, _) in enumerate(past(60))]
        found = history(seed([Drift()], warm))
        assert max(value for _, value in found["drift", "*", "top"]) > 10
        assert ("drift", "temp", "score") not in found

    def test_hourly_windows_are_seeded_in_reasonable_time(self) -> None:
        hour = timedelta(hours=1)
        hours = [(Interval(MONDAY + i * hour, MONDAY + (i + 1) * hour), past(10)[i % 10][1]) for i in range(200)]
        assert all(isinstance(m, Measure) for m in seed([Drift()], hours))


def test_answers_of_a_new_version_are_not_held_against_those_of_another() -> None:
    own = ("prediction_drift", "prediction", "version")
    told = lambda days_ago: ask(
        PredictionDrift(),
        baseline(version=4, history=dict(baseline().history) | {own: ((MONDAY - days_ago * DAY, 3.0),)}),
    )["prediction"]
    assert math.isnan(told(5).value)
    assert "those of another version" in told(5).sentence
    assert not math.isnan(told(40).value)

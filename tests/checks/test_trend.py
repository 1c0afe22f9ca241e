"""The slow channel: what moves one percent a day, and is told to whoever looks."""

from datetime import timedelta

import numpy as np
import pytest

from tests.checks.scenes import (
    DAY,
    MONDAY,
    ask,
    baseline,
    day_table,
    history,
    past,
    profile,
    table_with,
    values,
    window,
)
from watchkeeper.checks import seed
from watchkeeper.checks.drift import Drift
from watchkeeper.checks.trend import Trend
from watchkeeper.domain.findings import Family, Finding
from watchkeeper.domain.intervals import Interval
from watchkeeper.domain.levels import Level
from watchkeeper.profiles import Profile
from watchkeeper.profiles.distances import psi

DAYS, A_DAY = 60, 1.01


@pytest.fixture(scope="module")
def drifted() -> list[dict[str, Finding]]:
    """What drift and trend find on sixty days on which temperatures grow by one percent a day."""
    checks, found = (Drift(), Trend()), []
    kept, measures = list(past(60)), list(seed(checks, past(60)))
    for ahead in range(DAYS):
        start = MONDAY + ahead * DAY
        table = day_table(start)
        warmer = table.set_column(0, "temp", [table["temp"].to_numpy() * A_DAY**ahead])
        seen = window(interval=Interval(start, start + DAY), profile=profile(warmer))
        base = baseline(trailing=Profile.total(p for _, p in kept[-28:]), history=history(measures))
        answers = [f for check in checks for f in check.examine(base, seen)]
        measures += [m for f in answers for m in f.measures]
        kept.append((seen.interval, seen.profile))
        found.append({f.mark: f for f in answers})
    return found


def test_one_percent_a_day_is_invisible_to_the_trailing_channel(drifted: list[dict[str, Finding]]) -> None:
    assert sum(found["drift:temp"].level >= Level.CRITICAL for found in drifted) == 0


def test_one_percent_a_day_is_caught_by_the_trend(drifted: list[dict[str, Finding]]) -> None:
    temps = [found["trend:temp"] for found in drifted]
    assert temps[0].value < temps[0].limit
    assert temps[-1].value > 2 * temps[-1].limit
    assert temps[-1].sentence.startswith("temp: slow drift: the last 28 days are ")
    assert temps[-1].sentence.endswith("away from the training data (PSI), beyond 0.2; consider retraining.")
    assert {f.value < f.limit for f in (found["trend:carrier"] for found in drifted)} == {True}


def test_it_opens_no_incident_whatever_it_sees(drifted: list[dict[str, Finding]]) -> None:
    assert {f.level for found in drifted for f in found.values() if f.check == "trend"} == {Level.OK}
    nothing = window(table_with(temp=np.full(600, np.nan)).slice(0, 0))
    assert {f.level for f in ask(Trend(), baseline(0), nothing).values()} == {Level.OK}


def test_the_line_is_the_distance_of_four_weeks_with_this_window_from_the_anchor() -> None:
    finding = ask(Trend(), seen=window(table_with(temp=values("temp") + 30)))["temp"]
    base = baseline()
    four_weeks = base.trailing + profile(table_with(temp=values("temp") + 30))
    assert finding.family is Family.DRIFT
    assert finding.value == psi(base.anchor.columns["temp"], four_weeks.columns["temp"])
    assert [(m.name, m.value) for m in finding.measures] == [("psi", finding.value)]


@pytest.mark.parametrize("statistic", ["js", "ks"])
def test_another_distance_may_be_asked_for(statistic: str) -> None:
    finding = ask(Trend(statistic=statistic, critical=0.05))["temp"]
    assert f"({statistic.upper()})" in finding.sentence
    assert [m.name for m in finding.measures] == [statistic]


def test_the_answers_are_looked_at_too_and_ignored_columns_answered_for() -> None:
    found = ask(Trend(ignore=("temp",)))
    assert found.keys() == {"carrier", "prediction", "temp", "weekday"}
    assert found["temp"].sentence == "temp: not judged, because the spec ignores it."


def test_few_values_and_columns_that_training_did_not_have_are_no_trend() -> None:
    few = ask(Trend(), baseline(trailing=None), window(day_table(MONDAY).slice(0, 400)))
    assert few["temp"].sentence == "temp: 400 values in 28 days are too few to see a trend."
    new = ask(Trend(), baseline(anchor=Profile()))
    assert new["temp"].sentence == "temp: there is nothing of its kind in the training data to compare with."


def test_training_begins_the_line() -> None:
    found = history(seed([Trend()], past(60)))["trend", "temp", "psi"]
    assert len(found) == 60
    assert found[-1][0] == MONDAY
    assert found[-1][0] - found[0][0] == timedelta(days=59)

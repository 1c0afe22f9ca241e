"""When a value that rises will have reached its critical limit."""

import math
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import DAY, NOON, a_finding, a_verdict
from watchkeeper.domain.findings import Finding
from watchkeeper.domain.forecasts import LOOKS_BACK, foreseen, time_to_breach
from watchkeeper.domain.levels import Level
from watchkeeper.domain.verdicts import Verdict

shares = st.floats(0, 0.999)


def row(*values: float) -> list[tuple]:
    """Shares of the limit, one a day, the last of them now."""
    return [(NOON - n * DAY, value) for n, value in reversed([*enumerate(reversed(values))])]


def warning(value: float, level: Level = Level.WARNING, limit: float = 0.1) -> Finding:
    return a_finding(value=value, level=level, limit=limit, sentence="The AUC is lower.")


def past(*values: float) -> list[Verdict]:
    """Verdicts of the days before, newest first; values oldest first."""
    return [a_verdict(end=NOON - n * DAY, findings=[warning(v)]) for n, v in enumerate(reversed(values), 1)]


def told(now: Finding, earlier: list[Verdict]) -> str:
    return foreseen([now], earlier, NOON)[0].sentence


def test_a_steady_rise_is_followed_to_the_limit() -> None:
    assert time_to_breach(row(0.50, 0.58, 0.66, 0.74, 0.82, 0.90)) == pytest.approx(1.25 * DAY, abs=timedelta(hours=1))


def test_an_outlier_does_not_move_the_pace() -> None:
    steady = time_to_breach(row(*(0.60 + 0.03 * n for n in range(11))))
    marred = time_to_breach(row(*(0.60 + 0.03 * n if n != 4 else 0.1 for n in range(11))))
    assert steady is not None
    assert marred is not None
    assert marred == pytest.approx(steady, rel=0.1)


@given(st.lists(shares, max_size=5))
def test_too_few_values_promise_nothing(values: list[float]) -> None:
    assert time_to_breach(row(*values)) is None


@given(st.lists(shares, min_size=6, max_size=14).map(lambda v: sorted(v, reverse=True)))
def test_what_falls_is_never_forecast_to_rise(values: list[float]) -> None:
    assert time_to_breach(row(*values)) is None


@given(st.permutations([0.5, 0.52, 0.54, 0.56, 0.58, 0.6]))
def test_what_goes_up_and_down_is_not_called_a_rise(values: list[float]) -> None:
    rises = sum(v > u for i, u in enumerate(values) for v in values[i + 1 :])
    if rises < 14:  # of fifteen pairs
        assert time_to_breach(row(*values)) is None


@given(st.lists(shares, min_size=6, max_size=14).map(sorted))
def test_nothing_is_told_further_ahead_than_was_looked_back(values: list[float]) -> None:
    left = time_to_breach(row(*values))
    assert left is None or timedelta(0) < left <= (len(values) - 1) * DAY


def test_a_warning_that_rises_says_when_it_will_be_critical() -> None:
    rising = past(*(0.040 + 0.005 * n for n in range(10)))
    assert told(warning(0.09), rising) == "The AUC is lower. At this pace critical in about 2 days."


@pytest.mark.parametrize("level", [Level.OK, Level.UNKNOWN, Level.CRITICAL])
def test_only_warnings_are_forecast(level: Level) -> None:
    rising = past(*(0.040 + 0.005 * n for n in range(10)))
    assert told(warning(0.09, level), rising) == "The AUC is lower."


def test_limits_that_move_are_taken_as_they_were() -> None:
    rising = past(*(0.040 + 0.005 * n for n in range(10)))
    doubled = [a_verdict(end=v.interval.end, findings=[warning(2 * v.findings[0].value, limit=0.2)]) for v in rising]
    assert told(warning(0.09), doubled) == told(warning(0.09), rising)


def test_windows_without_a_value_are_passed_over() -> None:
    rising = past(*(0.040 + 0.005 * n for n in range(10)))
    holes = [
        a_verdict(end=v.interval.end, findings=[warning(math.nan)] if n % 4 == 3 else v.findings)
        for n, v in enumerate(rising)
    ]
    assert "At this pace critical" in told(warning(0.09), holes)
    assert told(warning(0.09), [a_verdict(end=v.interval.end, findings=[]) for v in rising]) == "The AUC is lower."


def test_only_the_last_two_weeks_give_the_pace() -> None:
    rising = past(*(0.040 + 0.003 * n for n in range(LOOKS_BACK)))
    older = [a_verdict(end=NOON - n * DAY, findings=[warning(0.5)]) for n in range(LOOKS_BACK + 1, 40)]
    assert told(warning(0.09), rising + older) == told(warning(0.09), rising) != "The AUC is lower."


@pytest.mark.parametrize(
    ("step", "words"),
    [(timedelta(weeks=2), "3 weeks"), (timedelta(days=2), "3 days"), (timedelta(hours=2), "3 hours"),
     (timedelta(minutes=3), "5 minutes"), (timedelta(seconds=6), "1 minute")],
)  # fmt: skip
def test_the_time_is_told_as_people_tell_it(step: timedelta, words: str) -> None:
    rising = [a_verdict(end=NOON - n * step, findings=[warning(0.0906 - 0.006 * n)]) for n in range(1, 10)]
    assert told(warning(0.0906), rising).endswith(f"critical in about {words}.")

"""Metrics of the business: of columns and of functions, judged by their own history or by a fixed change."""

import math
from datetime import timedelta

import numpy as np
import pyarrow as pa
import pytest

from tests.checks.scenes import DAY, MONDAY, ROWS, TODAY, baseline, history, window
from watchkeeper.checks import seed
from watchkeeper.checks.business import Business
from watchkeeper.domain.business import Direction, Metric, Statistic
from watchkeeper.domain.findings import Finding
from watchkeeper.domain.intervals import Interval
from watchkeeper.domain.levels import Level
from watchkeeper.profiles import Kind, Profile, profile_batches
from watchkeeper.window import Window

KINDS = {"price": Kind.NUMERIC, "seats": Kind.NUMERIC, "bought": Kind.BOOLEAN, "prediction": Kind.NUMERIC}
FEW = {5: 0.5, 6: 0.4}
"""Saturdays and Sundays sell less."""


def sales(start: object, *, price: float = 20.0, bought: float = 0.3, rows: int = ROWS) -> Profile:
    """A day of sales, fewer at weekends."""
    rng = np.random.default_rng(start.toordinal())
    count = int(rows * FEW.get(start.weekday(), 1.0) * rng.normal(1, 0.03))
    table = pa.table(
        {
            "price": rng.gamma(4, price / 4, count),
            "seats": rng.integers(1, 4, count).astype(float),
            "bought": rng.random(count) < bought,
            "prediction": rng.beta(2, 6, count),
        }
    )
    return profile_batches([table], KINDS, {})


def past(days: int = 60) -> list[tuple[Interval, Profile]]:
    starts = [MONDAY - n * DAY for n in range(days, 0, -1)]
    return [(Interval(start, start + DAY), sales(start)) for start in starts]


def asked(metric: Metric, seen: Profile, days: int = 60, **settings: object) -> Finding:
    """The answer about one metric after so many days."""
    check = Business(metrics=(metric,), **settings)
    base = baseline(history=history(seed([check], past(days))))
    today = window(profile=seen, rows=seen.rows)
    return next(f for f in check.examine(base, today) if f.subject == metric.name)


METRICS = [
    Metric("price", "price"),
    Metric("revenue", "price", Statistic.SUM),
    Metric("sold", "bought", Statistic.RATE),
    Metric("per seat", "price", Statistic.RATIO, "seats"),
]


@pytest.mark.parametrize("metric", METRICS, ids=lambda m: m.name)
def test_an_ordinary_day_is_quiet(metric: Metric) -> None:
    finding = asked(metric, sales(MONDAY))
    assert (finding.level, finding.limit > 1) == (Level.OK, True), finding.sentence


@pytest.mark.parametrize("metric", METRICS, ids=lambda m: m.name)
def test_a_day_on_which_all_of_it_halves_is_critical(metric: Metric) -> None:
    finding = asked(metric, sales(MONDAY, price=10.0, bought=0.15))
    assert finding.level is Level.CRITICAL
    assert "below the usual" in finding.sentence
    assert "false page" in finding.sentence


def test_a_slow_sunday_is_no_slow_monday() -> None:
    revenue = METRICS[1]
    assert asked(revenue, sales(MONDAY, rows=int(ROWS * 0.45))).level is Level.CRITICAL


@pytest.mark.parametrize(
    ("direction", "price", "level"),
    [
        (Direction.LOWER, 40.0, Level.OK),
        (Direction.LOWER, 10.0, Level.CRITICAL),
        (Direction.HIGHER, 40.0, Level.CRITICAL),
        (Direction.HIGHER, 10.0, Level.OK),
        (Direction.BOTH, 40.0, Level.CRITICAL),
        (Direction.BOTH, 10.0, Level.CRITICAL),
    ],
)
@pytest.mark.parametrize("fixed", [None, 0.3])
def test_only_the_bad_direction_speaks(direction: Direction, price: float, level: Level, fixed: float | None) -> None:
    metric = Metric("price", "price", direction=direction, critical=fixed)
    assert asked(metric, sales(MONDAY, price=price)).level is level


def test_a_fixed_limit_is_held_against_the_relative_change() -> None:
    metric = Metric("price", "price", critical=0.2, warning=0.1)
    finding = asked(metric, sales(MONDAY, price=23.0))
    assert (finding.level, finding.limit) == (Level.WARNING, 0.2)
    assert finding.value == pytest.approx(0.15, abs=0.04)
    of_all = asked(Metric("price", "price"), sales(MONDAY, price=30.0), critical=0.4)
    assert (of_all.level, of_all.limit) == (Level.CRITICAL, 0.4)


def test_with_too_few_windows_nothing_is_judged_but_remembered() -> None:
    finding = asked(METRICS[0], sales(MONDAY, price=99.0), days=13)
    assert (finding.level, math.isnan(finding.value)) == (Level.OK, True)
    assert "still learning what is usual, 13 of 14 windows" in finding.sentence
    assert [m.name for m in finding.measures] == ["value"]


def test_a_fault_is_nothing_to_get_used_to() -> None:
    check, metric = Business(metrics=(METRICS[0],)), METRICS[0]
    seen = past(60)
    for n, (interval, _) in enumerate(seen[-4:]):
        seen[56 + n] = (interval, sales(interval.start, price=10.0))
    base = baseline(history=history(seed([check], seen)))
    bad = sales(MONDAY, price=10.0)
    finding = next(f for f in check.examine(base, window(profile=bad)) if f.subject == metric.name)
    assert finding.level is Level.CRITICAL


def test_what_cannot_be_measured_is_unknown_and_says_why() -> None:
    nothing = Profile()
    today = sales(MONDAY)
    for metric, seen, why in [
        (Metric("a", "nowhere"), today, "there is no value of nowhere"),
        (Metric("a", "price"), nothing, "there is no value of price"),
        (Metric("a", "bought"), today, "needs numbers"),
        (Metric("a", function="my.metrics:value"), today, "it was not called"),
    ]:
        finding = asked(metric, seen)
        assert (finding.level, math.isnan(finding.value)) == (Level.UNKNOWN, True)
        assert why in finding.sentence


def test_a_ratio_over_nothing_is_unknown() -> None:
    table = pa.table({"price": [1.0], "seats": [0.0]})
    seen = profile_batches([table], {"price": Kind.NUMERIC, "seats": Kind.NUMERIC}, {})
    assert "the sum of seats is 0" in asked(METRICS[3], seen).sentence


def test_a_sum_over_unreadable_files_is_not_known() -> None:
    check = Business(metrics=(METRICS[1],))
    seen = sales(MONDAY)
    today = window(profile=seen, trouble=("a.parquet: torn",))
    assert check.examine(baseline(), today)[0].level is Level.UNKNOWN
    assert Business(metrics=(METRICS[0],)).examine(baseline(), today)[0].level is Level.OK


def of_functions(values: list[float | str]) -> Finding:
    """The answer about the last of a function's values, of which there is one a day."""
    check = Business(metrics=(Metric("value", function="my.metrics:value"),))
    starts = [TODAY.start - n * DAY for n in range(len(values) - 1, -1, -1)]
    windows = [(Interval(start, start + DAY), Profile()) for start in starts]
    given = {interval: {"value": value} for (interval, _), value in zip(windows, values, strict=True)}
    base = baseline(history=history(seed([check], windows[:-1], metrics=given)))
    now: Window = window(profile=Profile(), metrics={"value": values[-1]})
    return check.examine(base, now)[0]


def test_what_a_function_gives_is_judged_like_a_column() -> None:
    usual = [100.0 + math.sin(n) for n in range(40)]
    assert of_functions([*usual, 100.4]).level is Level.OK
    assert of_functions([*usual, 130.0]).level is Level.CRITICAL
    failed = of_functions([*usual, "my.metrics:value raised KeyError: 'fare'"])
    assert failed.level is Level.UNKNOWN
    assert failed.sentence == "value: my.metrics:value raised KeyError: 'fare'."
    assert of_functions([*usual, math.inf]).level is Level.UNKNOWN


def test_what_has_always_been_nothing_has_no_scale_to_surprise_on() -> None:
    assert of_functions([0.0] * 40 + [5.0]).level is Level.OK
    assert of_functions([7.0] * 40 + [7.0]).level is Level.OK
    assert of_functions([7.0] * 40 + [8.0]).level is Level.CRITICAL


def test_growth_is_no_alarm() -> None:
    grown = [1.005**n * (1 + 0.02 * math.sin(5 * n)) for n in range(90)]
    assert of_functions([*grown, 1.005**90]).level is Level.OK


def test_hours_of_the_day_are_freed_of_their_own_level() -> None:
    hour = timedelta(hours=1)
    check = Business(metrics=(Metric("value", function="my.metrics:value"),))
    rng = np.random.default_rng(4)
    windows = [(Interval(MONDAY - n * hour, MONDAY - (n - 1) * hour), Profile()) for n in range(21 * 24, 0, -1)]
    busy = lambda at: 10.0 + 5.0 * math.sin(at.hour / 24 * 2 * math.pi)
    given = {i: {"value": busy(i.start) * rng.normal(1, 0.03)} for i, _ in windows}
    base = baseline(history=history(seed([check], windows, metrics=given)))
    night = Interval(MONDAY + 18 * hour, MONDAY + 19 * hour)
    told = lambda value: check.examine(base, window(interval=night, profile=Profile(), metrics={"value": value}))[0]
    assert told(busy(night.start)).level is Level.OK
    assert told(10.0).level is Level.CRITICAL

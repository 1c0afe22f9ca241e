"""Answers that take longer than usual."""

import math

import numpy as np
import pyarrow as pa
import pytest

from tests.checks.scenes import DAY, TODAY, ask, baseline, empty_window, window
from watchkeeper.checks.latency import Latency
from watchkeeper.domain.levels import Level
from watchkeeper.profiles import Kind, NumericColumn, profile_batches
from watchkeeper.window import Baseline, Window


def taking(milliseconds: float, rows: int = 600) -> Window:
    """A window whose answers take so long on average."""
    values = np.random.default_rng(3).gamma(4, milliseconds / 4, rows)
    counted = profile_batches([pa.table({"ms": values})], {"ms": Kind.NUMERIC}, {}).columns["ms"]
    assert isinstance(counted, NumericColumn)
    return window(latency=counted)


def used_to(*p95: float, scores: tuple[float, ...] = ()) -> Baseline:
    """What windows before today had, newest first."""
    named = {"p95": p95, "score": scores}
    past = {
        ("latency", "*", name): tuple((TODAY.end - n * DAY, v) for n, v in reversed([*enumerate(values, 1)]))
        for name, values in named.items()
    }
    return baseline(history=past)


STEADY = used_to(*[20.0, 21.0, 19.0, 20.5] * 4)


def test_answers_that_take_as_long_as_ever_are_quiet() -> None:
    finding = ask(Latency(), STEADY, taking(10.5))["*"]
    assert finding.level is Level.OK
    assert finding.value == pytest.approx(1.0, abs=0.1)


@pytest.mark.parametrize(("mean", "level"), [(20, Level.WARNING), (22, Level.CRITICAL), (200, Level.CRITICAL)])
def test_answers_that_take_twice_as_long_are_critical(mean: float, level: Level) -> None:
    finding = ask(Latency(), STEADY, taking(mean))["*"]
    assert finding.level is level
    assert "usually within 20.2 ms" in finding.sentence


def test_what_windows_often_have_is_quiet() -> None:
    restless = used_to(*[10.0, 20.0, 40.0, 80.0] * 4)
    assert ask(Latency(), restless, taking(45))["*"].level is Level.OK


def test_slow_windows_are_nothing_to_get_used_to() -> None:
    lately_slow = used_to(*[60.0] * 8, *[20.0, 21.0] * 5, scores=(3.0,) * 8)
    assert ask(Latency(), lately_slow, taking(30))["*"].level is Level.CRITICAL


def test_what_is_usual_must_be_known_first() -> None:
    finding = ask(Latency(), used_to(*[20.0] * 6), taking(300))["*"]
    assert (finding.level, math.isnan(finding.value)) == (Level.OK, True)
    assert "after 6 of 7 windows" in finding.sentence


def test_a_host_that_never_logs_latencies_is_not_asked_for_them() -> None:
    finding = ask(Latency(), used_to(), window())["*"]
    assert finding.level is Level.OK
    assert finding.sentence == "None of 600 records has a latency, nor had earlier ones."


def test_latencies_that_are_no_longer_logged_are_unknown() -> None:
    assert ask(Latency(), STEADY, window())["*"].level is Level.UNKNOWN
    assert ask(Latency(), STEADY, empty_window())["*"].level is Level.UNKNOWN


def test_no_time_at_all_is_no_measure_of_slowness() -> None:
    finding = ask(Latency(), used_to(*[0.0] * 10), taking(10))["*"]
    assert (finding.level, math.isnan(finding.value)) == (Level.OK, True)

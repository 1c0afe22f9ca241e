"""Checks whose limit follows from history and budget: what they remember, and what they learn from it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar

import numpy as np
import pytest

from tests.checks.scenes import DAY, MONDAY, baseline, history, window
from watchkeeper.checks.calibrated import Calibrated
from watchkeeper.checks.calibrating import STEP, limit_of, normal_tail
from watchkeeper.domain.findings import Family, Finding, Measure
from watchkeeper.domain.intervals import Interval
from watchkeeper.domain.levels import Level
from watchkeeper.window import Baseline, Window

RATE = 1 / 50


@dataclass(frozen=True, kw_only=True)
class Tallest(Calibrated):
    """Judges the number of records, which the tests choose."""

    family: ClassVar[Family] = Family.DRIFT
    runbook: ClassVar[str] = "tallest.md"

    def examine(self, baseline: Baseline, window: Window) -> list[Finding]:
        calibration = self.calibration(baseline, window, 1)
        return [self.about_all(window.rows / 1000, calibration, f"tallest: {calibration.windows} windows.", window)]


def replayed(check: Calibrated, tops: list[float], length: timedelta = DAY) -> list[Finding]:
    """One window after the other with these values, each remembered for the next."""
    found: list[Finding] = []
    measures: list[Measure] = []
    for n, top in enumerate(tops):
        end: datetime = MONDAY + (n + 1) * length
        seen = window(interval=Interval(end - length, end), rows=round(1000 * top))
        found += check.examine(baseline(history=history(measures)), seen)
        measures += found[-1].measures
    return found


def limits(tops: list[float], **words: float) -> list[float]:
    return [f.limit for f in replayed(Tallest(false_alarms=RATE, **words), [*tops, 0.0])]


@pytest.mark.parametrize("wrong", [0.0, 1.0, -0.1])
def test_a_chance_lies_between_never_and_always(wrong: float) -> None:
    with pytest.raises(ValueError, match="the chance of a false page a window"):
        Tallest(false_alarms=wrong)


def test_the_first_limit_is_theory_and_the_next_ones_learn() -> None:
    tops = [1.0, 1.2, 0.8]
    prior, found = normal_tail(1, RATE), limits(tops)
    assert found[0] == pytest.approx(prior.limit(RATE))
    assert found[2] == pytest.approx(limit_of(tops[:2], RATE, prior, correction=-2 * STEP * RATE))


def test_a_fixed_limit_is_what_it_says_and_needs_no_allowance() -> None:
    assert set(limits([1.0, 9.0, 1.0], critical=3.0)) == {3.0}
    assert Tallest().shares_budget
    assert not Tallest(critical=3.0).shares_budget
    assert Tallest().allowance == "at most 1 false page in 150 windows"


def test_the_answer_about_all_is_ok_whatever_was_found() -> None:
    found = replayed(Tallest(), [1.0, 99.0])
    assert [f.level for f in found] == [Level.OK, Level.OK]
    assert [f.value for f in found] == [1.0, 99.0]


def test_how_far_out_a_fault_lies_does_not_matter() -> None:
    quiet = [1.0] * 20
    near, far = (limits([*quiet, top, *quiet])[-1] for top in (9.0, 900.0))
    assert near == far


def test_while_a_trouble_lasts_the_limit_stays_and_afterwards_it_is_higher() -> None:
    before, fault, after = 20, 5, 4
    found = limits([1.0] * before + [9.0] * fault + [1.0] * after)
    assert len(set(found[before : before + fault + 3])) == 1
    assert found[before + fault + 3] > found[before]


def test_what_lasts_for_ever_becomes_the_rule() -> None:
    found = replayed(Tallest(false_alarms=RATE), [1.0] * 30 + [9.0] * 60)
    assert all(f.value >= f.limit for f in found[30:45])
    assert found[-1].limit > found[-1].value


@pytest.mark.parametrize("length", [DAY, timedelta(hours=1)])
def test_the_rate_of_pages_is_the_allowed_one(length: timedelta) -> None:
    draw = np.random.default_rng(11)
    found = replayed(Tallest(false_alarms=RATE), list(draw.gamma(2.0, 1.0, 600)), length)
    pages = sum(f.value >= f.limit for f in found)
    assert 6 <= pages <= 18

"""Limits for a budget: raised where history had too many false pages, kept where there is nothing to gain."""

import math
import shutil
from pathlib import Path

import pytest

from tests import toy
from tests.lived import DAYS
from watchkeeper.checks import built_in
from watchkeeper.domain.budgets import Budget
from watchkeeper.spec.writing import SpecFile, spec_file
from watchkeeper.story.backtesting import EVERY_ALARM
from watchkeeper.story.house import House
from watchkeeper.story.past import past_of
from watchkeeper.story.tuning import LIMITS, Proposal, Tuning, tune
from watchkeeper.wiring import open_house

NERVOUS = "[checks.calibration]\ncritical = 0.01\n[checks.volume]\ncritical = 0.9\n"
"""A gap of one point is common among a few hundred labels."""


SAID = ("range", "auc", "business")
"""What a test, or the toy's spec, says of by itself."""


def copy_of(house: House, folder: Path) -> House:
    """The same house somewhere else, to be changed."""
    shutil.copytree(house.spec.models.parent, folder / "copy")
    return open_house(folder / "copy" / "house.toml")


def file_of(house: House, more: str = "") -> SpecFile:
    """The toy's file, as if it said more of its checks."""
    file = spec_file(house.spec.models, "toy")
    return SpecFile(file.path, file.text.replace("[response]", f"{more}[response]"))


def tuned(house: House, more: str = "", **changes: object) -> Tuning:
    file = file_of(house, more)
    return tune(house, file, past_of(house, file.spec()), **changes)


def proposal(found: Tuning, check: str) -> Proposal:
    return next(p for p in found.proposals if p.check == check)


@pytest.fixture(scope="module")
def nervous(lived: House) -> Tuning:
    return tuned(lived, NERVOUS, false_alarms=[EVERY_ALARM])


def test_a_limit_that_paged_for_nothing_is_raised_to_the_lowest_that_would_not(lived: House, nervous: Tuning) -> None:
    raised = proposal(nervous, "calibration")
    assert raised.before.false >= 1
    assert raised.after.false == 0
    assert raised.new in LIMITS
    lower = LIMITS[LIMITS.index(raised.new) - 1]
    again = tuned(lived, NERVOUS.replace("0.01", str(lower)), false_alarms=[EVERY_ALARM])
    assert proposal(again, "calibration").before.false >= 1
    assert "its share of the budget" in raised.because


def test_limits_that_keep_their_share_are_kept(nervous: Tuning) -> None:
    kept = [p for p in nervous.proposals if p.before.false == 0]
    assert {"missing", "volume", "unseen"} <= {p.check for p in kept}
    assert all(p.new == p.old for p in kept)
    assert "calibration" in nervous.changes
    assert not {p.check for p in kept} & nervous.changes.keys()


def test_what_production_paged_for_is_right_and_raises_nothing(lived: House) -> None:
    found = tuned(lived)
    caught = proposal(found, "range")
    assert (caught.before.right, caught.before.false) == (1, 0)
    assert [i.key for i in found.right] == ["wk:test:toy:2024-03-07T00:00Z"]
    assert found.changes == {}


def test_where_values_go_as_far_as_they_can_no_limit_is_proposed(lived: House, tmp_path: Path) -> None:
    house = copy_of(lived, tmp_path)
    shutil.rmtree(house.spec.folder / "records" / "toy" / "labels")
    found = proposal(tuned(house, false_alarms=[EVERY_ALARM]), "labels")
    assert found.before.false == 1
    assert not found.is_change
    assert "no limit keeps to it" in found.because


def test_a_budget_of_its_own_is_asked_for_and_told(lived: House) -> None:
    found = tuned(lived, budget=Budget(90))
    assert found.allowed == pytest.approx(0.1 * DAYS)
    assert str(found.spec.alerts.budget) == "90 in 30d"


def test_learned_limits_are_shown_with_their_range_and_allowance(nervous: Tuning) -> None:
    learned = {c.check: c for c in nervous.learned}
    drift = learned["drift"]
    assert math.isfinite(drift.now)
    assert drift.low <= drift.now <= drift.high
    assert drift.allowance == pytest.approx(30 * len(learned))


def test_the_period_can_be_chosen(lived: House) -> None:
    file = file_of(lived)
    found = tune(lived, file, past_of(lived, file.spec(), toy.FIRST + 14 * toy.DAY))
    assert (found.windows, found.right) == (DAYS - 14, ())


def test_a_limit_is_lowered_where_it_finds_more_of_what_was_right(lived: House) -> None:
    others = "".join(f"[checks.{kind}]\nenabled = false\n" for kind in built_in() if kind not in SAID)
    deaf = f"{others}[checks.range]\ncritical = 1.5\nconfirm = '1 of 1'\n"
    file = file_of(lived, deaf)
    alone = SpecFile(file.path, file.text.replace("critical = 0.08", "enabled = false"))
    found = proposal(tune(lived, alone, past_of(lived, alone.spec()), Budget(90)), "range")
    assert found.before.right == 0
    assert (found.after.right, found.after.false) == (1, 0)
    assert found.new < 1.5

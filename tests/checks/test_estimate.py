"""Estimates are told, and never alarm anybody."""

import math
from datetime import timedelta

import pytest

from tests.checks.scenes import DAY, TODAY, ask, baseline, labelled, window
from watchkeeper.checks.estimate import EstimatedPerformance
from watchkeeper.domain.estimates import Estimate
from watchkeeper.domain.levels import Level
from watchkeeper.domain.problems import Problem
from watchkeeper.window import Baseline

FOUND = (Estimate("auc", 0.61, 0.02, 900), Estimate("f1", math.nan, math.nan, 900))


def remembering(hours: float = 24.0, back: timedelta = DAY) -> Baseline:
    """A baseline that remembers what was foretold of yesterday's labels."""
    names = {("*", "hours"): hours, ("auc", "value"): 0.7, ("auc", "error"): 0.01}
    return baseline(history={("estimate", *key): ((TODAY.end - back, value),) for key, value in names.items()})


def test_what_is_expected_is_told_with_its_error_and_its_assumption_and_remembered() -> None:
    found = ask(EstimatedPerformance(), baseline(metrics={"auc": 0.75}), window(estimates=FOUND))
    assert set(found) == {"*", "auc"}
    assert {f.level for f in found.values()} == {Level.OK}
    assert found["auc"].value == 0.61
    assert "auc will probably be 0.61, give or take 0.04; in training it was 0.75" in found["auc"].sentence
    assert "assumes that the same records still mean the same labels" in found["auc"].sentence
    assert {m.name: m.value for m in found["auc"].measures} == {"value": 0.61, "error": 0.02}
    assert found["*"].measures[0].value == 24.0


def test_a_small_distance_from_training_is_not_told_where_the_spec_says_so() -> None:
    near = ask(EstimatedPerformance(critical=0.2), baseline(metrics={"auc": 0.75}), window(estimates=FOUND))
    assert "in training" not in near["auc"].sentence


def test_a_model_without_any_skill_left_is_still_ok_for_an_estimate() -> None:
    lost = (Estimate("auc", 0.1, 0.0, 10_000),)
    assert {f.level for f in ask(EstimatedPerformance(critical=0.01), seen=window(estimates=lost)).values()} == {
        Level.OK
    }


def test_when_the_labels_have_come_what_was_foretold_stands_beside_them() -> None:
    outcomes = labelled(Problem.BINARY, TODAY.shifted(-DAY), 5)
    found = ask(EstimatedPerformance(), remembering(), window(outcomes=outcomes, estimates=FOUND))
    assert set(found) == {"*", "auc", "auc foretold", "auc realised"}
    assert found["auc foretold"].value == 0.7
    assert found["auc realised"].value == outcomes.metrics["auc"]
    assert "was estimated at 0.7, give or take 0.02, and is 0." in found["auc realised"].sentence
    assert [m.name for m in found["auc realised"].measures] == ["realised"]


@pytest.mark.parametrize("before", [remembering(hours=48.0), remembering(back=2 * DAY), baseline(history={})])
def test_an_estimate_of_other_labels_is_not_held_against_these(before: Baseline) -> None:
    outcomes = labelled(Problem.BINARY, TODAY.shifted(-DAY), 5)
    assert set(ask(EstimatedPerformance(), before, window(outcomes=outcomes))) == {"*"}

"""What a spec says of recalibrations and of refreshing, in the domain's words."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from tests.builders import DAY
from tests.spec.conftest import Told
from watchkeeper.domain.plans import Gate, Step
from watchkeeper.spec import read_model


def test_a_recalibration_has_its_own_short_steps_and_else_the_models_rollout(model: Callable[..., Path]) -> None:
    tables = '[rollout]\nmargin = 0.05\napprovals = ["promotion"]\n'
    read = read_model(model(tables=tables))
    plan = read.recalibration.plan(read.rollout, read.labels.delay, read.problem)
    assert plan.steps == (Step(0.5, DAY, 200),)
    assert (plan.margin, plan.gates, plan.alpha, plan.deadline) == (0.05, (Gate.PROMOTION,), 0.05, 30 * DAY)
    assert (read.recalibration.history, read.recalibration.holdout) == (14 * DAY, 3 * DAY)


def test_what_a_recalibration_says_itself_counts(model: Callable[..., Path]) -> None:
    own = "[recalibration]\nmargin = 0.1\nalpha = 0.1\napprovals = []\ndeadline = '14d'\n"
    steps = 'steps = [{ share = 0.2, lasts = "6h", records = 50 }, { share = 0.9, lasts = "1d" }]\n'
    read = read_model(model(tables=own + steps))
    plan = read.recalibration.plan(read.rollout, read.labels.delay, read.problem)
    assert (plan.margin, plan.alpha, plan.gates, plan.deadline) == (0.1, 0.1, (), 14 * DAY)
    assert plan.steps == (Step(0.2, timedelta(hours=6), 50), Step(0.9, DAY, 100))


def test_the_steps_of_a_recalibration_grow_like_any(told: Told) -> None:
    steps = 'steps = [{ share = 0.5, lasts = "1d" }, { share = 0.2, lasts = "1d" }]'
    assert told(tables=f"[recalibration]\n{steps}") == [
        "recalibration.steps: the shares of a rollout grow from step to step, these do not: [0.5, 0.2]"
    ]


def test_a_wrong_word_of_a_recalibration_is_told_with_the_nearest_right_one(told: Told) -> None:
    [line] = told(tables='[recalibration]\nholdouts = "3d"')
    assert line == "recalibration.holdouts: there is no such word; did you mean `holdout`?"


def test_a_refresh_is_an_age_and_no_shorter_than_the_cooldown(model: Callable[..., Path], told: Told) -> None:
    assert read_model(model()).response.rule.refresh is None
    assert read_model(model(tables='[response]\nrefresh = "14d"')).response.rule.refresh == 14 * DAY
    [line] = told(tables='[response]\nrefresh = "3d"')
    assert "refresh is not shorter than cooldown" in line

"""Regression and multiclass models through the whole house: logged, watched, retrained, tried, judged, promoted."""

import math
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tests import toy, toys
from watchkeeper.cli.app import app
from watchkeeper.domain.causes import Cause
from watchkeeper.domain.findings import Family
from watchkeeper.domain.followups import Story
from watchkeeper.domain.intervals import Interval
from watchkeeper.domain.levels import Level
from watchkeeper.domain.problems import Problem
from watchkeeper.domain.rollouts import RolloutEnd
from watchkeeper.domain.versions import Trial
from watchkeeper.errors import NotThere
from watchkeeper.profiles import CategoricalColumn, NumericColumn
from watchkeeper.story.evidence import evidence_of
from watchkeeper.story.foretelling import foretold, picture_of_estimates
from watchkeeper.story.house import House
from watchkeeper.story.judging import judge_canary
from watchkeeper.story.releasing import advance
from watchkeeper.story.retraining import nominate, register, request_of, start_model, train, try_out
from watchkeeper.story.watching import watch
from watchkeeper.wiring import HOUSE, open_house

TURNS_ON_DAY = 4
LAST = 20


def live(house: House, problem: Problem, number: int) -> None:
    """One day of traffic, the look at it, what it asks for, and a step of the rollout."""
    day = toy.FIRST + toy.DAY * number
    toys.serve(house, problem, toys.traffic(problem, day, turned=number >= TURNS_ON_DAY))
    watch(house, "toy", day + toy.DAY)
    for asked, outcome in house.state.followups("toy", Story.RETRAIN):
        if outcome is None:
            retrain(house, asked.id, asked.because, number)
    advance(house, "toy", day + toy.DAY)


def retrain(house: House, identity: str, because: str, number: int) -> Trial:
    at = toy.FIRST + toy.DAY * (number + 1)
    training = request_of(house, "toy", at, because, identity)
    version = register(house, training.request, train(house, training, at), at)
    trial = try_out(house, training, version, at)
    house.state.acknowledge(identity, nominate(house, version, trial, at))
    return trial


@pytest.fixture(scope="module", params=[Problem.REGRESSION, Problem.MULTICLASS])
def problem(request: pytest.FixtureRequest) -> Problem:
    return Problem(request.param)


@pytest.fixture(scope="module")
def house(problem: Problem, tmp_path_factory: pytest.TempPathFactory) -> House:
    """A house after twenty days of traffic; on the fifth day the world turns over."""
    folder: Path = tmp_path_factory.mktemp(problem)
    lived = open_house(toy.build(folder, spec=toys.spec_of(problem)))
    start_model(lived, "toy", toy.FIRST)
    for number in range(LAST):
        live(lived, problem, number)
    return lived


def test_nothing_is_said_before_the_world_turns_and_concept_drift_when_its_labels_come(house: House) -> None:
    opened = house.state.transitions(house.state.incidents("toy")[0].key)[0].incident
    assert opened.detected == toy.FIRST + toy.DAY * (TURNS_ON_DAY + 2)
    assert opened.cause is Cause.CONCEPT_DRIFT
    assert opened.level is Level.CRITICAL


def test_what_learned_from_the_old_world_fails_its_trial_and_what_knows_the_new_one_is_promoted(house: House) -> None:
    tried = [entry.what for entry in house.state.audit("toy") if entry.what.startswith("trial")][::-1]
    assert tried == ["trial failed", "trial passed"]
    (ended,) = house.state.rollouts("toy")
    assert ended.end is RolloutEnd.PROMOTED
    assert house.registry.pointers("toy").champion == ended.candidate == 3


def test_labels_are_content_with_the_new_version(house: House) -> None:
    verdict = house.state.verdicts("toy", toy.FIRST + toy.DAY * (LAST + 1), 1)[0]
    about_labels = {f.level for f in verdict.findings if f.family in (Family.PERFORMANCE, Family.CALIBRATION)}
    assert about_labels == {Level.OK}


def test_the_metrics_of_a_version_are_those_of_its_problem(house: House, problem: Problem) -> None:
    metrics = house.registry.version("toy", 1).metrics
    if problem is Problem.REGRESSION:
        assert metrics["mae"] == pytest.approx(3 * math.sqrt(2 / math.pi), rel=0.05)
    else:
        assert metrics["accuracy"] > 0.55
        assert abs(metrics["calibration_gap"]) < 0.02


def test_answers_are_profiled_as_the_problem_has_them(house: House, problem: Problem) -> None:
    columns = house.registry.anchor("toy", 1).profile.columns
    if problem is Problem.REGRESSION:
        assert isinstance(columns["prediction"], NumericColumn)
    else:
        answers = columns["prediction"]
        assert isinstance(answers, CategoricalColumn)
        assert answers.counts.keys() == set(toys.CLASSES)
        assert isinstance(columns["prediction_confidence"], NumericColumn)


def test_a_person_who_decides_sees_the_losses_of_the_problem(house: House, problem: Problem) -> None:
    rollout = house.state.rollouts("toy")[-1]
    judgement = judge_canary(house, rollout, toy.FIRST + toy.DAY * LAST)
    told = evidence_of(house, rollout, judgement, rollout.gate or "promotion")
    assert ("| mae |" if problem is Problem.REGRESSION else "| log_loss |") in told
    assert "records" in judgement.sentence


def test_estimates_stand_beside_what_was_realised_and_do_not_see_the_world_turn(house: House, problem: Problem) -> None:
    name = "mae" if problem is Problem.REGRESSION else "accuracy"
    for number, is_turned in ((TURNS_ON_DAY - 1, False), (TURNS_ON_DAY + 2, True)):
        verdict = house.state.verdicts("toy", toy.FIRST + toy.DAY * (number + 1) + toy.DAY / 2, 1)[0]
        foretold, realised = (verdict.finding(f"estimate:{name} {what}") for what in ("foretold", "realised"))
        assert foretold is not None
        assert realised is not None
        assert foretold.level is realised.level is Level.OK
        assert (abs(foretold.value - realised.value) > 0.15 * foretold.value) is is_turned


def test_estimates_and_what_was_realised_are_drawn_over_the_time_they_are_about(
    house: House, problem: Problem, tmp_path: Path
) -> None:
    over = Interval(toy.FIRST, toy.FIRST + toy.DAY * LAST)
    found = {told.metric: told for told in foretold(house, "toy", over)}
    assert set(found) == {"mae", "rmse"} if problem is Problem.REGRESSION else {"accuracy", "auc", "brier", "log_loss"}
    for told in found.values():
        days = [at for at, _, _ in told.estimated]
        assert {at for at, _ in told.realised} <= set(days)
        assert len(days) >= LAST - 2
        assert len(told.realised) >= LAST - 4
    picture = picture_of_estimates("toy", list(found.values()), over)
    assert picture.startswith(b"\x89PNG")
    days = ["--from", "2024-03-01", "--to", "2024-03-20"]
    where = {HOUSE: str(house.spec.folder.parent / "house.toml")}
    ended = CliRunner().invoke(app, ["estimates", "toy", *days, "--out", str(tmp_path / "toy.png")], env=where)
    assert ended.exit_code == 0, ended.output
    assert (tmp_path / "toy.png").read_bytes().startswith(b"\x89PNG")


def test_where_nothing_was_estimated_that_is_said(house: House) -> None:
    with pytest.raises(NotThere, match="nothing was estimated of toy"):
        foretold(house, "toy", Interval(toy.FIRST - toy.DAY * 9, toy.FIRST - toy.DAY))

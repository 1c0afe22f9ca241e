"""First aid: a layer over the champion, fitted on what came true lately, on its way like any other version."""

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from tests import toy
from watchkeeper.domain.intervals import Interval
from watchkeeper.domain.rollouts import RolloutEnd, Verb
from watchkeeper.domain.versions import Pointers, Version
from watchkeeper.errors import Conflict, NotThere
from watchkeeper.layers import RecalibratedClassifier
from watchkeeper.profiles import NumericColumn
from watchkeeper.story.house import House
from watchkeeper.story.recalibrating import plan_recalibration, recalibrate
from watchkeeper.story.releasing import advance
from watchkeeper.story.retraining import gather, nominate, request_of, start_model, train, try_out
from watchkeeper.story.retraining import register as register_trained
from watchkeeper.story.watching import watch
from watchkeeper.wiring import open_house

DAYS = 12
AT = toy.FIRST + toy.DAY * DAYS
BECAUSE = "Too few were said to be late."


def spec(extra: str = "") -> str:
    return toy.SPEC + "[recalibration]\nleast_rows = 300\napprovals = []\n" + extra


def sold(day: int, *, more: float) -> pa.Table:
    """A day on which a share of the labels 0 came true after all: the base rate rises and the ranking stays."""
    requests = toy.traffic(toy.FIRST + toy.DAY * day)
    turned = np.random.default_rng(day).random(requests.num_rows) < more
    label = np.maximum(requests["_label"].to_numpy(), turned.astype(float))
    return requests.set_column(requests.column_names.index("_label"), "_label", pa.array(label))


def live(house: House, days: range, more: float = 0.35) -> None:
    for day in days:
        toy.serve(house, "toy", sold(day, more=more))


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("begun")
    start_model(open_house(toy.build(folder, spec=spec())), "toy", toy.FIRST)
    return folder


@pytest.fixture
def fresh(begun: Path, tmp_path: Path) -> House:
    """A house with a champion and no records yet."""
    shutil.copytree(begun, tmp_path, dirs_exist_ok=True)
    return open_house(tmp_path / "house.toml")


@pytest.fixture(scope="module")
def lived(begun: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("lived")
    shutil.copytree(begun, folder, dirs_exist_ok=True)
    live(open_house(folder / "house.toml"), range(DAYS))
    return folder


@pytest.fixture
def house(lived: Path, tmp_path: Path) -> House:
    """A house whose champion has said too little for twelve days."""
    shutil.copytree(lived, tmp_path, dirs_exist_ok=True)
    return open_house(tmp_path / "house.toml")


def first_aid(house: House, day: int = DAYS, identity: str | None = None) -> Version:
    at = toy.FIRST + toy.DAY * day
    made = recalibrate(house, plan_recalibration(house, "toy", at, BECAUSE, identity), at)
    assert isinstance(made, Version)
    return made


def test_it_learns_from_what_is_older_than_the_holdout_and_is_tried_on_that(house: House) -> None:
    planned = plan_recalibration(house, "toy", AT, BECAUSE)
    assert planned.tried_on.end == AT - toy.DAY
    assert planned.learns.end == planned.tried_on.start == AT - 4 * toy.DAY
    assert planned.learns.length == 14 * toy.DAY


def test_a_broken_window_is_no_part_of_a_holdout(fresh: House) -> None:
    """Ten days, the last but one broken: the trial reaches back one day further than it is long."""
    at = toy.FIRST + toy.DAY * 10
    for day in range(10):
        toy.serve(fresh, "toy", toy.traffic(toy.FIRST + toy.DAY * day, shift=50.0 if day == 7 else 0.0))
        watch(fresh, "toy", toy.FIRST + toy.DAY * (day + 1))
    planned, training = plan_recalibration(fresh, "toy", at, BECAUSE), request_of(fresh, "toy", at, BECAUSE)
    for found in (planned, training):
        assert found.tried_on == Interval(at - 5 * toy.DAY, at - toy.DAY)
        assert found.learns.end == found.request.until == found.tried_on.start
    assert len(set(gather(fresh, fresh.model("toy"), planned.tried_on, at)["_id"].to_pylist())) == 3 * toy.ROWS


def test_a_risen_base_rate_is_met_and_the_trial_passed(house: House) -> None:
    version = first_aid(house)
    assert (version.number, version.parent) == (2, 1)
    assert version.origin.startswith("Recalibration of v1: slope ")
    assert version.origin.endswith(f"3,200 records of {plan_recalibration(house, 'toy', AT, '').learns}. {BECAUSE}")
    trial = try_out(house, plan_recalibration(house, "toy", AT, BECAUSE), version, AT)
    assert trial.passed
    assert abs(trial.candidate["calibration_gap"]) < abs(trial.champion["calibration_gap"]) / 2
    assert trial.candidate["auc"] == pytest.approx(trial.champion["auc"], abs=1e-9)
    whats = [(e.who, e.what) for e in house.state.audit("toy", 5)]
    assert whats[:2] == [("recalibrate", "trial passed"), ("recalibrate", "register")]


def test_the_same_request_again_is_the_same_version_and_the_same_rollout(house: House) -> None:
    for _ in range(2):
        planned = plan_recalibration(house, "toy", AT, BECAUSE, "recalibrate:toy@window")
        version = recalibrate(house, planned, AT)
        assert isinstance(version, Version)
        said = nominate(house, version, try_out(house, planned, version, AT), AT)
        assert said.startswith("toy v2 is a candidate in rollout")
    assert len(house.registry.versions("toy")) == 2
    assert len(house.state.rollouts("toy")) == 1


def test_its_rollout_is_short_and_of_its_own_plan_and_it_is_promoted_like_any_other(house: House) -> None:
    planned = plan_recalibration(house, "toy", AT, BECAUSE)
    version = first_aid(house)
    nominate(house, version, try_out(house, planned, version, AT), AT)
    rollout = house.state.open_rollout("toy")
    assert rollout is not None
    assert [step.share for step in rollout.plan.steps] == [0.5]
    assert (rollout.plan.gates, rollout.plan.margin) == ((), 0.05)
    for day in range(DAYS, DAYS + 20):
        at = toy.FIRST + toy.DAY * day
        advance(house, "toy", at)
        if house.state.open_rollout("toy") is None:
            break
        live(house, range(day, day + 1))
    [ended] = house.state.rollouts("toy")
    assert ended.end is RolloutEnd.PROMOTED
    assert [m.verb for m in ended.history] == [Verb.ADVANCE, Verb.PROMOTE]
    assert house.registry.pointers("toy") == Pointers(champion=2, candidate=None, last_good=1)


def test_a_person_is_asked_as_in_any_rollout_unless_the_spec_says_otherwise(house: House, tmp_path: Path) -> None:
    house = open_house(toy.build(tmp_path, spec=spec().replace("approvals = []\n", "")))
    planned, version = plan_recalibration(house, "toy", AT, BECAUSE), first_aid(house)
    nominate(house, version, try_out(house, planned, version, AT), AT)
    look = advance(house, "toy", AT)
    assert look is not None
    assert look.action.verb is Verb.ASK
    [question] = house.state.questions(unanswered=True)
    assert "| log_loss |" in question.evidence
    assert "Recalibration of v1" in question.evidence


def test_layers_never_nest_and_what_was_said_first_is_the_parent(house: House) -> None:
    second = first_aid(house)
    house.registry.point("toy", Pointers(2, None, 1), instead_of=house.registry.pointers("toy"))
    live(house, range(DAYS, DAYS + 4), more=0.6)
    third = first_aid(house, DAYS + 4)
    assert (second.parent, third.parent) == (1, 2)
    estimator = house.registry.load("toy", 3).estimator
    assert isinstance(estimator, RecalibratedClassifier)
    assert not isinstance(estimator.estimator, RecalibratedClassifier)
    assert third.trained_on == house.registry.version("toy", 1).trained_on


def test_a_retraining_afterwards_starts_without_a_layer_and_is_tried_against_the_recalibrated(house: House) -> None:
    first_aid(house)
    house.registry.point("toy", Pointers(2, None, 1), instead_of=house.registry.pointers("toy"))
    training = request_of(house, "toy", AT, "still bad")
    version = register_trained(house, training.request, train(house, training, AT), AT)
    assert version.parent is None
    assert not isinstance(house.registry.load("toy", version.number).estimator, RecalibratedClassifier)
    trial = try_out(house, training, version, AT)
    holdout = house.predictions.labelled("toy", training.tried_on, AT, ["a", "b"])
    answers = house.registry.load("toy", 2).predict(holdout)
    assert trial.champion["calibration_gap"] == pytest.approx(answers.mean() - holdout["_label"].to_numpy().mean())


def test_its_anchor_is_the_parents_with_the_answers_as_it_would_have_given_them(house: House) -> None:
    version = first_aid(house)
    mine, parents = (house.registry.anchor("toy", n) for n in (version.number, 1))
    assert mine.profile.rows == parents.profile.rows
    assert {c: p for c, p in mine.profile.columns.items() if c != "prediction"} == {
        c: p for c, p in parents.profile.columns.items() if c != "prediction"
    }
    estimator = house.registry.load("toy", version.number).estimator
    assert isinstance(estimator, RecalibratedClassifier)
    expected = estimator.layer.apply(parents.sample["_prediction"].to_numpy())
    np.testing.assert_allclose(mine.sample["_prediction"].to_numpy(), expected)
    column, old = (a.profile.columns["prediction"] for a in (mine, parents))
    assert isinstance(column, NumericColumn)
    assert isinstance(old, NumericColumn)
    assert column.total / column.finite > old.total / old.finite + 0.05
    assert [i for i, _ in mine.windows] == [i for i, _ in parents.windows]
    assert {(m.check, m.subject, m.name, m.at) for m in mine.measures} == {
        (m.check, m.subject, m.name, m.at) for m in parents.measures
    }
    assert version.metrics == house.registry.version("toy", 1).metrics


def test_what_the_champion_learned_from_fits_no_layer(house: House) -> None:
    training = request_of(house, "toy", AT, "a retraining")
    version = register_trained(house, training.request, train(house, training, AT), AT)
    house.registry.point("toy", Pointers(version.number, None, 1), instead_of=house.registry.pointers("toy"))
    said = recalibrate(house, plan_recalibration(house, "toy", AT, BECAUSE), AT)
    assert str(said).startswith("toy v2 stays as it is. Only 0 new labelled records")


@pytest.mark.parametrize("days", [0, 3])
def test_too_few_labels_leave_the_champion_as_it_is_and_say_so(fresh: House, days: int) -> None:
    house = fresh
    live(house, range(days))
    at = toy.FIRST + toy.DAY * max(days, 1)
    said = recalibrate(house, plan_recalibration(house, "toy", at, BECAUSE), at)
    assert isinstance(said, str)
    assert said.startswith("toy v1 stays as it is. Only 0 new labelled records")
    assert len(house.registry.versions("toy")) == 1
    assert house.state.audit("toy", 1)[0].what == "leave as it is"


def test_answers_that_are_right_are_hardly_moved(fresh: House) -> None:
    house = fresh
    live(house, range(DAYS), more=0.0)
    version = first_aid(house)
    requests = sold(DAYS, more=0.0)
    before, after = (house.registry.load("toy", n).predict(requests) for n in (1, version.number))
    assert np.abs(after - before).max() < 0.03


def test_a_rollout_under_way_is_waited_for(house: House) -> None:
    planned, version = plan_recalibration(house, "toy", AT, BECAUSE), first_aid(house)
    trial = try_out(house, planned, version, AT)
    nominate(house, version, trial, AT)
    assert "v9 waits for rollout:toy:v2" in nominate(house, replace(version, number=9), trial, AT)
    with pytest.raises(Conflict, match="is under way already in rollout:toy:v2"):
        nominate(house, version, trial, AT + toy.DAY)


def test_without_a_champion_there_is_nothing_to_recalibrate(tmp_path: Path) -> None:
    house = open_house(toy.build(tmp_path, spec=spec()))
    with pytest.raises(NotThere, match="toy has no champion: train one"):
        recalibrate(house, plan_recalibration(house, "toy", AT, BECAUSE), AT)

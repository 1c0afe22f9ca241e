"""A rollout under kills and faults: traffic, pointers and record agree in the end."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from tests import toy
from tests.builders import PLAN
from watchkeeper.domain.judgements import LOSS, Criterion, Outcome
from watchkeeper.domain.problems import Problem
from watchkeeper.domain.rollouts import RolloutEnd, Verb
from watchkeeper.domain.traffic import Split
from watchkeeper.domain.versions import Pointers, Version
from watchkeeper.judge import Block, Evidence, bounds_of, judge, log_losses
from watchkeeper.story.house import House
from watchkeeper.story.releasing import advance, open_rollout, roll_back
from watchkeeper.story.retraining import register, request_of, start_model
from watchkeeper.wiring import open_house

AT = toy.FIRST


@pytest.fixture
def house(tmp_path: Path) -> House:
    spec = toy.SPEC.replace('approvals = ["canary"]', "approvals = []")
    return open_house(toy.build(tmp_path, spec=spec))


def second(house: House) -> Version:
    start_model(house, "toy", AT)
    request = request_of(house, "toy", AT, "a test").request
    return register(house, request, toy.train(request, pa.table({})), AT)


def test_asking_for_the_same_rollout_twice_gives_one(house: House) -> None:
    version = second(house)
    first = open_rollout(house, version, AT, who="sam", because="a test")
    assert open_rollout(house, version, AT, who="sam", because="a test") == first
    assert len(house.state.rollouts()) == 1
    assert house.registry.pointers("toy").candidate == version.number


def test_a_rollback_after_a_promotion_that_was_killed_gives_champion_and_traffic_back(house: House) -> None:
    version = second(house)
    open_rollout(house, version, AT, who="sam", because="a test")
    advance(house, "toy", AT)
    # What a process killed within a promotion leaves behind: traffic and pointers moved, the record not.
    house.router.set_split("toy", Split(version.number, None, 0.0, "killed", AT))
    house.registry.point("toy", Pointers(version.number, None, 1), instead_of=house.registry.pointers("toy"))
    roll_back(house, "toy", AT, who="dana", because="it was not good")
    split = house.router.split("toy")
    assert split is not None
    assert (split.champion, split.canary) == (1, None)
    assert house.registry.pointers("toy") == Pointers(champion=1, candidate=None, last_good=1)
    assert house.state.rollouts()[0].end is RolloutEnd.ROLLED_BACK


def test_holding_puts_traffic_back_to_where_the_rollout_stands(house: House) -> None:
    version = second(house)
    open_rollout(house, version, AT, who="sam", because="a test")
    advance(house, "toy", AT)
    right = house.router.split("toy")
    assert right is not None
    house.router.set_split("toy", replace(right, share=0.9))
    look = advance(house, "toy", AT)
    assert look is not None
    assert look.action.verb is Verb.HOLD
    found = house.router.split("toy")
    assert found is not None
    assert found.share == 0.3


def test_a_version_that_does_not_answer_is_judged_by_its_silence() -> None:
    labels = np.tile([0.0, 1.0, 0.0, 0.0], 50)
    champion = log_losses(np.full(200, 0.25), labels)
    silent = log_losses(np.full(200, np.nan), labels)
    blocks = [Block(silent, champion)] * 6
    assert np.isfinite(silent).all()
    loss = Criterion(LOSS, 0.01, labelled=True, bounds=bounds_of(Problem.BINARY))
    assert judge([Evidence(loss, blocks)], PLAN).outcome is Outcome.WORSE

"""A look that somebody overtakes, and a rollback that is stopped in the middle: the champion answers in the end."""

from pathlib import Path

import pytest

from tests import toy
from tests.story.test_releasing import second
from tests.story.test_soaking import SOAKED, promoted
from watchkeeper.domain.actions import Action
from watchkeeper.domain.rollouts import RolloutEnd, Verb
from watchkeeper.domain.traffic import Split
from watchkeeper.domain.versions import Pointers
from watchkeeper.errors import Conflict
from watchkeeper.story.house import House
from watchkeeper.story.judging import judge_canary
from watchkeeper.story.releasing import act, advance, needs_a_look, open_rollout, roll_back
from watchkeeper.wiring import open_house

AT, HOUR = toy.FIRST, toy.DAY / 24


def canary_of(house: House) -> tuple[int, int | None]:
    split = house.router.split("toy")
    assert split is not None
    return split.champion, split.canary


@pytest.fixture
def stopped(tmp_path: Path) -> House:
    """A soak whose rollback was stopped when its record was saved: traffic has gone back, the pointers have not."""
    house = open_house(toy.build(tmp_path, spec=SOAKED))
    promoted(house)
    before = house.registry.pointers("toy")
    roll_back(house, "toy", AT + 4 * toy.DAY, who="dana", because="bad")
    house.registry.point("toy", before, instead_of=house.registry.pointers("toy"))
    assert (before.champion, house.state.rollouts("toy")[-1].end) == (2, RolloutEnd.ROLLED_BACK)
    return house


def test_a_look_that_holds_after_somebodys_rollback_gives_the_canary_nothing_back(tmp_path: Path) -> None:
    house = open_house(toy.build(tmp_path, spec=toy.SPEC.replace('approvals = ["canary"]', "approvals = []")))
    open_rollout(house, second(house), AT, who="sam", because="a test")
    found = advance(house, "toy", AT)
    assert found is not None
    judgement = judge_canary(house, found.rollout, AT + HOUR)
    roll_back(house, "toy", AT + HOUR, who="dana", because="bad")
    with pytest.raises(Conflict, match="has moved on meanwhile"):
        act(house, found.rollout, judgement, Action(Verb.HOLD, "judged before"), AT + HOUR)
    assert canary_of(house) == (1, None)
    assert house.state.rollouts("toy")[-1].end is RolloutEnd.ROLLED_BACK
    assert not needs_a_look(house, "toy")


def test_a_rollback_of_a_soak_that_was_stopped_is_finished_at_the_next_look(stopped: House) -> None:
    assert needs_a_look(stopped, "toy")
    assert advance(stopped, "toy", AT + 5 * toy.DAY) is None
    assert stopped.registry.pointers("toy") == Pointers(champion=1, candidate=None, last_good=1)
    assert canary_of(stopped) == (1, None)
    assert not needs_a_look(stopped, "toy")


def test_what_a_person_gave_back_meanwhile_is_not_trampled(stopped: House) -> None:
    roll_back(stopped, "toy", AT + 4.5 * toy.DAY, who="ada", because="nobody finished it")
    theirs = stopped.router.split("toy")
    assert isinstance(theirs, Split)
    assert theirs.salt.startswith("rollback:")
    assert not needs_a_look(stopped, "toy")
    advance(stopped, "toy", AT + 5 * toy.DAY)
    assert stopped.router.split("toy") == theirs
    assert stopped.registry.pointers("toy").champion == 1

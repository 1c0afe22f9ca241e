"""A model's file that breaks while its canary answers: the share stands still, people are told, and it goes on."""

from pathlib import Path

import pytest

from tests import toy
from tests.story.test_releasing import second
from tests.story.test_sight import told
from watchkeeper.domain.approvals import Decision
from watchkeeper.domain.blindness import ROLLOUT
from watchkeeper.domain.judgements import Outcome
from watchkeeper.domain.rollouts import Verb
from watchkeeper.errors import SpecError
from watchkeeper.story.asking import answer_question
from watchkeeper.story.house import House
from watchkeeper.story.releasing import Advance, advance, open_rollout, roll_back
from watchkeeper.wiring import open_house

AT, HOUR = toy.FIRST, toy.DAY / 24


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return toy.build(tmp_path, spec=toy.SPEC.replace('approvals = ["canary"]', "approvals = []"))


def edited(file: Path, *, broken: bool) -> House:
    """The house after somebody has written nonsense into the model's file, or has taken it out."""
    said = file.parent / "models" / "toy.toml"
    said.write_text(said.read_text().replace("\n[[nonsense]]\n", "") + ("\n[[nonsense]]\n" if broken else ""))
    house = open_house(file)
    assert ("toy" in house.broken) == broken
    return house


def look(house: House, hours: float) -> Advance:
    found = advance(house, "toy", AT + 2 * toy.DAY + hours * HOUR)
    assert found is not None
    return found


def begun(file: Path) -> House:
    house = open_house(file)
    open_rollout(house, second(house), AT, who="sam", because="a test")
    advance(house, "toy", AT)
    for number in range(2):
        toy.serve(house, "toy", toy.traffic(AT + toy.DAY * number))
    return house


def test_a_canary_whose_models_file_breaks_stands_still_until_it_is_mended(file: Path) -> None:
    begun(file)
    house = edited(file, broken=True)
    for hours in range(3):
        found = look(house, hours)
        assert (found.judgement.outcome, found.action.verb) == (Outcome.UNKNOWN, Verb.HOLD)
        assert (house.state.open_incident("toy", ROLLOUT) is None) == (hours == 0)
    split = house.router.split("toy")
    assert split is not None
    assert (split.canary, split.share) == (2, 0.3)
    assert "can no longer be read" in found.judgement.sentence
    found = look(edited(file, broken=False), 3)
    assert (found.action.verb, found.rollout.blind) == (Verb.ADVANCE, None)
    assert told(house) == ["opened", "resolved"]


def test_a_person_may_end_it_all_the_same(file: Path) -> None:
    begun(file)
    house = edited(file, broken=True)
    roll_back(house, "toy", AT + 2 * toy.DAY, who="dana", because="a typo is no canary")
    assert house.state.open_rollout("toy") is None


def test_nothing_begins_to_answer_while_its_file_cannot_be_read(file: Path) -> None:
    house = open_house(file)
    open_rollout(house, second(house), AT, who="sam", because="a test")
    before = house.router.split("toy")
    with pytest.raises(SpecError, match="nonsense"):
        advance(edited(file, broken=True), "toy", AT)
    assert house.router.split("toy") == before
    found = advance(edited(file, broken=False), "toy", AT)
    assert found is not None
    assert found.action.verb is Verb.ADVANCE


@pytest.mark.parametrize("rejected", [True, False])
def test_what_has_not_begun_may_end_without_its_file(tmp_path: Path, *, rejected: bool) -> None:
    file = toy.build(tmp_path)
    house = open_house(file)
    open_rollout(house, second(house), AT, who="sam", because="a test")
    advance(house, "toy", AT)
    (question,) = house.state.questions(unanswered=True)
    if rejected:
        answer_question(house, question, Decision.REJECT, "dana", "a typo is no reason", AT + HOUR)
    found = advance(edited(file, broken=True), "toy", AT + (2 * HOUR if rejected else 400 * toy.DAY))
    assert found is not None
    assert found.action.verb is Verb.ROLL_BACK
    assert house.state.open_rollout("toy") is None

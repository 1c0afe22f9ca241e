"""What was told in the dark is over when the light comes back, whatever was stopped or lost besides."""

import json
from pathlib import Path

import pytest

from tests import toy
from tests.story.test_releasing import second
from tests.story.test_sight import lose_state, take_away, told
from watchkeeper.domain.blindness import ROLLOUT, blind_incident
from watchkeeper.story.groping import find_again, grope, lost_rollouts
from watchkeeper.story.house import House
from watchkeeper.story.releasing import advance, open_rollout
from watchkeeper.story.sight import tell
from watchkeeper.wiring import open_house

AT, HOUR = toy.FIRST, toy.DAY / 24
DARK = AT + 2 * toy.DAY
FREE = toy.SPEC.replace('approvals = ["canary"]', "approvals = []")


def begun(folder: Path, *names: str) -> House:
    house = open_house(toy.build(folder, names or ("toy",), FREE))
    open_rollout(house, second(house), AT, who="sam", because="a test")
    advance(house, "toy", AT)
    return house


@pytest.fixture
def house(tmp_path: Path) -> House:
    """A house whose canary has answered for two days."""
    opened = begun(tmp_path)
    for number in range(2):
        toy.serve(opened, "toy", toy.traffic(AT + toy.DAY * number))
    return opened


def grope_twice(house: House, hours: float) -> None:
    for late in (0, 1):
        grope(house, "toy", lost_rollouts(house)["toy"], DARK + (hours + late) * HOUR)


def still_open(house: House) -> set[str]:
    """The incidents that channels were told of and not that they are over."""
    told(house)
    lines = [json.loads(line) for line in (house.spec.folder / "alerts.jsonl").read_text().splitlines()]
    by_change = {change: {e["incident"] for e in lines if e["change"] == change} for change in ("opened", "resolved")}
    assert by_change["opened"]
    return by_change["opened"] - by_change["resolved"]


def test_who_is_stopped_after_writing_it_down_says_at_the_next_look_that_it_is_over(house: House) -> None:
    give_back = lose_state(house)
    grope_twice(house, 0)
    noted = json.loads((house.spec.folder / "unseen" / "toy.json").read_text())
    give_back()
    # What a process stopped within `find_again` leaves behind: the incident is written down, the note still there.
    tell(house, *blind_incident("test", "toy", DARK, DARK + HOUR, noted["why"], noted["still"]))
    find_again(house, DARK + 3 * HOUR)
    assert house.state.open_incident("toy", ROLLOUT) is None
    assert still_open(house) == set()


def test_who_is_stopped_before_the_note_is_gone_opens_nothing_again(house: House) -> None:
    give_back = lose_state(house)
    grope_twice(house, 0)
    note = house.spec.folder / "unseen" / "toy.json"
    kept = note.read_bytes()
    give_back()
    find_again(house, DARK + 3 * HOUR)
    note.write_bytes(kept)
    find_again(house, DARK + 4 * HOUR)
    assert house.state.open_incident("toy", ROLLOUT) is None
    assert told(house) == ["opened", "resolved"]


def test_when_the_records_go_first_and_the_state_store_then_both_incidents_end(house: House) -> None:
    records_back = take_away(house)
    for hours in (0, 1):
        advance(house, "toy", DARK + hours * HOUR)
    assert len(still_open(house)) == 1
    state_back = lose_state(house)
    grope_twice(house, 2)
    state_back()
    assert len(still_open(house)) == 2
    records_back()
    find_again(house, DARK + 5 * HOUR)
    advance(house, "toy", DARK + 5 * HOUR)
    assert still_open(house) == set()
    assert house.state.open_incident("toy", ROLLOUT) is None


def test_a_split_of_one_model_that_cannot_be_read_hides_no_other_rollout(tmp_path: Path) -> None:
    house = begun(tmp_path, "toy", "zoo")
    (house.spec.folder / "traffic" / "zoo.json").write_text("{broken")
    assert lost_rollouts(house) == {}
    lose_state(house)
    assert set(lost_rollouts(house)) == {"toy"}

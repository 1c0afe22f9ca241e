"""A rollout that nobody can see stands still, is told of once, and goes on when it is seen again."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from tests import toy
from tests.story.test_releasing import second
from watchkeeper.domain.audit import Entry
from watchkeeper.domain.blindness import ROLLOUT
from watchkeeper.domain.incidents import Change
from watchkeeper.domain.levels import Level
from watchkeeper.domain.rollouts import Verb
from watchkeeper.story.groping import find_again, grope, lost_rollouts
from watchkeeper.story.house import House
from watchkeeper.story.releasing import Advance, advance, open_rollout, roll_back
from watchkeeper.story.telling import deliver_alerts
from watchkeeper.wiring import open_house

AT, HOUR = toy.FIRST, toy.DAY / 24


@pytest.fixture
def house(tmp_path: Path) -> House:
    """A house whose canary has answered for two days."""
    opened = open_house(toy.build(tmp_path, spec=toy.SPEC.replace('approvals = ["canary"]', "approvals = []")))
    open_rollout(opened, second(opened), AT, who="sam", because="a test")
    advance(opened, "toy", AT)
    for number in range(2):
        toy.serve(opened, "toy", toy.traffic(AT + toy.DAY * number))
    return opened


@pytest.fixture
def look(house: House) -> Callable[[float], Advance]:
    """Looks so many hours after the second day."""

    def looked(hours: float) -> Advance:
        found = advance(house, "toy", AT + 2 * toy.DAY + hours * HOUR)
        assert found is not None
        return found

    return looked


def take_away(house: House) -> Callable[[], object]:
    records = house.spec.folder / "records"
    away = records.with_name("away")
    records.rename(away)
    return lambda: away.rename(records)


def told(house: House) -> list[str]:
    deliver_alerts(house, "console", AT + 9 * toy.DAY)
    file = house.spec.folder / "alerts.jsonl"
    return [json.loads(line)["change"] for line in file.read_text().splitlines()] if file.exists() else []


def test_one_look_in_the_dark_moves_nothing_and_tells_nobody(house: House, look: Callable[[float], Advance]) -> None:
    take_away(house)
    found = look(0)
    assert (found.action.verb, found.rollout.share) == (Verb.HOLD, 0.3)
    assert "Nothing can be seen" in found.action.because
    assert told(house) == []


def test_trying_again_at_the_same_moment_is_no_second_look(house: House, look: Callable[[float], Advance]) -> None:
    take_away(house)
    look(0)
    look(0)
    assert house.state.open_incident("toy", ROLLOUT) is None


def test_many_looks_in_the_dark_open_one_incident_beside_that_of_the_windows(
    house: House, look: Callable[[float], Advance]
) -> None:
    take_away(house)
    for hours in range(5):
        assert look(hours).action.verb is Verb.HOLD
    incident = house.state.open_incident("toy", ROLLOUT)
    assert incident is not None
    assert (incident.level, incident.since) == (Level.CRITICAL, AT + 2 * toy.DAY)
    assert ":blind:" in incident.key
    assert house.state.open_incident("toy") is None
    assert house.state.incidents("toy") == ()
    assert told(house) == ["opened"]


def test_the_first_light_resolves_it_and_the_rollout_goes_on(house: House, look: Callable[[float], Advance]) -> None:
    give_back = take_away(house)
    look(0)
    look(1)
    give_back()
    found = look(2)
    assert found.rollout.blind is None
    assert found.action.verb is Verb.ADVANCE
    look(3)
    (incident,) = house.state.incidents("toy", ROLLOUT)
    assert incident.resolved == AT + 2 * toy.DAY + 2 * HOUR
    assert told(house) == ["opened", "resolved"]


def test_not_even_the_deadline_moves_what_nobody_sees(house: House, look: Callable[[float], Advance]) -> None:
    take_away(house)
    assert look(24 * 100).action.verb is Verb.HOLD


def test_a_person_may_end_what_nobody_sees_and_its_incident_with_it(
    house: House, look: Callable[[float], Advance]
) -> None:
    take_away(house)
    look(0)
    look(1)
    roll_back(house, "toy", AT + 3 * toy.DAY, who="dana", because="nobody sees it")
    (incident,) = house.state.incidents("toy", ROLLOUT)
    assert not incident.is_open
    assert [t.change for t in house.state.transitions(incident.key)] == [Change.OPENED, Change.RESOLVED]


def test_a_canary_that_is_answered_for_by_the_champion_is_not_seen(house: House) -> None:
    split = house.router.split("toy")
    assert split is not None
    house.router.set_split("toy", replace(split, canary=None, share=0.0))
    toy.serve(house, "toy", toy.traffic(AT + toy.DAY * 2))
    found = advance(house, "toy", AT + 3 * toy.DAY)
    assert found is not None
    assert "no record of v2, although 30%" in found.judgement.sentence


def lose_state(house: House) -> Callable[[], object]:
    """The state store's files are elsewhere; what is made in their place is dropped when they come back."""
    files = [p for p in house.spec.folder.iterdir() if p.name.startswith("state")]
    for file in files:
        file.rename(file.with_name(f"away-{file.name}"))

    def give_back() -> None:
        for made in [p for p in house.spec.folder.iterdir() if p.name.startswith("state")]:
            made.unlink()
        for file in files:
            file.with_name(f"away-{file.name}").rename(file)

    return give_back


def test_without_the_state_store_people_are_told_directly_at_the_second_look(house: House) -> None:
    give_back = lose_state(house)
    for hours in range(3):
        lost = lost_rollouts(house)
        assert set(lost) == {"toy"}
        grope(house, "toy", lost["toy"], AT + 2 * toy.DAY + hours * HOUR)
        lines = (house.spec.folder / "alerts.jsonl").exists()
        assert lines == (hours > 0)
    give_back()
    assert lost_rollouts(house) == {}
    for _ in range(2):
        find_again(house, AT + 3 * toy.DAY)
    (incident,) = house.state.incidents("toy", ROLLOUT)
    assert (incident.since, incident.resolved) == (AT + 2 * toy.DAY, AT + 3 * toy.DAY)
    assert told(house) == ["opened", "resolved"]


def test_one_look_without_the_state_store_is_forgotten(house: House) -> None:
    give_back = lose_state(house)
    grope(house, "toy", "away", AT + 2 * toy.DAY)
    give_back()
    find_again(house, AT + 3 * toy.DAY)
    assert house.state.incidents() == ()
    assert told(house) == []


def test_an_incident_of_a_rollout_is_written_once_with_its_alerts(house: House) -> None:
    take_away(house)
    for hours in (0, 1, 1, 2):
        advance(house, "toy", AT + 2 * toy.DAY + hours * HOUR)
    entries = [e for e in house.state.audit("toy") if e.what == "incident opened"]
    assert len(entries) == 1
    assert isinstance(entries[0], Entry)
    assert len(house.state.undelivered()) == 1

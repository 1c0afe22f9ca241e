"""The state store's contract, held against every database: incidents of rollouts, and rollouts that race."""

import pytest

from tests.builders import HOUR, NOON, a_rollout, a_settlement, a_transition, an_alert, an_entry, an_incident
from tests.contracts import racers
from tests.contracts.test_state_store_processes import RACERS, SPAWN, race
from watchkeeper.domain.incidents import Change
from watchkeeper.errors import Conflict
from watchkeeper.ports import StateStore

ABOUT = "rollout"


def test_an_incident_of_a_rollout_stands_beside_that_of_the_windows(state: StateStore) -> None:
    state.settle(a_settlement())
    own = an_incident(key="wk:test:flights:blind", about=ABOUT)
    told = a_transition(own)
    state.tell(own, told, (an_alert(told),), an_entry(id="told"))
    assert state.open_incident("flights", ABOUT) == own
    assert state.open_incident("flights") != own
    assert own not in state.incidents("flights")
    assert state.incidents("flights", ABOUT) == (own,)
    assert own in state.incidents()
    assert state.transitions(own.key) == (told,)


def test_telling_twice_is_telling_once(state: StateStore) -> None:
    own = an_incident(about=ABOUT)
    told = a_transition(own)
    for _ in range(2):
        state.tell(own, told, (an_alert(told),), an_entry(id="told"))
    assert len(state.undelivered()) == 1
    assert [e.id for e in state.audit()] == ["told"]
    over = an_incident(about=ABOUT, resolved=NOON + HOUR, changes=2)
    state.tell(over, a_transition(over, Change.RESOLVED), (), an_entry(id="over"))
    state.tell(own, told, (), an_entry(id="told"))
    assert state.open_incident("flights", ABOUT) is None


def test_a_second_open_one_is_refused(state: StateStore) -> None:
    own, other = an_incident(about=ABOUT), an_incident(key="another", about=ABOUT)
    state.tell(own, a_transition(own), (), an_entry(id="one"))
    with pytest.raises(Conflict, match="another open incident"):
        state.tell(other, a_transition(other), (), an_entry(id="two"))


def test_of_processes_that_open_rollouts_of_one_model_exactly_one_does(database: str, state: StateStore) -> None:
    with SPAWN.Pool(RACERS, racers.use_gate, (SPAWN.Barrier(RACERS),)) as pool:
        turns = race(pool, racers.begin_all, database)
    assert [sum(turn) for turn in turns] == [1] * racers.WINDOWS
    for number in range(racers.WINDOWS):
        opened = [r for r in state.rollouts(f"model-{number}") if r.is_open]
        assert [r.id for r in opened] == [a_rollout(f"model-{number}", id=opened[0].id).id]
        assert len(opened) == 1

"""What was done, and that a cycle came to its end."""

from tests.builders import HOUR, NOON, a_heartbeat, an_entry


def test_the_same_act_done_again_is_the_same_entry() -> None:
    assert an_entry() == an_entry()
    assert len({an_entry(), an_entry(), an_entry(at=NOON + HOUR)}) == 2


def test_a_later_heartbeat_is_another_proof() -> None:
    assert a_heartbeat() == a_heartbeat()
    assert a_heartbeat() != a_heartbeat(at=NOON + HOUR)

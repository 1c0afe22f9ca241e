"""The flow that moves canaries, when it cannot see: it stands still, tells, and goes on."""

import json
import os
from collections.abc import Callable

import pytest

from deployments.worker import Worker
from tasks.house import NOW
from tests import toy
from tests.story.test_releasing import second
from tests.story.test_sight import lose_state, take_away
from watchkeeper.domain.blindness import ROLLOUT
from watchkeeper.domain.rollouts import Verb
from watchkeeper.story.house import House
from watchkeeper.story.releasing import open_rollout

pytestmark = pytest.mark.usefixtures("prefect_api")

FREE = toy.SPEC.replace('approvals = ["canary"]', "approvals = []")


def look(worker: Worker, hours: float) -> str:
    at = (toy.FIRST + toy.DAY / 24 * hours).isoformat()
    os.environ[NOW] = at
    return str(worker.run("promote", at=at).name)


def begun(opened: House, worker: Worker) -> None:
    open_rollout(opened, second(opened), toy.FIRST, who="sam", because="a test")
    look(worker, 0)
    for number in range(2):
        toy.serve(opened, "toy", toy.traffic(toy.FIRST + toy.DAY * number))


def told(opened: House) -> list[str]:
    file = opened.spec.folder / "alerts.jsonl"
    return [json.loads(line)["change"] for line in file.read_text().splitlines()] if file.exists() else []


@pytest.mark.parametrize("lose", [take_away, lose_state])
def test_either_store_lost_in_mid_canary_is_told_once_and_moves_nothing(
    house: Callable[..., House], lose: Callable[[House], Callable[[], object]]
) -> None:
    opened = house(spec=FREE)
    with Worker(opened) as worker:
        begun(opened, worker)
        give_back = lose(opened)
        blind = [look(worker, 48 + hours) for hours in range(3)]
        assert told(opened) == ["opened"]
        give_back()
        assert look(worker, 52) == "Completed"
        look(worker, 53)
    assert set(blind) <= {"Blind", "Completed"}
    assert told(opened) == ["opened", "resolved"]
    (incident,) = opened.state.incidents("toy", ROLLOUT)
    assert not incident.is_open
    (rollout,) = opened.state.rollouts("toy")
    assert [m.verb for m in rollout.history] == [Verb.ADVANCE, Verb.ADVANCE]
    assert rollout.history[-1].at == toy.FIRST + toy.DAY / 24 * 52

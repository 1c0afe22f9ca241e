"""The state store's contract, held against every database: processes that race, are forked, and are killed."""

import multiprocessing
import os
import pickle
import signal
import time
from collections.abc import Callable, Iterator
from multiprocessing.pool import Pool
from pathlib import Path

import pytest

from tests.builders import HOUR, NOON, a_question, a_rollout, a_settlement, an_entry
from tests.contracts import racers
from watchkeeper.adapters.sql_state import SqlState
from watchkeeper.ports import StateStore

RACERS = 3
SPAWN = multiprocessing.get_context("spawn")


@pytest.fixture(scope="module")
def pool() -> Iterator[Pool]:
    with SPAWN.Pool(RACERS, racers.use_gate, (SPAWN.Barrier(RACERS),)) as racing:
        yield racing
        racing.close()
        racing.join()


def race(pool: Pool, run: Callable[[str, int], list[bool]], url: str) -> list[tuple[bool, ...]]:
    """Who won each of the turns; all racers start at once."""
    return list(zip(*pool.starmap(run, [(url, racer) for racer in range(RACERS)], chunksize=1), strict=True))


def test_exactly_one_process_settles_a_window(pool: Pool, database: str, state: StateStore) -> None:
    turns = race(pool, racers.settle_all, database)
    assert [sum(turn) for turn in turns] == [1] * racers.WINDOWS
    for window, turn in enumerate(turns):
        look = racers.look_at(window, f"said racer {turn.index(True)}")
        assert state.verdict(look.verdict.id) == look.verdict
        found = state.history(look.verdict.model, NOON, NOON + racers.WINDOWS * HOUR, {"drift": None})
        assert [len(values) for values in found.values()] == [1, 1, 1]
    assert len(state.undelivered()) == 2 * racers.WINDOWS


def test_exactly_one_process_makes_each_move_of_a_rollout(pool: Pool, database: str, state: StateStore) -> None:
    turns = race(pool, racers.move_all, database)
    assert [sum(turn) for turn in turns] == [1] * racers.WINDOWS
    moves = [f"move:{revision}:{turn.index(True)}" for revision, turn in enumerate(turns)]
    assert [entry.id for entry in reversed(state.audit())] == moves
    assert state.rollout(a_rollout().id).revision == racers.WINDOWS - 1


def test_exactly_one_process_answers_a_question(pool: Pool, database: str, state: StateStore) -> None:
    for number in range(racers.WINDOWS):
        rollout = a_rollout(f"model-{number}")
        question = a_question(rollout, id=f"question-{number}")
        state.save_rollout(rollout, an_entry(id=f"ask {number}"), question=question)
    turns = race(pool, racers.answer_all, database)
    assert [sum(turn) for turn in turns] == [1] * racers.WINDOWS
    winners = [f"racer {turn.index(True)}" for turn in turns]
    assert [state.answer_to(f"question-{n}").approver for n in range(racers.WINDOWS)] == winners
    assert state.questions(unanswered=True) == ()


def test_processes_that_use_a_new_file_at_once_all_get_in(pool: Pool, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/state"
    turns = race(pool, racers.open_all, url)
    names = {f"racer {racer}" for racer in range(RACERS)}
    for number in range(len(turns)):
        assert {beat.name for beat in SqlState(f"{url}-{number}").heartbeats()} == names


@pytest.mark.parametrize("die", [racers.die_while_settling, racers.die_while_moving])
def test_a_process_killed_within_a_transaction_leaves_nothing(
    database: str, state: StateStore, die: Callable[[str], None]
) -> None:
    process = SPAWN.Process(target=die, args=(database,))
    process.start()
    process.join(timeout=60)
    assert process.exitcode == -signal.SIGKILL
    assert (state.verdict(a_settlement().verdict.id), state.incidents(), state.rollouts()) == (None, (), ())
    assert (state.undelivered(), state.unacknowledged(), state.audit()) == ({}, (), ())
    assert state.settle(a_settlement()) is True


def test_a_process_killed_anywhere_leaves_whole_windows(database: str, state: StateStore) -> None:
    process = SPAWN.Process(target=racers.settle_for_ever, args=(database,))
    process.start()
    deadline = time.monotonic() + 60
    while len(state.audit()) < 5 and time.monotonic() < deadline:
        time.sleep(0.01)
    process.kill()
    process.join(timeout=60)
    settled = len(state.audit(most=100_000))
    assert settled >= 5
    for window in range(settled):
        look = racers.look_at(window)
        assert state.verdict(look.verdict.id) == look.verdict
        assert state.transitions(look.incident.key) == (look.transition,)
    assert len(state.undelivered()) == 2 * settled
    assert len(state.unacknowledged()) == len(state.incidents()) == settled
    assert state.verdict(racers.look_at(settled).verdict.id) is None


def test_a_fork_has_connections_of_its_own(state: StateStore) -> None:
    state.note(an_entry(id="parent"))
    if (child := os.fork()) == 0:
        state.note(an_entry(id="child"))
        os._exit(0 if len(state.audit()) == 2 else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert {entry.id for entry in state.audit()} == {"parent", "child"}


def test_a_store_is_a_value(database: str, state: StateStore) -> None:
    copy = pickle.loads(pickle.dumps(state))  # noqa: S301 - our own bytes
    assert copy == state == SqlState(database)
    assert len({copy, state}) == 1
    state.note(an_entry())
    assert copy.audit() == (an_entry(),)

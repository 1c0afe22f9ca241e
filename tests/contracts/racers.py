"""What the other processes of the state store's tests do."""

import os
import signal
import time
from collections.abc import Iterator, Sequence
from datetime import timedelta
from multiprocessing.synchronize import Barrier

from tests.builders import HOUR, NOON, a_heartbeat, a_rollout, a_settlement, a_verdict, an_answer, an_entry
from watchkeeper.adapters.sql_state import SqlState
from watchkeeper.domain.audit import Entry
from watchkeeper.domain.rollouts import Rollout
from watchkeeper.errors import Conflict
from watchkeeper.ports.state import Settlement

WINDOWS = 10
GATES: list[Barrier] = []


def settle_all(url: str, racer: int) -> list[bool]:
    """Settle the same windows as all others do, each with words of one's own; whether each was ours."""
    store = SqlState(url)
    _start_together()
    return [store.settle(look_at(window, f"said racer {racer}")) for window in range(WINDOWS)]


def look_at(window: int, why: str = "something is wrong") -> Settlement:
    """A model for each window, for a model has at most one open incident."""
    return a_settlement(a_verdict(f"model-{window}", NOON + window * HOUR, why=why))


def move_all(url: str, racer: int) -> list[bool]:
    """Take a rollout through its revisions as all others do; whether each move was ours."""
    store = SqlState(url)
    _start_together()
    return [_moves(store, revision, racer) for revision in range(WINDOWS)]


def _moves(store: SqlState, revision: int, racer: int) -> bool:
    rollout: Rollout = a_rollout(revision=revision, because=f"racer {racer}")
    while revision and store.rollout(rollout.id).revision < revision - 1:
        time.sleep(0.001)
    try:
        store.save_rollout(rollout, an_entry(id=f"move:{revision}:{racer}", at=NOON + timedelta(hours=revision)))
    except Conflict:
        return False
    return True


def begin_all(url: str, racer: int) -> list[bool]:
    """Open a rollout of one's own of each model that all others do, too; whether it was taken."""
    store = SqlState(url)
    _start_together()
    return [_begins(store, number, racer) for number in range(WINDOWS)]


def _begins(store: SqlState, number: int, racer: int) -> bool:
    rollout = a_rollout(f"model-{number}", id=f"rollout of racer {racer} of model {number}")
    try:
        store.save_rollout(rollout, an_entry(id=rollout.id))
    except Conflict:
        return False
    return True


def answer_all(url: str, racer: int) -> list[bool]:
    """Answer the questions that all others answer too; whether each answer was taken."""
    store = SqlState(url)
    _start_together()
    return [_answers(store, number, racer) for number in range(WINDOWS)]


def _answers(store: SqlState, number: int, racer: int) -> bool:
    try:
        store.answer(an_answer(store.question(f"question-{number}"), approver=f"racer {racer}"))
    except Conflict:
        return False
    return True


def open_all(url: str, racer: int) -> list[bool]:
    """Be among the first to use each of many files."""
    stores = [SqlState(f"{url}-{number}") for number in range(5 * WINDOWS)]
    _start_together()
    for store in stores:
        store.beat(a_heartbeat(name=f"racer {racer}"))
    return [True] * len(stores)


def settle_for_ever(url: str) -> None:
    """Settle one window after another until killed."""
    store = SqlState(url)
    for window in range(100_000):
        store.settle(look_at(window))


class LastWords(tuple[Entry, ...]):
    """Entries that kill the process which comes to write them: in the middle of its transaction."""

    __slots__ = ()

    def __iter__(self) -> Iterator[Entry]:
        os.kill(os.getpid(), signal.SIGKILL)
        return super().__iter__()


def die_while_settling(url: str) -> None:
    """Settle a window, and be killed before the last row."""
    SqlState(url).settle(a_settlement(entries=LastWords((an_entry(),))))


def die_while_moving(url: str) -> None:
    """Open a rollout, and be killed before what follows from it is written."""
    deadly: Sequence[object] = LastWords((an_entry(),))
    SqlState(url).save_rollout(a_rollout(), an_entry(), followups=deadly)


def use_gate(gate: Barrier) -> None:
    """Set the barrier at which this process waits for the others."""
    GATES.append(gate)


def _start_together() -> None:
    GATES[-1].wait(timeout=60)

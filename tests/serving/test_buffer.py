"""What a buffer does when something comes between: a signal, a thread that cannot be had, a finalizer that logs."""

import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from types import FrameType

import pytest

from watchkeeper.serving.buffer import Buffer
from watchkeeper.serving.counts import DELIVERED
from watchkeeper.serving.delivery import FIELDS
from watchkeeper.serving.layout import LABELS
from watchkeeper.serving.ledger import Ledger
from watchkeeper.serving.limits import Limits

ROW = (0,) * FIELDS[LABELS]
SMALL = Limits(capacity=100, batch=20)


class Ended(Exception):
    """What a signal's handler raises: as a request's deadline would."""


@pytest.fixture
def deadline() -> Iterator[None]:
    def raises(_: int, __: FrameType | None) -> None:
        raise Ended

    before = signal.signal(signal.SIGALRM, raises)
    yield
    signal.setitimer(signal.ITIMER_REAL, 0)
    signal.signal(signal.SIGALRM, before)


def running(limits: Limits = SMALL) -> Buffer:
    """A buffer whose thread is said to run."""

    def start() -> None:
        buffer.started = True

    buffer = Buffer(limits, start)
    return buffer


def rows_in(buffer: Buffer) -> int:
    return len(buffer.take().get(LABELS, [])) // len(ROW)


@pytest.mark.usefixtures("deadline")
def test_a_signals_exception_while_the_lock_is_waited_for_comes_as_it_is_and_leaves_the_lock_free() -> None:
    buffer, held = running(), threading.Event()

    def slow(_: Ledger) -> None:
        held.set()
        time.sleep(0.4)

    holder = threading.Thread(target=buffer.change, args=(slow,))
    holder.start()
    assert held.wait(10)
    signal.setitimer(signal.ITIMER_REAL, 0.1)
    with pytest.raises(Ended):
        buffer.offer(LABELS, ROW)
    holder.join()
    another = threading.Thread(target=buffer.offer, args=(LABELS, ROW))
    another.start()
    another.join(10)
    assert not another.is_alive()
    assert (buffer.totals().counts.produced, rows_in(buffer)) == (1, 1)


@pytest.mark.usefixtures("deadline")
def test_signals_at_any_moment_cost_no_row_that_was_counted() -> None:
    buffer = running(Limits(capacity=50, batch=20))
    taken = ended = 0
    end = time.monotonic() + 1.0
    while time.monotonic() < end:
        with suppress(Ended):
            signal.setitimer(signal.ITIMER_REAL, 0.0005)
            while True:
                buffer.offer(LABELS, ROW)
        ended += 1
        rows = rows_in(buffer)
        taken += rows
        buffer.settle(DELIVERED, rows)
        assert buffer.pending == 0
    counts = buffer.totals().counts
    assert ended > 20
    assert counts.produced == taken + counts.dropped


@pytest.mark.usefixtures("deadline")
def test_a_row_whose_threads_start_is_ended_by_a_signal_is_kept() -> None:
    def start() -> None:
        raise Ended

    buffer = Buffer(SMALL, start)
    with pytest.raises(Ended):
        buffer.offer(LABELS, ROW)
    assert (buffer.totals().counts.produced, rows_in(buffer)) == (1, 1)


def test_while_no_thread_can_be_had_every_row_tries_again() -> None:
    tried = []

    def start() -> None:
        tried.append(len(tried))
        buffer.started = True
        if len(tried) == 2:
            buffer.offer(LABELS, ROW)  # another thread's, while this one is being started
        if len(tried) < 4:
            buffer.start_failed()

    buffer = Buffer(SMALL, start)
    for _ in range(6):
        buffer.offer(LABELS, ROW)
    assert len(tried) == 4
    assert rows_in(buffer) == 7


@pytest.mark.parametrize(("limits", "wakes"), [(SMALL, [10, 20, 30]), (Limits(capacity=5, batch=1_000), [2, 4])])
def test_the_thread_is_woken_at_every_half_of_a_batch(limits: Limits, wakes: list[int]) -> None:
    assert _wakes(running(limits), 35) == wakes


def _wakes(buffer: Buffer, rows: int) -> list[int]:
    found = []
    for number in range(1, rows + 1):
        buffer.offer(LABELS, ROW)
        if buffer.wake.is_set():
            found.append(number)
            buffer.wake.clear()
    return found


def test_what_is_settled_brings_the_next_wake_up_nearer() -> None:
    buffer = running()
    assert _wakes(buffer, 14) == [10]
    buffer.settle(DELIVERED, 10)
    assert _wakes(buffer, 7) == [6]


def test_a_row_that_is_logged_while_another_one_is_taken_wakes_the_thread_all_the_same() -> None:
    buffer = running()
    _wakes(buffer, 9)
    look: Callable[[], None] = buffer._look_again  # noqa: SLF001 - where a finalizer may come between
    logged = []

    def with_a_finalizer() -> None:
        if not logged:
            logged.append(True)
            buffer.offer(LABELS, ROW)
        look()

    buffer._look_again = with_a_finalizer  # type: ignore[method-assign] # noqa: SLF001 - the same
    buffer.offer(LABELS, ROW)
    assert buffer.wake.is_set()
    assert rows_in(buffer) == 11


def test_a_closed_buffer_takes_nothing_and_says_so() -> None:
    buffer = running()
    _wakes(buffer, 3)
    buffer.close()
    buffer.offer(LABELS, ROW)
    assert buffer.totals().reasons["logger closed"] == 1
    assert rows_in(buffer) == 3
    assert buffer.pending == 3

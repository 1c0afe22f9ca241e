"""The thread that empties the buffer."""

import atexit
import concurrent.futures.thread  # noqa: F401 - Arrow asks for it at its first write; at the end of a process it is too late
import threading
import time
import weakref
from importlib import import_module

from watchkeeper.serving.books import Books
from watchkeeper.serving.buffer import Buffer
from watchkeeper.serving.delivery import Delivery, Encode
from watchkeeper.serving.forks import UNFORKED, begin_in_forks
from watchkeeper.serving.limits import Limits

__all__ = ["Writer"]

TELL_EVERY = 30.0
"""Seconds between two looks at the accounts."""

ALL = 2**63
"""Every question that was asked or ever will be."""


class Writer:
    """Writes from a daemon thread what is offered to its buffer; the thread starts with the first row.

    What the sink refuses is kept and tried again; what cannot be made into a file is dropped. A forked process begins
    with an empty buffer and accounts of its own: what waits is its parent's to write.

    Args:
        encode: makes files of rows of one kind.
        books: where the accounts are written and the files are put.
        limits: of buffer and thread.

    Attributes:
        buffer: takes rows.
        delivery: the way to the sink.
        seconds: of processor that the thread has taken.
    """

    def __init__(self, encode: Encode, books: Books, limits: Limits) -> None:
        self._encode, self._books, self._limits = encode, books, limits
        self.buffer = Buffer(limits, self._run)
        self._start_anew()
        begin_in_forks(self)
        _LIVE.add(self)
        if books.has_dead():
            self._run()

    def begin(self) -> None:
        """Start with nothing in a forked process, where neither locks nor thread are of use."""
        self.buffer.ledger.release()
        self.buffer.begin()
        self._start_anew()

    def _start_anew(self) -> None:
        self.delivery = Delivery(self._encode, self._books.sink, self.buffer.settle)
        self.seconds = 0.0
        self._answers = threading.Condition()
        self._hurry = threading.Event()
        self._asked = self._answered = 0
        self._clear = True
        self._told = 0.0

    def flush(self, timeout: float) -> bool:
        """Write now; whether all that was taken before the call is where it belongs within `timeout` seconds."""
        if not self.buffer.pending:
            return self._clear
        self._run()
        return self._answer(timeout)

    def close(self, timeout: float) -> bool:
        """Take no more and write what waits; the thread tries once, then what is not where it belongs is dropped."""
        if self.buffer.pending and not self.buffer.closed:
            self._run()
        self.buffer.close()
        return self._answer(timeout) if self.buffer.started else self._clear

    def flush_at_exit(self, since: float) -> None:
        """Write what waits within the deadline of the end."""
        self.flush(max(0.0, self._limits.exit_within - (time.monotonic() - since)))

    def close_at_exit(self, since: float) -> None:
        """Close within the deadline of the end, which began at a monotonic time."""
        self.close(max(0.0, self._limits.exit_within - (time.monotonic() - since)))

    def _answer(self, timeout: float) -> bool:
        with self._answers:
            self._asked += 1
            ticket = self._asked
            self._hurry.set()
            self.buffer.wake.set()
            return self._answers.wait_for(lambda: self._answered >= ticket, timeout) and self._clear

    def _run(self) -> None:
        """See that the thread runs; when the system has none to give, the rows wait for the next call."""
        if self.buffer.started:
            return
        self.buffer.started = True
        try:
            threading.Thread(target=self._write_on, name="watchkeeper writer", daemon=True).start()
        except RuntimeError as error:
            self.buffer.start_failed()
            self.delivery.last_error = str(error)
        else:
            self._outlive()

    def _outlive(self) -> None:
        """Count in memory that a kill leaves alone; without such a place, a kill's losses are not told."""
        try:
            self.buffer.change(self._books.open)
        except (OSError, ValueError) as error:
            self.delivery.last_error = f"a kill's losses cannot be counted: {error}"

    def _write_on(self) -> None:
        with UNFORKED:
            import_module("watchkeeper.serving.columns").load()  # now, and not when a batch waits for it
        closing = False
        while not closing:
            self.buffer.wake.wait(self._limits.every)
            self.buffer.wake.clear()
            self._hurry.clear()
            asked, closing = self._asked, self.buffer.closed
            spent, began = time.thread_time(), time.monotonic()
            clear = self._drain(began, closing=closing, at_once=closing or asked > self._answered)
            self._end_turn(ALL if closing else asked, clear=clear)
            self._rest(time.thread_time() - spent, time.monotonic() - began)

    def _drain(self, began: float, *, closing: bool, at_once: bool) -> bool:
        """Write all that waits, the oldest first; whether all of it is where it belongs now."""
        self.buffer.busy_since = began
        for kind, rows in self.buffer.take().items():
            self.delivery.take(kind, rows)
        clear = self.delivery.go(self.buffer.ledger)
        if closing:
            self.delivery.give_up()
        if not self.delivery.waits and (at_once or began - self._told >= TELL_EVERY):
            self._told = began
            self._tell()
        self.buffer.busy_since = 0.0
        return clear

    def _tell(self) -> None:
        """Write the accounts; at the end the ledger has nothing more to tell."""
        try:
            self._books.tell(self.buffer.ledger, self.buffer.totals(), self.delivery.last_error)
        except Exception as error:  # noqa: BLE001 - the thread must live
            self.delivery.note(error)
        else:
            if self.buffer.closed and not self.buffer.pending:
                self.buffer.change(lambda ledger: ledger.forget())
        try:
            self._books.finish_the_dead()
        except Exception as error:  # noqa: BLE001 - other processes' books are no reason to keep none of our own
            self.delivery.note(error)

    def _end_turn(self, asked: int, *, clear: bool) -> None:
        with self._answers:
            self._answered, self._clear = asked, clear
            self._answers.notify_all()

    def _rest(self, spent: float, elapsed: float) -> None:
        """Rest until the thread has kept within its share of a core, or somebody is in a hurry."""
        self.seconds += spent
        pause = spent / self._limits.overhead - elapsed
        self.buffer.resting = pause > 0
        if pause > 0 and not self.buffer.closed:
            self._hurry.wait(pause)


_LIVE: weakref.WeakSet[Writer] = weakref.WeakSet()
_ENDING: list[float] = []
"""When the end of the process began, once it has: the deadlines count from there."""


def _flush_all() -> None:  # pragma: no cover - runs at the end of the processes that tests start
    """Write while there are threads to be had: the clients of object stores need some, and get none a moment later."""
    _ENDING.append(time.monotonic())
    for writer in list(_LIVE):
        writer.flush_at_exit(_ENDING[0])


@atexit.register
def _close_all() -> None:  # pragma: no cover - runs at the end of the processes that tests start
    began, living = (*_ENDING, time.monotonic())[0], list(_LIVE)
    for writer in living:
        writer.close(timeout=0.0)
    for writer in living:
        writer.close_at_exit(began)


# Before the pools of `concurrent.futures` are shut, for they were imported, and so registered, before.
getattr(threading, "_register_atexit", lambda _: None)(_flush_all)

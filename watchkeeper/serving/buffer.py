"""A bounded buffer of rows, and the books of all that was offered to it."""

import threading
import time
from collections import defaultdict
from collections.abc import Callable
from typing import Any

from watchkeeper.serving.counts import DROPPED, PRODUCED, REASONS, SAMPLED_OUT, UNUSABLE, Totals
from watchkeeper.serving.ledger import SEEN, Ledger
from watchkeeper.serving.limits import Limits

__all__ = ["Buffer", "Row"]

Row = tuple[Any, ...]
FULL, OVERLOAD, CLOSED, NO_RECORD = (DROPPED + place for place, _ in enumerate(REASONS[:4]))

STALLED = 1.0
"""Seconds after which a buffer is full because of the sink, and no longer because the thread rests."""


class Buffer:
    """Rows by kind, waiting for the thread that writes them; safe to share between threads.

    Args:
        limits: rows that may wait, and those with which writing begins.
        start: sees that the thread runs.

    Attributes:
        ledger: the counters.
        closed: it takes no more.
        resting: the thread has rested or rests, to keep within its share of a core.
        busy_since: the monotonic time at which the thread began to write; 0 while it does not.
        started: the thread runs.
        wake: is set when there is something to write.
    """

    def __init__(self, limits: Limits, start: Callable[[], None]) -> None:
        self._start, self._limits = start, limits
        self.begin()

    def begin(self) -> None:
        """Start with nothing: at first, and again in a forked process, where the lock is of no use."""
        self._half = max(1, min(self._limits.batch, self._limits.capacity) // 2)
        self._capacity = self._limits.capacity
        self._lock = threading.RLock()
        self._acquire, self._release = self._lock.acquire, self._lock.release
        self._rows: dict[str, list[Any]] = defaultdict(list)  # by kind the values of all rows, one row after the other
        self._produced = self._settled = 0
        self._free = 0  # up to so many waiting rows the next one is only appended
        self.ledger = Ledger()
        self._slots = self.ledger.slots
        self.closed = self.resting = self.started = False
        self.busy_since = 0.0
        self.wake = threading.Event()

    def offer(self, kind: str, row: Row) -> None:
        """Take a row, or count it as dropped."""
        try:  # `with` takes twice as long
            self._acquire()
            if self._produced - self._settled < self._free:
                self._rows[kind] += row
                self._slots[PRODUCED] = self._produced = self._produced + 1
            else:
                self._admit(kind, row)
        except BaseException:  # a signal's, which may have come while the lock was waited for
            if self._lock._is_owned():  # type: ignore[attr-defined] # noqa: SLF001 - as `threading.Condition` asks it
                self._release()
            raise
        else:
            self._release()

    def drop(self) -> None:
        """Count a row that could not be made."""
        self._count(NO_RECORD)

    def leave_out(self) -> None:
        """Count a row that is not kept on purpose."""
        self._count(SAMPLED_OUT)

    def totals(self) -> Totals:
        """All counters at one moment."""
        with self._lock:
            return self.ledger.totals()

    @property
    def pending(self) -> int:
        """Rows that wait, or are on their way."""
        return self.totals().counts.pending

    def settle(self, place: int, rows: int) -> None:
        """Count what became of rows: a place of the ledger."""
        with self._lock:
            self._slots[place] += rows
            if place != UNUSABLE:
                self._settled += rows
                self._look_again()

    def take(self) -> dict[str, list[Any]]:
        """The values of all rows that wait, by kind, one row after the other; they stay pending until settled."""
        with self._lock:
            self._slots[SEEN] = time.time_ns()
            taken, self._rows = self._rows, defaultdict(list)
        return taken

    def close(self) -> None:
        """Take no more."""
        with self._lock:
            self.closed, self._capacity = True, 0
            self._look_again()

    def change(self, ledger: Callable[[Ledger], None]) -> None:
        """Let the ledger count elsewhere, while nobody counts."""
        with self._lock:
            try:
                ledger(self.ledger)
            finally:
                self._slots = self.ledger.slots

    def start_failed(self) -> None:
        """No thread could be had: the next row tries again."""
        with self._lock:
            self.started = False
            self._look_again()

    def _admit(self, kind: str, row: Row) -> None:
        """Take a row that calls for more than appending it, or count it as dropped.

        It is taken and counted in one go, where no signal's exception can come between.
        """
        waiting = self._produced - self._settled + 1
        if waiting > self._capacity:
            reason = self._refused_for()
            self._slots[PRODUCED] = self._produced = self._produced + 1
            self._slots[reason] += 1
            self._settled += 1
            return
        due = self.started and waiting > self._free
        self._rows[kind] += row
        self._slots[PRODUCED] = self._produced = self._produced + 1
        self._look_again()
        if due:
            self.wake.set()
        if not self.started:
            self._start()
            self._look_again()

    def _look_again(self) -> None:
        """Say up to when a row is only appended: the next half of a batch, the capacity; never while no thread runs."""
        waiting = self._produced - self._settled
        half = (waiting // self._half + 1) * self._half
        self._free = min(half - 1, self._capacity) if self.started else 0

    def _refused_for(self) -> int:
        if self.closed:
            return CLOSED
        stalled = self.busy_since and time.monotonic() - self.busy_since > STALLED
        return OVERLOAD if self.resting and not stalled else FULL

    def _count(self, place: int) -> None:
        with self._lock:
            self._slots[PRODUCED] = self._produced = self._produced + 1
            self._slots[place] += 1
            self._settled += 1
            if not (self.started or self.closed):
                self._start()

"""A bounded buffer and the thread that empties it, with exact accounts."""

import atexit
import concurrent.futures.thread  # noqa: F401 - Arrow asks for it at its first write; at the end of a process it is too late
import os
import threading
import weakref
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

__all__ = ["Counts", "Row", "Writer"]

Row = tuple[Any, ...]
Batch = tuple[str, Sequence[Row]]
"""What kind of rows, and the rows."""


@dataclass(frozen=True, slots=True)
class Counts:
    """What became of all that was logged: `produced == delivered + dropped + pending`, at every moment.

    Attributes:
        produced: rows offered.
        delivered: of these, on disk under their final name.
        dropped: lost, because the buffer was full, the logger was closed, or the values could not be kept.
    """

    produced: int = 0
    delivered: int = 0
    dropped: int = 0

    @property
    def pending(self) -> int:
        """In the buffer or being written."""
        return self.produced - self.delivered - self.dropped


class Writer:
    """Takes rows without waiting for the disk, and writes them from a daemon thread that starts with the first row.

    A batch whose writing raises OSError is kept and tried again; one that raises anything else is dropped.
    A forked process begins with an empty buffer and accounts of its own: what waits is its parent's to write.

    Args:
        write: writes rows of one kind; must write the same rows twice as if once.
        capacity: rows that may wait.
        batch: rows that are written without waiting for the end of `every` seconds.
        every: seconds between two writes.

    Attributes:
        failed_writes: writes that did not succeed.
        last_error: what the newest of them said.
    """

    def __init__(self, write: Callable[[str, Sequence[Row]], None], *, capacity: int, batch: int, every: float) -> None:
        self._write, self._capacity, self._batch, self._every = write, capacity, batch, every
        self._closed = False
        self.begin()
        _LIVE.add(self)

    def begin(self) -> None:
        """Start with nothing: at first, and again in a forked process, where neither locks nor thread are of use."""
        self.failed_writes = 0
        self.last_error = ""
        self._lock = threading.RLock()
        self._answers = threading.Condition()
        self._wake = threading.Event()
        self._produced = self._delivered = self._dropped = 0
        self._buffer: list[tuple[str, Row]] = []
        self._stuck: list[Batch] = []
        self._asked = self._answered = 0
        self._clear = True
        self._thread: threading.Thread | None = None

    def counts(self) -> Counts:
        """What became of all rows so far."""
        with self._lock:
            return Counts(self._produced, self._delivered, self._dropped)

    def offer(self, kind: str, row: Row | None) -> None:
        """Take a row, or count it as dropped; None stands for one that could not be made."""
        with self._lock:
            self._produced += 1
            waiting = self._produced - self._delivered - self._dropped
            if row is None or self._closed or waiting > self._capacity:
                self._dropped += 1
                return
            self._buffer.append((kind, row))
            full = len(self._buffer) == self._batch
            self._run()
        if full:
            self._wake.set()

    def flush(self, timeout: float) -> bool:
        """Write now; whether all that was taken before the call is on disk within `timeout` seconds."""
        with self._lock:
            if not self.counts().pending:
                return self._clear
            self._run()
        with self._answers:
            self._asked += 1
            ticket = self._asked
            self._wake.set()
            return self._answers.wait_for(lambda: self._answered >= ticket, timeout) and self._clear

    def close(self, timeout: float) -> bool:
        """Take no more and write what waits; the thread tries once, then what is not on disk is dropped."""
        with self._lock:
            self._closed = True
        written = self.flush(timeout)
        self._wake.set()
        return written

    def _run(self) -> None:
        """See that the thread runs; when the system has none to give, the rows wait for the next call."""
        if self._thread is not None:
            return
        thread = threading.Thread(target=self._write_on, name="watchkeeper writer", daemon=True)
        try:
            thread.start()
        except RuntimeError as error:
            self.last_error = str(error)
        else:
            self._thread = thread

    def _write_on(self) -> None:
        closing = False
        while not closing:
            self._wake.wait(self._every)
            self._wake.clear()
            asked, closing = self._asked, self._closed
            clear = self._drain()
            if closing:
                self._give_up()
            with self._answers:
                self._answered, self._clear = asked, clear
                self._answers.notify_all()

    def _drain(self) -> bool:
        """Write all that waits, the oldest first; whether all of it is on disk now."""
        with self._lock:
            taken, self._buffer = self._buffer, []
        batches, self._stuck = self._stuck + _by_kind(taken), []
        written = [self._deliver(kind, rows) for kind, rows in batches]
        return all(written)

    def _deliver(self, kind: str, rows: Sequence[Row]) -> bool:
        try:
            self._write(kind, rows)
        except Exception as error:  # noqa: BLE001 - the thread must live, and the loss be counted
            self.failed_writes += 1
            self.last_error = f"{type(error).__name__}: {error}"
            if isinstance(error, OSError):
                self._stuck.append((kind, rows))
            else:
                self._count(dropped=len(rows))
            return False
        self._count(delivered=len(rows))
        return True

    def _give_up(self) -> None:
        self._count(dropped=sum(len(rows) for _, rows in self._stuck))
        self._stuck = []

    def _count(self, delivered: int = 0, dropped: int = 0) -> None:
        with self._lock:
            self._delivered += delivered
            self._dropped += dropped


def _by_kind(taken: Sequence[tuple[str, Row]]) -> list[Batch]:
    kinds = dict.fromkeys(kind for kind, _ in taken)
    return [(kind, [row for of, row in taken if of == kind]) for kind in kinds]


_LIVE: weakref.WeakSet[Writer] = weakref.WeakSet()


@atexit.register
def _close_all() -> None:  # pragma: no cover - runs at the end of the processes that tests start
    for writer in list(_LIVE):
        writer.close(timeout=10.0)


def _begin_all() -> None:  # pragma: no cover - runs in the forks of the processes that tests start
    for writer in list(_LIVE):
        writer.begin()


os.register_at_fork(after_in_child=_begin_all)

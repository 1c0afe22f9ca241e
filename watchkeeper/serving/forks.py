"""Forked processes: neither the locks nor the threads of the parent are of use there."""

import os
import threading
import weakref
from typing import Protocol

__all__ = ["UNFORKED", "Forked", "begin_in_forks"]

UNFORKED = threading.Lock()
"""Held while a thread loads or uses what a fork must not find half done, as Arrow's own locks; a fork waits for it, so
that it is held for moments alone, and never while somebody else is waited for."""


class Forked(Protocol):
    """What lives in a serving process."""

    def begin(self) -> None:
        """Start with nothing: new locks, no thread, nothing that waits; that is the parent's to finish."""


def begin_in_forks(living: Forked) -> None:
    """Let something begin anew in every process that is forked while it lives."""
    _LIVE.add(living)


_LIVE: weakref.WeakSet[Forked] = weakref.WeakSet()


def _begin_all() -> None:  # pragma: no cover - runs in the forks of the processes that tests start
    for living in list(_LIVE):
        living.begin()


os.register_at_fork(before=UNFORKED.acquire, after_in_parent=UNFORKED.release, after_in_child=UNFORKED.release)
os.register_at_fork(after_in_child=_begin_all)

"""Forked processes: neither the locks nor the threads of the parent are of use there."""

import os
import weakref
from typing import Protocol

__all__ = ["Forked", "begin_in_forks"]


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


os.register_at_fork(after_in_child=_begin_all)

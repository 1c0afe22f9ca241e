"""One writer at a time, and folders that appear whole or not at all."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import rmtree

__all__ = ["appearing", "locked"]

DRAFT = ".draft"


@contextmanager
def locked(folder: Path, name: str) -> Iterator[None]:
    """The only one, among all threads and processes, that holds this lock of the folder (made if need be)."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / f".{name}.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # let go of when the file is closed, also by a kill
        yield


@contextmanager
def appearing(target: Path) -> Iterator[Path]:
    """A draft folder that becomes `target` when the block ends well; the caller holds the lock.

    What a killed writer left is removed first.
    """
    draft = target.parent / DRAFT
    rmtree(draft, ignore_errors=True)
    draft.mkdir(parents=True)
    try:
        yield draft
        for path in sorted(draft.rglob("*"), reverse=True):
            _sync(path)
        _sync(draft)
        draft.rename(target)
        _sync(target.parent)
    finally:
        rmtree(draft, ignore_errors=True)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)

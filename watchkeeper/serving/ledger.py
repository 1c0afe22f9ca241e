"""The logger's counters, in memory that outlives a killed process.

They stand in a small file of this machine that is mapped into memory: counting is a store into memory, and after a kill
the file says what was in the buffer. Whoever holds the file's lock is alive; the system frees it with the process.
"""

import contextlib
import fcntl
import json
import mmap
import os
import time
import uuid
from collections.abc import Generator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from watchkeeper.serving.counts import DELIVERED, TOTALS, Totals

__all__ = ["SEEN", "Ledger", "Owner", "dead_ledgers", "state_folder"]

SEEN, FLYING, BEFORE, PERIOD = range(TOTALS, TOTALS + 4)
PERIODS = TOTALS + 4
"""After the totals: when the writing thread last looked around; rows of the parcel that is being put, and the rows
delivered before it; which of two stretches of time counts. Then the beginnings of both, each with the totals then."""

SLOTS = PERIODS + 2 * (TOTALS + 1)
FLIGHT = (8 * SLOTS, 8 * SLOTS + 512)
"""The bytes with the path of the parcel that is being put; after them those with the owner."""

SIZE = 4096


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose ledger it is: a process of a host, and the model it logs for, under a root."""

    host: str
    pid: int
    root: str
    model: str


class Ledger:
    """Counters in `slots`, a sequence of whole numbers; see the names above for their places."""

    def __init__(self) -> None:
        self._raw = memoryview(bytearray(SIZE))
        self.slots = self._raw.cast("q")
        self._file: Path | None = None
        self._held = -1
        self.slots[PERIODS] = time.time_ns()

    @property
    def began(self) -> int:
        """When the stretch of time that counts began, nanoseconds since 1970."""
        return self.slots[_place(self.slots[PERIOD])]

    @property
    def seen(self) -> int:
        """When the writing thread last looked around, nanoseconds since 1970; 0 before it did."""
        return self.slots[SEEN]

    def totals(self) -> Totals:
        """All counters; the caller sees to it that nobody counts meanwhile."""
        return Totals(tuple(self.slots[:TOTALS]))

    def period(self) -> Totals:
        """What was counted since `began`."""
        return self.totals().since(self.base)

    @property
    def base(self) -> Totals:
        """The totals at the moment `began`, without what was pending then."""
        first = _place(self.slots[PERIOD]) + 1
        return Totals(tuple(self.slots[first : first + TOTALS]))

    def begin_period(self, now: int, told: Totals) -> None:
        """Count for a new stretch of time from what was told of the one before."""
        other = 1 - self.slots[PERIOD]
        for place, value in enumerate((now, *told.slots), _place(other)):
            self.slots[place] = value
        self.slots[PERIOD] = other

    def depart(self, path: str, rows: int) -> None:
        """A parcel is on its way: should the process be killed now, its being there says that it arrived."""
        self.slots[FLYING] = 0
        self.slots[BEFORE] = self.slots[DELIVERED]
        text = path.encode()[: FLIGHT[1] - FLIGHT[0]]
        self._raw[FLIGHT[0] : FLIGHT[1]] = text.ljust(FLIGHT[1] - FLIGHT[0], b"\0")
        self.slots[FLYING] = rows

    def flight(self) -> tuple[str, int]:
        """Path and rows of a parcel that may have arrived without being counted; no rows where there is none."""
        waiting = self.slots[FLYING] if self.slots[BEFORE] == self.slots[DELIVERED] else 0
        return bytes(self._raw[FLIGHT[0] : FLIGHT[1]]).rstrip(b"\0").decode(), waiting

    def open(self, folder: Path, name: str, owner: Owner) -> None:
        """From here on count in a file; OSError when the disk has no place for it, and the counters stay in memory."""
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if folder.stat().st_uid != os.getuid():
            raise PermissionError(f"{folder} belongs to somebody else")
        draft = folder / f".{uuid.uuid4().hex}.draft"
        held = os.open(draft, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
            self._raw[FLIGHT[1] :] = json.dumps(asdict(owner)).encode().ljust(SIZE - FLIGHT[1], b"\0")
            os.write(held, self._raw)
            mapped = memoryview(mmap.mmap(held, SIZE))
            self._file = draft.rename(folder / f"{name}-{owner.pid}-{uuid.uuid4().hex[:12]}.ledger")
        except BaseException:
            os.close(held)
            draft.unlink(missing_ok=True)
            raise
        self._raw, self.slots, self._held = mapped, mapped.cast("q"), held

    @property
    def owner(self) -> Owner:
        """Whose it is; ValueError when it is nobody's."""
        written: Mapping[str, str | int] = json.loads(bytes(self._raw[FLIGHT[1] :]).rstrip(b"\0"))
        return Owner(str(written["host"]), int(written["pid"]), str(written["root"]), str(written["model"]))

    def forget(self) -> None:
        """All is told: remove the file."""
        if self._file is not None:
            self._file.unlink(missing_ok=True)
        self.release()

    def release(self) -> None:
        """Let go of the file, and count in memory again; whoever holds it beside us goes on holding it."""
        if self._held >= 0:
            os.close(self._held)
        kept = memoryview(bytearray(self._raw))
        self._raw, self.slots, self._held, self._file = kept, kept.cast("q"), -1, None

    @classmethod
    def of(cls, file: Path, held: int) -> "Ledger":
        """The ledger in a file whose lock is held; ValueError when it is none, or is told of."""
        status = os.fstat(held)
        if status.st_size != SIZE or not status.st_nlink:
            raise ValueError(f"{file} is no ledger, or another process has told of it")
        found, mapped = cls(), memoryview(mmap.mmap(held, SIZE))
        found._raw, found.slots, found._file, found._held = mapped, mapped.cast("q"), file, held
        return found


def _place(period: int) -> int:
    return PERIODS + (period & 1) * (TOTALS + 1)


def state_folder() -> Path:
    """Where ledgers are when a logger does not say otherwise: where `WATCHKEEPER_STATE` says, else in shared memory.

    No disk can keep a request waiting there; it forgets when the machine or the container starts anew.
    """
    import tempfile  # noqa: PLC0415 - a start can do without

    if named := os.environ.get("WATCHKEEPER_STATE"):
        return Path(named)
    memory = Path("/dev/shm")  # noqa: S108 - the folder is ours alone, and nobody else's is used
    base = memory if os.access(memory, os.W_OK) else Path(tempfile.gettempdir())
    return base / f"watchkeeper-{os.getuid()}"


def dead_ledgers(folder: Path, name: str) -> Generator[Ledger, None, None]:
    """The ledgers of a name whose processes are no more, each held by nobody else until it is released."""
    for file in sorted(folder.glob(f"{name}-*.ledger")):
        with contextlib.suppress(OSError, ValueError):
            held = os.open(file, os.O_RDWR)
            try:
                fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
                found = Ledger.of(file, held)
            except BaseException:
                os.close(held)
                raise
            yield found

"""The accounts of a process in files, and those of processes that could not finish theirs."""

import hashlib
import json
import os
import re
import time
from collections.abc import Generator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from watchkeeper.serving.counts import DELIVERED, Totals
from watchkeeper.serving.layout import ACCOUNTS, day_folder, day_of
from watchkeeper.serving.ledger import Ledger, Owner, dead_ledgers
from watchkeeper.serving.sinks import Sink

__all__ = ["PERIOD", "Books", "account_of"]

PERIOD = 3_600_000_000_000
"""Nanoseconds that one account tells of at most."""

KILLED = "the process ended before it had written its records"


@dataclass(slots=True)
class Books:
    """Writes the accounts of a model's loggers below a root.

    Attributes:
        sink: of the root.
        folder: the ledgers of this machine.
        period: nanoseconds after which a new account begins.
        lost: rows that processes before this one lost when they were killed.
    """

    sink: Sink
    root: str
    model: str
    folder: Path
    period: int = PERIOD
    lost: int = field(default=0, init=False)
    _said: tuple[Ledger, Totals, str] | None = field(default=None, init=False, repr=False)

    def open(self, ledger: Ledger) -> None:
        """Let a ledger outlive its process; OSError when this machine has no place for it."""
        ledger.open(self.folder, self._name, Owner(_host(), os.getpid(), self.root, self.model))

    def tell(self, ledger: Ledger, now: Totals, last_error: str) -> None:
        """Put the account of the stretch of time that counts if it has changed, and begin a new one when it is over.

        Args:
            ledger: whose account it is.
            now: its totals, taken while nobody counted.
            last_error: what the sink said last.
        """
        moment, began = time.time_ns(), ledger.began
        over = moment - began >= self.period
        told = now.settled() if over else now
        if self._said != (ledger, now, last_error):
            owner = Owner(_host(), os.getpid(), self.root, self.model)
            self.sink.put(*account_of(owner, (began, moment), told.since(ledger.base), last_error=last_error))
            self._said = ledger, now, last_error
        if over:
            ledger.begin_period(moment, told)

    def has_dead(self) -> bool:
        """Whether a process before this one left its accounts unfinished."""
        with closing(self._dead()) as dead:
            for ledger in dead:
                ledger.release()
                return True
        return False

    def finish_the_dead(self) -> None:
        """Put the accounts of processes that are no more: what they had not delivered is lost."""
        with closing(self._dead()) as dead:
            for ledger in dead:
                try:
                    lost = self._finish(ledger)
                except ValueError:  # nobody's: a machine lost power, or another layout; it would stop every other one
                    ledger.forget()
                    continue
                except BaseException:
                    ledger.release()
                    raise
                self.lost += lost
                ledger.forget()

    def _finish(self, ledger: Ledger) -> int:
        path, rows = ledger.flight()
        if 0 < rows <= ledger.totals().counts.pending and self.sink.has(path):
            ledger.slots[DELIVERED] += rows
        found, began = ledger.period(), ledger.began
        lost = found.counts.pending
        until = max(ledger.seen, began + 1)
        self.sink.put(*account_of(ledger.owner, (began, until), found, lost, KILLED if lost else ""))
        return lost

    def _dead(self) -> Generator[Ledger, None, None]:
        return dead_ledgers(self.folder, self._name)

    @property
    def _name(self) -> str:
        return hashlib.blake2b(f"{self.root}\0{self.model}".encode(), digest_size=12).hexdigest()


def account_of(
    owner: Owner, span: tuple[int, int], found: Totals, lost: int = 0, last_error: str = ""
) -> tuple[str, bytes]:
    """The path and the content of an account.

    Args:
        owner: whose it is.
        span: its beginning and its end, nanoseconds since 1970.
        found: what was counted in between.
        lost: rows that were lost when the process was killed; they are pending no more.
        last_error: what went wrong last; empty when nothing did.
    """
    began, until = (datetime.fromtimestamp(moment / 1e9, UTC) for moment in span)
    counts = found.counts
    fields = {
        "host": owner.host,
        "pid": owner.pid,
        "began": began.isoformat(),
        "until": until.isoformat(),
        "produced": counts.produced,
        "delivered": counts.delivered,
        "dropped": counts.dropped,
        "sampled_out": counts.sampled_out,
        "lost_by_kill": lost,
        "pending": counts.pending - lost,
        "unusable": found.unusable,
        "reasons": {reason: rows for reason, rows in found.reasons.items() if rows},
        "last_error": last_error,
    }
    name = f"{owner.host}-{owner.pid}-{began:%Y%m%dT%H%M%S%f}.json"
    path = f"{owner.model}/{ACCOUNTS}/{day_folder(day_of(began))}/{name}"
    return path, (json.dumps(fields, indent=2) + "\n").encode()


def _host() -> str:
    return re.sub(r"[^A-Za-z0-9.]+", "-", os.uname().nodename).strip("-.") or "host"

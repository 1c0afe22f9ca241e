"""What serving hosts wrote about the records they were handed: one small JSON file a process and stretch of time."""

import json
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from watchkeeper.adapters._parquet_files import TICK, entries, reaching
from watchkeeper.domain.accounts import COUNTS, Account, Accounts
from watchkeeper.domain.intervals import Interval
from watchkeeper.serving.layout import day_folder, day_of

__all__ = ["accounts_within"]

LONGEST = timedelta(days=1)
"""A process begins a new account at least so often, so that one file need not tell of weeks."""


def accounts_within(folder: Path, interval: Interval) -> Accounts:
    """The accounts of an interval; what is no account is passed over, and costs no other."""
    return Accounts.within(interval, _read(folder, interval))


def _read(folder: Path, interval: Interval) -> Iterator[Account]:
    first, last = (day_folder(day_of(moment)) for moment in (interval.start - LONGEST, interval.end - TICK))
    with reaching(folder):
        days = [day for day in entries(folder) if first <= day.name <= last]
        files = [file for day in days for file in entries(day) if file.suffix == ".json"]
    for file in files:
        with reaching(file), suppress(ValueError, KeyError, TypeError, FileNotFoundError):
            yield _account(json.loads(file.read_bytes()))


def _account(written: dict[str, Any]) -> Account:
    began, until = (datetime.fromisoformat(written[name]) for name in ("began", "until"))
    counts = {name: float(written.get(name, 0)) for name in COUNTS}
    process = f"{written['host']}/{written['pid']}"
    interval = Interval(began, max(until, began + TICK))
    return Account(process, interval, **counts, last_error=str(written.get("last_error") or ""))

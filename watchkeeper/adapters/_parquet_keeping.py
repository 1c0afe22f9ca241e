"""Putting the files of days in order, and removing those of days that are kept no longer."""

import functools
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from shutil import rmtree
from typing import ParamSpec, TypeVar

from watchkeeper.adapters._folder_locks import locked
from watchkeeper.adapters._parquet_compaction import GRACE, compacted_day
from watchkeeper.adapters._parquet_files import Swept, Trouble, entries, reaching
from watchkeeper.domain.keeping import Compaction
from watchkeeper.serving.layout import (
    ACCOUNTS,
    LABELS,
    LATE,
    PREDICTIONS,
    SHADOWS,
    checked_name,
    day_folder,
    day_of,
)

__all__ = ["DayFiles", "again"]

P = ParamSpec("P")
R = TypeVar("R")

DAY = "day="

GONE = ".gone-"
"""Begins the name of a day's folder that is being removed: no reader takes it for a day."""

TRIES = 5
"""So often is read what goes away while it is read; a day is compacted once."""

ASIDE = timedelta(days=1)
"""Labels, late values, shadow answers and accounts are kept so much longer, for the clocks of two machines."""


def again(read: Callable[P, R]) -> Callable[P, R]:
    """A reading that begins anew when a file went away after it was listed."""

    @functools.wraps(read)
    def reading(*args: P.args, **kwargs: P.kwargs) -> R:
        for _ in range(TRIES - 1):
            with suppress(Swept):
                return read(*args, **kwargs)
        return read(*args, **kwargs)

    return reading


@dataclass(frozen=True, slots=True)
class DayFiles:
    """The files of the days of all models in a folder, as `watchkeeper.serving.layout` says.

    Attributes:
        grace: how long files that were replaced by a compacted one stay for those who are reading them.
    """

    root: Path
    grace: timedelta = GRACE

    def days(self, model: str) -> tuple[date, ...]:
        """The days of which there are records, oldest first."""
        folder = self.folder(model, PREDICTIONS)
        with reaching(folder):
            return tuple(_day(path) for path in _day_folders(folder) if entries(path))

    def compact(self, model: str, before: datetime) -> Compaction:
        """Put the days in order that ended before a moment."""
        trouble, done = Trouble(self.root), Compaction()
        with reaching(self.root / model), locked(self.root / checked_name(model), "keeping"):
            for part in (PREDICTIONS, LABELS, SHADOWS, *self._late(model)):
                for day in _days_before(self.folder(model, part), day_of(before)):
                    done += compacted_day(day, trouble, once=part == PREDICTIONS, grace=self.grace)
        return replace(done, trouble=trouble.sentences)

    def forget(self, model: str, before: date) -> tuple[date, ...]:
        """Remove the records of all days before one, each day in one step, and what belongs to them; profiles stay."""
        aside = before - ASIDE
        removed: list[date] = []
        with reaching(self.root / model), locked(self.root / checked_name(model), "keeping"):
            beside = (SHADOWS, LABELS, ACCOUNTS, *self._late(model))
            for part, until in [(PREDICTIONS, before), *((part, aside) for part in beside)]:
                folder = self.folder(model, part)
                gone = [_gone(day) for day in _days_before(folder, until)]
                removed += gone if part == PREDICTIONS else []
                for left in [path for path in entries(folder) if path.name.startswith(GONE)]:
                    rmtree(left)
        return tuple(removed)

    def _late(self, model: str) -> list[str]:
        """The parts of all columns of which values came later."""
        return [f"{LATE}/{path.name}" for path in entries(self.folder(model, LATE)) if path.is_dir()]

    def folder(self, model: str, part: str) -> Path:
        """Where a part of a model's files lies."""
        return self.root / checked_name(model) / part


def _day_folders(folder: Path) -> Iterator[Path]:
    return (path for path in entries(folder) if path.name.startswith(DAY) and path.is_dir())


def _days_before(folder: Path, day: date) -> list[Path]:
    return [path for path in _day_folders(folder) if path.name < day_folder(day)]


def _day(folder: Path) -> date:
    return date.fromisoformat(folder.name.removeprefix(DAY))


def _gone(folder: Path) -> date:
    """Take a day's folder out of every reader's sight, in one step."""
    aside = folder.with_name(f"{GONE}{folder.name}")
    rmtree(aside, ignore_errors=True)
    folder.rename(aside)
    return _day(folder)

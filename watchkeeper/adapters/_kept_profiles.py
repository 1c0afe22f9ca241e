"""Profiles of windows as files, and their sums by hour and by day.

`{folder}/day=YYYY-MM-DD/{start}_{end}.wkp` are the windows, by the UTC day of their start. Of windows shorter than an
hour or a day, `{folder}/sums/{minutes}m/{start}_{end}.wkp` are sums over all that start in one hour or day, made when
they are first asked for and thrown away when one of their windows is kept anew. So 28 days of one-minute windows are
about a hundred files to read, not forty thousand.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from watchkeeper.adapters._folder_locks import locked
from watchkeeper.adapters._parquet_files import EPOCH, STORE, entries
from watchkeeper.domain.intervals import Interval
from watchkeeper.errors import OutsideError
from watchkeeper.profiles import Profile
from watchkeeper.profiles.storage import from_bytes, to_bytes
from watchkeeper.serving.layout import day_folder, day_of, put_whole

__all__ = ["KeptProfiles"]

MOMENT = "%Y%m%dT%H%M%S.%fZ"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)

Kept = tuple[Interval, Profile]


@dataclass(frozen=True, slots=True)
class KeptProfiles:
    """The profiles of one model's windows."""

    folder: Path

    def keep(self, interval: Interval, profile: Profile) -> None:
        """Keep the profile of a window in place of an older one."""
        target = self.folder / day_folder(day_of(interval.start)) / _name(interval)
        if interval.length >= DAY:
            put_whole(target, to_bytes(profile))
            return
        with locked(self.folder, "sums"):
            put_whole(target, to_bytes(profile))
            for unit in _units(interval.length):
                self._sum_file(_around(interval.start, unit), interval.length).unlink(missing_ok=True)

    def within(self, span: Interval) -> list[Kept]:
        """Every window that lies in a span, oldest first."""
        first, last = (day_folder(day_of(moment)) for moment in (span.start, span.end))
        days = [f for f in entries(self.folder) if f.name.startswith("day=") and first <= f.name <= last]
        found = {interval: file for day in days for interval, file in _windows_in(day).items()}
        wanted = sorted(i for i in found if span.start <= i.start and i.end <= span.end)
        return [(interval, _read(found[interval])) for interval in wanted]

    def sums(self, span: Interval, every: timedelta, without: Sequence[Interval]) -> list[Kept]:
        """Sums over the windows of one length that lie in a span, oldest first, each with the time it covers.

        Args:
            span: where they lie.
            every: their length.
            without: windows that are left out.
        """
        look = _Look(self, every, span.end, _joined(without))
        if every >= DAY:
            return [*look.windows(span)]
        with locked(self.folder, "sums"):
            return [*look.cover(span, _units(every))]

    def _sum_file(self, block: Interval, every: timedelta) -> Path:
        return self.folder / "sums" / f"{every // timedelta(minutes=1)}m" / _name(block)


@dataclass(frozen=True, slots=True)
class _Look:
    """One reading of sums.

    Attributes:
        until: no window that ends later counts.
        broken: times without a sound window, in order, none touching another.
    """

    kept: KeptProfiles
    every: timedelta
    until: datetime
    broken: tuple[Interval, ...]
    _days: dict[Path, dict[Interval, Path]] = field(default_factory=dict)

    def cover(self, span: Interval, units: Sequence[timedelta]) -> Iterator[Kept]:
        """The largest sums that fit, and what remains at the edges by smaller ones."""
        if not units:
            yield from self.windows(span)
            return
        start = span.start
        while start < span.end:
            block = _around(start, units[0])
            part = Interval(start, min(block.end, span.end))
            if part != block or not self._is_whole(block):
                yield from () if self._is_broken(part) else self.cover(part, units[1:])
            elif total := self.total(block, units[1:]):
                yield block, total
            start = block.end

    def windows(self, span: Interval) -> Iterator[Kept]:
        """The windows that start in a span, one by one."""
        for day in _days_of(span):
            for interval, file in sorted(self._listed(self.kept.folder / day).items()):
                lies_within = interval.start in span and interval.end <= self.until
                if lies_within and interval.length == self.every and not self._is_broken(interval):
                    yield interval, _read(file)

    def total(self, block: Interval, units: Sequence[timedelta]) -> Profile | None:
        """The sum over all windows that start in an hour or a day; None when there is none."""
        file = self.kept._sum_file(block, self.every)  # noqa: SLF001 - the other half of one thing
        try:
            return from_bytes(file.read_bytes())
        except (FileNotFoundError, ValueError):  # not made yet, or damaged
            every_one = _Look(self.kept, self.every, block.end + self.every, (), self._days)
            parts = [profile for _, profile in every_one.cover(block, units)]
        if not parts:
            return None
        total = Profile.total(parts)
        put_whole(file, to_bytes(total))
        return total

    def _is_whole(self, block: Interval) -> bool:
        """Whether all windows that start in a block are sound and end in time; one may reach beyond the block."""
        reaches = self.every if block.length % self.every else timedelta(0)
        in_time = block.end + reaches <= self.until
        return in_time and not any(b.start < block.end + reaches and b.end > block.start for b in self.broken)

    def _is_broken(self, part: Interval) -> bool:
        return any(b.start <= part.start and part.end <= b.end for b in self.broken)

    def _listed(self, day: Path) -> dict[Interval, Path]:
        if day not in self._days:
            self._days[day] = _windows_in(day)
        return self._days[day]


def _units(every: timedelta) -> list[timedelta]:
    """Over what windows of this length are summed, the longest first."""
    return [unit for unit in (DAY, HOUR) if unit > every]


def _around(moment: datetime, unit: timedelta) -> Interval:
    start = EPOCH + (moment - EPOCH) // unit * unit
    return Interval(start, start + unit)


def _days_of(span: Interval) -> Iterator[str]:
    day = _around(span.start, DAY)
    while day.start < span.end:
        yield day_folder(day_of(day.start))
        day = day.shifted(DAY)


def _joined(intervals: Sequence[Interval]) -> tuple[Interval, ...]:
    joined: list[Interval] = []
    for interval in sorted(intervals):
        if joined and interval.start <= joined[-1].end:
            joined[-1] = Interval(joined[-1].start, max(joined[-1].end, interval.end))
        else:
            joined.append(interval)
    return tuple(joined)


def _windows_in(day: Path) -> dict[Interval, Path]:
    return {_interval(path): path for path in entries(day) if path.suffix == ".wkp"}


def _name(interval: Interval) -> str:
    start, end = (moment.astimezone(UTC).strftime(MOMENT) for moment in (interval.start, interval.end))
    return f"{start}_{end}.wkp"


def _interval(path: Path) -> Interval:
    try:
        return Interval(*map(datetime.fromisoformat, path.stem.split("_")))
    except ValueError as error:
        raise OutsideError(
            STORE, f"{path} does not name the window of a profile; move it away", permanent=True
        ) from error


def _read(path: Path) -> Profile:
    try:
        return from_bytes(path.read_bytes())
    except ValueError as error:
        raise OutsideError(STORE, f"{path}: {error}", permanent=True) from error

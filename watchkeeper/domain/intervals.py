"""Half-open intervals of time, cut so that replays agree."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

__all__ = ["EPOCH", "Interval", "interval_ending", "spoken", "stamp", "window_id"]

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
UNITS = (("day", timedelta(days=1)), ("hour", timedelta(hours=1)), ("minute", timedelta(minutes=1)))


def stamp(moment: datetime) -> str:
    """A moment as it stands in ids: `2013-07-01T00:00Z`."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%MZ")


def spoken(length: timedelta) -> str:
    """A length of time in its largest whole unit: `1 day`, `36 hours`, `15 minutes`."""
    for name, unit in UNITS:
        if not length % unit:
            count = length // unit
            return f"{count} {name}{'' if count == 1 else 's'}"
    return f"{length.total_seconds():g} seconds"


@dataclass(frozen=True, slots=True, order=True)
class Interval:
    """From `start` (included) to `end` (not included), both with a time zone."""

    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        if self.start.tzinfo is None or self.end.tzinfo is None:
            raise ValueError(f"an interval needs time zones: {self.start} to {self.end}")
        if self.end <= self.start:
            raise ValueError(f"an interval ends after it starts: {self.start} to {self.end}")

    def __contains__(self, moment: datetime) -> bool:
        return self.start <= moment < self.end

    def __str__(self) -> str:
        return f"{stamp(self.start)} to {stamp(self.end)}"

    @property
    def length(self) -> timedelta:
        """How long it lasts."""
        return self.end - self.start

    def shifted(self, by: timedelta) -> "Interval":
        """The same length, moved by `by`."""
        return Interval(self.start + by, self.end + by)


def interval_ending(at: datetime, every: timedelta) -> Interval:
    """The newest whole interval of length `every` that has ended by `at`; ends are multiples of `every` since 1970."""
    whole = (at - EPOCH) // every
    end = EPOCH + whole * every
    return Interval(end - every, end)


def window_id(model: str, end: datetime) -> str:
    """The id of a model's window, for example `flights@2013-07-01T00:00Z`."""
    return f"{model}@{stamp(end)}"

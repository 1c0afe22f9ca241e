"""How long rows are kept, and what became of them when they were put in order."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

__all__ = ["Compaction", "Need", "Retention", "earliest"]


@dataclass(frozen=True, slots=True)
class Need:
    """Rows from a moment on are needed, because of something."""

    since: datetime
    because: str


def earliest(needs: Iterable[Need]) -> Need:
    """The need that reaches back furthest: rows before it are needed by nothing. ValueError where there is none."""
    return min(needs, key=lambda need: need.since)


@dataclass(frozen=True, slots=True)
class Compaction:
    """What became of the files of closed days.

    Attributes:
        made: files that took the place of others.
        joined: files in whose place they are.
        rows: records, labels and shadow answers in them.
        twice: records left out because the same one stood in an earlier file of the day.
        removed: files of an earlier run that were removed, after what took their place was read and found whole.
        bytes_before, bytes_after: of the files that were joined, and of those made of them.
        trouble: what was left as it was, one sentence each.
    """

    made: int = 0
    joined: int = 0
    rows: int = 0
    twice: int = 0
    removed: int = 0
    bytes_before: int = 0
    bytes_after: int = 0
    trouble: tuple[str, ...] = ()

    def __add__(self, other: "Compaction") -> "Compaction":
        return Compaction(
            self.made + other.made,
            self.joined + other.joined,
            self.rows + other.rows,
            self.twice + other.twice,
            self.removed + other.removed,
            self.bytes_before + other.bytes_before,
            self.bytes_after + other.bytes_after,
            self.trouble + other.trouble,
        )

    @property
    def sentence(self) -> str:
        """What was done, for a person."""
        if not self.made and not self.removed:
            return "Nothing to compact."
        size = f"{self.bytes_before / 1e6:,.1f} MB became {self.bytes_after / 1e6:,.1f} MB"
        told = f"{self.joined:,} files became {self.made:,} ({self.rows:,} rows, {size})" if self.made else ""
        gone = f"{self.removed:,} files that were replaced earlier were removed" if self.removed else ""
        return "; ".join(filter(None, (told, gone))) + "."


@dataclass(frozen=True, slots=True)
class Retention:
    """Which rows are kept.

    Attributes:
        since: rows of days from this one on are kept.
        because: what needs them.
        days: the days whose rows were removed now.
    """

    since: date
    because: str
    days: tuple[date, ...] = ()

    @property
    def sentence(self) -> str:
        """What was done, for a person."""
        gone = f"The rows of {len(self.days)} days were removed" if self.days else "No rows were removed"
        return f"{gone}; those from {self.since} on are kept: {self.because}."

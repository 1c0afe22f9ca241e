"""What became of all that was logged, as numbers that always add up."""

from abc import ABC, abstractmethod
from dataclasses import dataclass

__all__ = [
    "DELIVERED",
    "DROPPED",
    "PRODUCED",
    "REASONS",
    "SAMPLED_OUT",
    "TOTALS",
    "UNUSABLE",
    "Counted",
    "Counts",
    "Totals",
]

REASONS = ("buffer full", "overload", "logger closed", "not a record", "cannot be kept", "sink failed")
"""Why a row is dropped; `overload` while the logger takes less than comes, to stay within its share of a core."""

PRODUCED, DELIVERED, SAMPLED_OUT, UNUSABLE, DROPPED = range(5)
TOTALS = DROPPED + len(REASONS)
"""The first slots are the totals; `DROPPED` and after it one a reason."""


@dataclass(frozen=True, slots=True)
class Counts:
    """What became of all that was logged: `produced == delivered + dropped + sampled_out + pending`, at every moment.

    Attributes:
        produced: rows offered.
        delivered: of these, where they belong under their final name.
        dropped: lost, because the buffer was full, the logger was closed, or the values could not be kept.
        sampled_out: not kept on purpose; others stand for them.
    """

    produced: int = 0
    delivered: int = 0
    dropped: int = 0
    sampled_out: int = 0

    @property
    def pending(self) -> int:
        """In the buffer or being written."""
        return self.produced - self.delivered - self.dropped - self.sampled_out


@dataclass(frozen=True, slots=True)
class Totals:
    """All counters at one moment, or what came between two."""

    slots: tuple[int, ...]

    @property
    def counts(self) -> Counts:
        """Without the reasons."""
        produced, delivered, sampled_out = self.slots[:UNUSABLE]
        return Counts(produced, delivered, sum(self.slots[DROPPED:]), sampled_out)

    @property
    def unusable(self) -> int:
        """Delivered rows whose answer or label could not be read."""
        return self.slots[UNUSABLE]

    @property
    def reasons(self) -> dict[str, int]:
        """Dropped rows by reason."""
        return dict(zip(REASONS, self.slots[DROPPED:], strict=True))

    def settled(self) -> "Totals":
        """The same as if nothing were pending: what is belongs to the stretch of time that comes next."""
        return Totals((self.counts.produced - self.counts.pending, *self.slots[1:]))

    def since(self, earlier: "Totals") -> "Totals":
        """What came after an earlier moment."""
        return Totals(tuple(now - then for now, then in zip(self.slots, earlier.slots, strict=True)))


class Counted(ABC):
    """Whatever has totals, by the names of its counters."""

    @abstractmethod
    def totals(self) -> Totals:
        """All counters at one moment, dropped rows by reason among them."""

    def counts(self) -> Counts:
        """What became of all that was logged, at one moment."""
        return self.totals().counts

    @property
    def produced(self) -> int:
        """Rows offered."""
        return self.counts().produced

    @property
    def delivered(self) -> int:
        """Rows where they belong."""
        return self.counts().delivered

    @property
    def dropped(self) -> int:
        """Rows lost."""
        return self.counts().dropped

    @property
    def sampled_out(self) -> int:
        """Rows that were not kept on purpose."""
        return self.counts().sampled_out

    @property
    def pending(self) -> int:
        """Rows in the buffer or being written."""
        return self.counts().pending

    @property
    def unusable(self) -> int:
        """Delivered predictions and labels that were no numbers, or nothing about the model's classes."""
        return self.totals().unusable

"""What became of the records that serving hosts were handed: they were delivered, dropped or sampled out."""

from collections.abc import Iterable
from dataclasses import dataclass, fields

from watchkeeper.domain.intervals import Interval

__all__ = ["Account", "Accounts"]


@dataclass(frozen=True, slots=True)
class Account:
    """What one process of one host says of the records it was handed in an interval; counts, or parts of them.

    Attributes:
        process: the host and the number of its process, as `web-3/4711`.
        produced: handed to the logger.
        delivered: written; what is neither this nor given up nor left out still waits.
        dropped: given up, because the buffer was full or the sink refused them.
        sampled_out: left out on purpose; the weights of the others stand for them.
        lost_by_kill: known to be lost when the process was killed.
        unusable: written, with an answer or a label that could not be read.
        last_error: what the sink said last; empty when it said nothing.
    """

    process: str
    interval: Interval
    produced: float
    delivered: float
    dropped: float = 0.0
    sampled_out: float = 0.0
    lost_by_kill: float = 0.0
    unusable: float = 0.0
    last_error: str = ""

    @property
    def lost(self) -> float:
        """Records that nobody will ever read."""
        return self.dropped + self.lost_by_kill

    def within(self, interval: Interval) -> "Account | None":
        """The part that falls into an interval; None where none does.

        Records are taken to have come evenly over the account's own interval: no account says when within it.
        """
        start, end = max(self.interval.start, interval.start), min(self.interval.end, interval.end)
        if start >= end:
            return None
        part = (end - start) / self.interval.length
        counts = {name: getattr(self, name) * part for name in COUNTS}
        return Account(self.process, Interval(start, end), **counts, last_error=self.last_error)


COUNTS = tuple(field.name for field in fields(Account) if field.type in (float, "float"))
"""The names of an account's counts."""


@dataclass(frozen=True, slots=True)
class Accounts:
    """The accounts of an interval, of as many processes as keep one."""

    parts: tuple[Account, ...] = ()

    @classmethod
    def within(cls, interval: Interval, accounts: Iterable[Account]) -> "Accounts":
        """What of these accounts falls into an interval, the largest losses first."""
        parts = [part for account in accounts if (part := account.within(interval))]
        return cls(tuple(sorted(parts, key=lambda part: (-part.lost, part.process, part.interval))))

    @property
    def produced(self) -> float:
        """Records that the processes were handed."""
        return sum(part.produced for part in self.parts)

    @property
    def lost(self) -> float:
        """Records that nobody will ever read."""
        return sum(part.lost for part in self.parts)

    @property
    def lost_share(self) -> float:
        """The share of the produced records that is lost; 0 where none was produced."""
        return self.lost / self.produced if self.produced else float(self.lost > 0)

"""How much the logger takes, and when it writes."""

from dataclasses import dataclass

__all__ = ["Limits"]


@dataclass(frozen=True, slots=True)
class Limits:
    """How much the logger takes, and when it writes.

    Attributes:
        capacity: rows that may wait.
        batch: rows that a kill may cost while the sink keeps up; a write begins at every half of them.
        every: seconds between two writes when fewer come.
        overhead: the largest share of a core that the writing thread takes; it rests for the remainder, and what finds
            the buffer full meanwhile is dropped.
        exit_within: seconds that the end of the process waits for it.

    Raises:
        ValueError: one of them is out of its range.
    """

    capacity: int = 50_000
    batch: int = 10_000
    every: float = 10.0
    overhead: float = 0.25
    exit_within: float = 10.0

    def __post_init__(self) -> None:
        if not 0.0 < self.overhead <= 1.0:
            raise ValueError(f"`overhead` is a share of a core above 0 and up to 1, not {self.overhead}")
        for name in ("capacity", "batch", "every"):
            if not getattr(self, name) > 0:
                raise ValueError(f"`{name}` is a number above 0, not {getattr(self, name)}")

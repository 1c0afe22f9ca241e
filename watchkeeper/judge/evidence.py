"""What a judgement rests on: blocks of both versions' values, and pairs from a shadow."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from watchkeeper.domain.judgements import Criterion
from watchkeeper.window import Floats

__all__ = ["Block", "Evidence", "Pairs"]


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """Values of one block of time (a window), per version, shapes (n,) and (m,).

    A value is the loss of a labelled record; for `errors` 1 where the version failed and 0 where it answered, one a
    request that it was asked; for `latency` milliseconds; else what stands in the business column.

    Attributes:
        at: the end of the block.
        unlabelled: records of the canary and of the champion whose label is due and has not come. They are never taken
            for good: too many of them and the block tells nothing, more of the canary's and nothing is shown no worse.
    """

    canary: Floats
    champion: Floats
    at: datetime | None = None
    unlabelled: tuple[int, int] = (0, 0)


@dataclass(frozen=True, slots=True, eq=False)
class Pairs:
    """Values of the same records of one block of time, by the shadow and by the champion, shapes (n,) and (n,).

    Attributes:
        at, unlabelled: as of a `Block`; the first number is that of the shadow's records, the second the champion's.
    """

    canary: Floats
    champion: Floats
    at: datetime | None = None
    unlabelled: tuple[int, int] = (0, 0)

    def __post_init__(self) -> None:
        if self.canary.shape != self.champion.shape:
            raise ValueError(f"pairs are answers to the same records: {self.canary.size} and {self.champion.size}")


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """What is known by one criterion, oldest first.

    Attributes:
        blocks: of the split traffic. Give complete blocks, and of a criterion with labels only those old enough for
            their labels to be there; of errors and latency the last one may be incomplete, so that nobody waits for its
            end with an outage.
        pairs: of the shadow; blocks of time as well. Where `blocks` and `pairs` tell of the same time (same `at`), one
            counts: of losses the pairs, which are far less noisy; of errors and latency what was really answered.
    """

    criterion: Criterion
    blocks: Sequence[Block] = ()
    pairs: Sequence[Pairs] = ()

"""What the evidence says of a canary."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from watchkeeper.domain.business import Direction

__all__ = ["ERRORS", "LATENCY", "LOSS", "Criterion", "Judgement", "Outcome", "Reading", "Role", "Seen"]

LOSS, ERRORS, LATENCY = "loss", "errors", "latency"
"""The criteria that every model has; any other name is that of a business column."""

USUAL_HARD = 0.25
"""Records that are a quarter worse than the champion's end a rollout before five blocks are there."""


class Outcome(StrEnum):
    """Canary against champion."""

    NO_WORSE = "no worse"
    WORSE = "worse"
    UNDECIDED = "undecided"
    UNKNOWN = "unknown"


class Role(StrEnum):
    """What a criterion asks of a canary; either way a canary that is shown worse by it is rolled back."""

    GATE = "must be shown no worse"
    GUARD = "must not be shown worse"


@dataclass(frozen=True, slots=True)
class Criterion:
    """One thing that a canary is judged by.

    Attributes:
        name: `loss`, `errors`, `latency`, or a business column.
        margin: the harm that is still "no worse": in units of the loss or of the column; of `errors` a share of the
            requests (0.001 is one request in a thousand); of `latency` a share of the champion's (0.25 is a quarter
            slower).
        worse: which way is bad; one of the two ways, not both.
        bounds: the least and the largest value of a record; None where nobody knows. Values beyond are cut.
        labelled: whether it needs labels, so that a block tells nothing before they have matured.
        hard: a canary whose records are shown worse by this share of what the champion's are on the mean, and by more
            than the margin, is rolled back before there are five blocks; of `loss` and of business columns.
        matured: the share of a block's due labels that must have come before the block counts; of what needs labels.
        otherwise: of a late column, what a record counts as of which no value has come, in blocks in which some have.
    """

    name: str
    margin: float
    role: Role = Role.GATE
    worse: Direction = Direction.HIGHER
    bounds: tuple[float, float] | None = None
    labelled: bool = False
    hard: float = USUAL_HARD
    matured: float = 0.5
    otherwise: float | None = None

    def __post_init__(self) -> None:
        if not self.margin > 0:
            raise ValueError(f"the margin of {self.name} must be above 0, not {self.margin}")
        if self.worse is Direction.BOTH:
            raise ValueError(f"{self.name}: say whether a higher or a lower value is worse")


@dataclass(frozen=True, slots=True)
class Seen:
    """The confidence sequence as it stood after a block: what the picture of a rollout is drawn from.

    Attributes:
        at: the end of the block, None where it is not known.
        harm: mean difference of the blocks so far, the bad way.
        lower, upper: the harms that were not ruled out then.
        outcome: what was to be said then.
    """

    at: datetime | None
    harm: float
    lower: float
    upper: float
    outcome: Outcome = Outcome.UNDECIDED


@dataclass(frozen=True, slots=True)
class Reading:
    """What one criterion says; valid however often one looks.

    Attributes:
        records: of the canary in split traffic, also where pairs of the same time tell more.
        harm: estimated harm, the bad way; NaN when unknown.
        lower, upper: confidence sequence of the harm.
        e_worse, e_no_worse: evidence for "worse" and for "no worse by more than the margin"; 1 is none.
        needed_worse, needed_no_worse: where evidence is enough.
        final: False for a criterion that waits for labels that have not matured yet.
        pairs: records that both versions answered.
        path: the confidence sequence after each block.
    """

    criterion: Criterion
    outcome: Outcome
    sentence: str
    records: int = 0
    blocks: int = 0
    harm: float = float("nan")
    lower: float = float("-inf")
    upper: float = float("inf")
    e_worse: float = 1.0
    e_no_worse: float = 1.0
    needed_worse: float = float("inf")
    needed_no_worse: float = float("inf")
    pairs: int = 0
    final: bool = True
    path: tuple[Seen, ...] = ()


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the evidence so far says; valid however often one looks.

    Numbers are those of the first gate, the loss as a rule; each criterion's stand in its reading.

    Attributes:
        records: labelled records of the canary in split traffic.
        harm: estimated loss of the canary above the champion's; NaN when unknown.
        lower, upper: confidence sequence of the harm.
        e_worse, e_no_worse: evidence against "no worse than the champion" and against "worse by the margin".
        readings: one a criterion, in the order in which they were asked.
        final: False for a provisional judgement: some gate has no matured labels yet. It may roll back, never promote.
        pairs: labelled records behind it that both versions answered.
    """

    outcome: Outcome
    sentence: str
    records: int = 0
    blocks: int = 0
    harm: float = float("nan")
    lower: float = float("-inf")
    upper: float = float("inf")
    e_worse: float = 1.0
    e_no_worse: float = 1.0
    pairs: int = 0
    final: bool = True
    readings: tuple[Reading, ...] = ()

    @property
    def by_name(self) -> Mapping[str, Reading]:
        """The readings by the names of their criteria."""
        return {reading.criterion.name: reading for reading in self.readings}

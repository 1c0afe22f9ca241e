"""What the evidence says of a canary."""

from dataclasses import dataclass
from enum import StrEnum

__all__ = ["Judgement", "Outcome"]


class Outcome(StrEnum):
    """Canary against champion."""

    NO_WORSE = "no worse"
    WORSE = "worse"
    UNDECIDED = "undecided"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the evidence so far says; valid however often one looks.

    Attributes:
        records: labelled records of the canary behind it.
        harm: estimated loss of the canary above the champion's; NaN when unknown.
        lower, upper: confidence sequence of the harm.
        e_worse, e_no_worse: evidence against "no worse than the champion" and against "worse by the margin".
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

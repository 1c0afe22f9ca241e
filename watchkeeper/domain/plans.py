"""How a candidate is to earn traffic: what a rollout is held to from its first look to its last."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from watchkeeper.domain.judgements import LOSS, Criterion

__all__ = ["Gate", "Newer", "Plan", "Shadow", "Soak", "Step"]


class Gate(StrEnum):
    """Where a person is asked."""

    CANARY = "canary"
    STEP = "step"
    PROMOTION = "promotion"


class Newer(StrEnum):
    """What becomes of a newer candidate while a rollout is under way."""

    WAITS = "waits"
    SUPERSEDES = "supersedes"


@dataclass(frozen=True, slots=True)
class Step:
    """A share of traffic with its least time and least labelled canary records.

    Attributes:
        asks: whether a person is asked before it begins.
    """

    share: float
    lasts: timedelta
    records: int
    asks: bool = False


@dataclass(frozen=True, slots=True)
class Shadow:
    """The time before a canary in which the candidate answers a sample of requests that nobody sees the answers of.

    Attributes:
        share: of requests.
        lasts, records: its least time and least labelled records with an answer of both.
    """

    share: float
    lasts: timedelta
    records: int


@dataclass(frozen=True, slots=True)
class Soak:
    """The time after a promotion in which the promoted version is held against the old champion.

    Attributes:
        lasts: at least; the delay of the labels is part of it.
        holdout: the share of traffic that the old champion keeps answering.
        shadow: the share of requests that the old champion answers in the shadow.
    """

    lasts: timedelta
    holdout: float = 0.05
    shadow: float = 0.0


@dataclass(frozen=True, slots=True)
class Plan:
    """How a candidate earns traffic.

    Attributes:
        steps: growing shares below 1; promotion follows the last.
        margin: the loss above the champion's that is still "no worse".
        alpha: the chance of a wrong judgement over the whole rollout.
        gates: where a person is asked.
        deadline: a rollout that has not ended by then ends in the champion.
        shadow: what comes before the first step; None for nothing.
        soak: what comes after the promotion; None for nothing.
        newer: what becomes of a newer candidate meanwhile.
        criteria: what the canary is judged by; the loss alone, with the plan's margin, where nothing is said.
    """

    steps: tuple[Step, ...]
    margin: float = 0.01
    alpha: float = 0.05
    gates: tuple[Gate, ...] = (Gate.CANARY,)
    deadline: timedelta = timedelta(days=30)
    shadow: Shadow | None = None
    soak: Soak | None = None
    newer: Newer = Newer.WAITS
    criteria: tuple[Criterion, ...] = ()

    @property
    def asked(self) -> tuple[Criterion, ...]:
        """The criteria that are asked about."""
        return self.criteria or (Criterion(LOSS, self.margin, labelled=True),)

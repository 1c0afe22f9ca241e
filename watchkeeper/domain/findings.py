"""Measured answers."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from watchkeeper.domain.levels import Level

__all__ = ["Family", "Finding", "Measure"]


class Family(StrEnum):
    """What kind of question a check asks; the cause is read from it. What is only expected never leads to one."""

    INTEGRITY = "integrity"
    SERVING = "serving"
    LABELS = "labels"
    DRIFT = "drift"
    PERFORMANCE = "performance"
    CALIBRATION = "calibration"
    BUSINESS = "business"
    ESTIMATE = "estimate"


@dataclass(frozen=True, slots=True)
class Measure:
    """One raw number of one window, kept so that later windows can be compared with it."""

    check: str
    subject: str
    name: str
    value: float
    at: datetime


@dataclass(frozen=True, slots=True)
class Finding:
    """One measured answer about one subject.

    Attributes:
        check: the kind of the check that asked (`missing`, `drift`, ...).
        subject: the column or metric asked about; `*` is the window as a whole.
        value: what was measured; NaN when it could not be.
        limit: the critical limit the value was held against; NaN when there is none.
        sentence: why, for a tired person.
        runbook: the page that says what to do.
        measures: raw numbers to remember for later windows.
        segment: the part of the records it is about, which the subject names too (`temp [origin=JFK]`); empty for all.
    """

    check: str
    subject: str
    family: Family
    level: Level
    value: float
    limit: float
    sentence: str
    runbook: str
    measures: tuple[Measure, ...] = field(default=())
    segment: str = ""

    @property
    def mark(self) -> str:
        """What this finding is about, the same in every window: `missing:temp`."""
        return f"{self.check}:{self.subject}"

    @property
    def topic(self) -> str:
        """The subject without the segment: `temp`."""
        return self.subject.removesuffix(f" [{self.segment}]") if self.segment else self.subject

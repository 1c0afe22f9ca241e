"""What must run next, written down with the decision that asked for it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

__all__ = ["FollowUp", "Story"]


class Story(StrEnum):
    """The flows that can be asked for."""

    REPORT = "report_drift"
    RETRAIN = "retrain"
    RECALIBRATE = "recalibrate"
    APPROVE = "approve"
    PROMOTE = "promote"


@dataclass(frozen=True, slots=True)
class FollowUp:
    """A flow run that a decision asked for; its id is the idempotency key of the run.

    Attributes:
        subject: what it is about: an incident's key, a window's id, a question's id.
        at: the moment the asking decision was made for, which replays keep.
    """

    id: str
    story: Story
    model: str
    subject: str
    at: datetime
    because: str

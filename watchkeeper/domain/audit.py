"""What was done, when, by whom, and because of what."""

from dataclasses import dataclass
from datetime import datetime

__all__ = ["Entry", "Heartbeat"]


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the audit trail.

    Attributes:
        id: derived from what was done, so that doing it again writes nothing new.
        who: a person's name, or the flow's.
        what: the act, one word or two (`advance`, `roll back`, `approve`).
        about: the id of what it was done to.
    """

    id: str
    at: datetime
    who: str
    what: str
    model: str
    about: str
    because: str


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """Proof that a cycle came to its end."""

    name: str
    at: datetime
    detail: str

"""Questions to a person, and their recorded, expiring, single-use answers."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

__all__ = ["EXPIRED_BY", "Answer", "Decision", "Question", "answer_of_silence"]

EXPIRED_BY = "system:expired"
"""The name that answers for a person who did not."""


class Decision(StrEnum):
    """What a person can say."""

    APPROVE = "approve"
    REJECT = "reject"


@dataclass(frozen=True, slots=True)
class Question:
    """One question, bound to the candidate's digest.

    Attributes:
        gate: where the rollout waits (`canary` or `promotion`).
        evidence: Markdown: the trial, the judgement, links.
        expires: after this moment silence is the answer, and silence rejects.
    """

    id: str
    model: str
    rollout: str
    gate: str
    candidate: int
    digest: str
    asked: datetime
    expires: datetime
    evidence: str


@dataclass(frozen=True, slots=True)
class Answer:
    """One person's decision about one question."""

    question: str
    digest: str
    decision: Decision
    approver: str
    comment: str
    at: datetime


def answer_of_silence(question: Question, now: datetime) -> Answer | None:
    """The rejection that an expired question has earned, None while there is still time."""
    if now < question.expires:
        return None
    comment = f"no answer by {question.expires:%Y-%m-%d %H:%M}; silence ends in the champion"
    return Answer(question.id, question.digest, Decision.REJECT, EXPIRED_BY, comment, now)

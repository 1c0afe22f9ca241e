"""Questions to a person, and their recorded, expiring, single-use answers."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

__all__ = ["EXPIRED_BY", "Answer", "Decision", "Question", "Silence", "answer_of_silence"]

EXPIRED_BY = "system:expired"
"""The name that answers for a person who did not."""


class Decision(StrEnum):
    """What a person can say."""

    APPROVE = "approve"
    REJECT = "reject"


class Silence(StrEnum):
    """What it means when nobody answers a question in time; one that waits does so until its rollout's deadline."""

    REJECTS = "rejects"
    WAITS = "waits"
    APPROVES = "approves"


@dataclass(frozen=True, slots=True)
class Question:
    """One question, bound to the candidate's digest.

    Attributes:
        gate: where the rollout waits (`canary`, `step` or `promotion`).
        evidence: Markdown: the trial, the judgement, links.
        expires: after this moment silence is the answer.
        silence: what it says then.
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
    silence: Silence = Silence.REJECTS


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
    """The answer that an expired question has earned, None while there is still time, or where silence says nothing."""
    if now < question.expires or question.silence is Silence.WAITS:
        return None
    approves = question.silence is Silence.APPROVES
    meaning = "silence approves, as the spec says" if approves else "silence ends in the champion"
    comment = f"no answer by {question.expires:%Y-%m-%d %H:%M}; {meaning}"
    decision = Decision.APPROVE if approves else Decision.REJECT
    return Answer(question.id, question.digest, decision, EXPIRED_BY, comment, now)

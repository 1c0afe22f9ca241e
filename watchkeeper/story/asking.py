"""Questions to people: their answers, and what silence means."""

from datetime import datetime

from watchkeeper.domain.approvals import Answer, Decision, Question, answer_of_silence
from watchkeeper.domain.followups import FollowUp, Story
from watchkeeper.story.house import House

__all__ = ["answer_question", "expire_questions"]


def answer_question(
    house: House, question: Question, decision: Decision, approver: str, comment: str, at: datetime
) -> Answer:
    """Record a person's answer, once, and ask for the rollout's next step. Raises Conflict on a second opinion.

    An answer that comes after the question's time is not heard: silence has answered by then.
    """
    given = Answer(question.id, question.digest, decision, approver, comment, at)
    answer = answer_of_silence(question, at) or given
    house.state.answer(answer, _next_step(question, at, f"{answer.approver}: {answer.decision}"))
    return answer


def expire_questions(house: House, at: datetime) -> tuple[Answer, ...]:
    """Answer every question that has waited too long with the rejection that silence means."""
    expired = [(q, a) for q in house.state.questions(unanswered=True) if (a := answer_of_silence(q, at))]
    for question, answer in expired:
        house.state.answer(answer, _next_step(question, at, answer.comment))
    return tuple(answer for _, answer in expired)


def _next_step(question: Question, at: datetime, because: str) -> list[FollowUp]:
    identity = f"{Story.PROMOTE}:{question.id}"
    return [FollowUp(identity, Story.PROMOTE, question.model, question.rollout, at, because)]

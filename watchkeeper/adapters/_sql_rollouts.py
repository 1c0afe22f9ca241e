"""Rollouts, questions and answers in SQL."""

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import Connection, select, update
from sqlalchemy.exc import IntegrityError

from watchkeeper.adapters._sql_codec import encode, micros
from watchkeeper.adapters._sql_door import SqlDoor
from watchkeeper.adapters._sql_rows import every, one, put, put_entry, put_followup, put_question
from watchkeeper.adapters._sql_tables import ANSWERS, QUESTIONS, ROLLOUTS
from watchkeeper.domain.approvals import Answer, Question
from watchkeeper.domain.audit import Entry
from watchkeeper.domain.followups import FollowUp
from watchkeeper.domain.rollouts import Rollout
from watchkeeper.errors import Conflict, NotThere

__all__ = ["SqlRollouts"]


class SqlRollouts(SqlDoor):
    """How candidates earn traffic, and what people said to it."""

    __slots__ = ()

    def open_rollout(self, model: str) -> Rollout | None:
        query = select(ROLLOUTS.c.body).where(ROLLOUTS.c.model == model, ROLLOUTS.c.is_open)
        with self._reading() as connection:
            return next(iter(every(connection, Rollout, query)), None)

    def rollout(self, identity: str) -> Rollout:
        with self._reading() as connection:
            found = one(connection, Rollout, ROLLOUTS, identity)
        if found is None:
            raise NotThere(f"there is no rollout {identity}")
        return found

    def rollouts(self, model: str | None = None) -> tuple[Rollout, ...]:
        query = select(ROLLOUTS.c.body).order_by(ROLLOUTS.c.opened, ROLLOUTS.c.seq)
        with self._reading() as connection:
            return every(connection, Rollout, query if model is None else query.where(ROLLOUTS.c.model == model))

    def save_rollout(
        self,
        rollout: Rollout,
        entry: Entry,
        *,
        followups: Sequence[FollowUp] = (),
        question: Question | None = None,
    ) -> None:
        with self._writing() as connection:
            if not _moved(connection, rollout):
                _refuse_unless_same(connection, rollout)
                return
            put_entry(connection, entry)
            if question:
                put_question(connection, question)
            for followup in followups:
                put_followup(connection, followup)

    def question(self, identity: str) -> Question:
        with self._reading() as connection:
            return _question(connection, identity)

    def questions(self, *, unanswered: bool = False) -> tuple[Question, ...]:
        query = select(QUESTIONS.c.body).order_by(QUESTIONS.c.asked, QUESTIONS.c.seq)
        open_ones = query.where(QUESTIONS.c.id.not_in(select(ANSWERS.c.id)))
        with self._reading() as connection:
            return every(connection, Question, open_ones if unanswered else query)

    def answer(self, answer: Answer, followups: Sequence[FollowUp] = ()) -> None:
        with self._writing() as connection:
            question = _question(connection, answer.question)
            if answer.digest != question.digest:
                raise Conflict(f"{question.id} asks about {question.digest}, the answer is about {answer.digest}")
            if not put(connection, ANSWERS, id=answer.question, body=encode(answer)):
                _refuse_another(one(connection, Answer, ANSWERS, answer.question), answer)
                return
            put_entry(connection, _entry(question, answer))
            for followup in followups:
                put_followup(connection, followup)

    def answer_to(self, question: str) -> Answer | None:
        with self._reading() as connection:
            return one(connection, Answer, ANSWERS, question)


def _moved(connection: Connection, rollout: Rollout) -> bool:
    """Write the rollout where the stored revision is one less, or where there is none and it is new."""
    now = {"revision": rollout.revision, "is_open": rollout.is_open, "body": encode(rollout)}
    if rollout.revision:
        mine = ROLLOUTS.c.id == rollout.id, ROLLOUTS.c.revision == rollout.revision - 1
        return connection.execute(update(ROLLOUTS).where(*mine).values(**now)).rowcount == 1
    keys = {"id": rollout.id, "model": rollout.model, "opened": micros(rollout.opened)}
    try:
        with connection.begin_nested():
            return put(connection, ROLLOUTS, **keys, **now)
    except IntegrityError:
        return False


def _refuse_unless_same(connection: Connection, rollout: Rollout) -> None:
    stored = one(connection, Rollout, ROLLOUTS, rollout.id)
    if stored == rollout:
        return
    if stored is None and rollout.revision == 0:
        raise Conflict(f"{rollout.model} has another rollout that is still open; end that one first")
    found = f"revision {stored.revision}" if stored else "none at all"
    raise Conflict(f"rollout {rollout.id}: revision {rollout.revision} finds {found} stored; read it again")


def _question(connection: Connection, identity: str) -> Question:
    found = one(connection, Question, QUESTIONS, identity)
    if found is None:
        raise NotThere(f"there is no question {identity}")
    return found


def _refuse_another(given: Answer | None, answer: Answer) -> None:
    """Saying the same once more, later, is no second answer."""
    if given and given != replace(answer, at=given.at):
        raise Conflict(f"{given.question} was answered already: {given.decision} by {given.approver}")


def _entry(question: Question, answer: Answer) -> Entry:
    because = answer.comment or "no comment"
    about = question.id
    return Entry(f"answer:{about}", answer.at, answer.approver, answer.decision, question.model, about, because)

"""Asking a person: a flow run that suspends with a typed form."""

import hashlib
from typing import Literal

from prefect import runtime, suspend_flow_run
from prefect.input import RunInput
from prefect.input.actions import read_flow_run_input
from prefect.input.run_input import keyset_from_base_key
from pydantic import Field

from tasks.house import moment, the_house
from tasks.kind import outside
from tasks.resuming import resume
from watchkeeper.domain.approvals import Answer, Decision, Question
from watchkeeper.domain.followups import Story
from watchkeeper.story.asking import answer_question

__all__ = ["Permission", "ask_person", "recall_answer", "recall_question", "record_answer", "wake_answered"]


class Permission(RunInput):
    """The form that a person fills in."""

    decision: Literal["approve", "reject"] = Field(description="May it go on?")
    approver: str = Field(min_length=2, max_length=100, description="Your name or e-mail, for the audit trail")
    comment: str = Field(default="", max_length=2000, description="Why, for whoever reads this later")


@outside()
def recall_question(question: str) -> Question:
    """The question with this id."""
    return the_house().state.question(question)


@outside()
def recall_answer(question: str) -> Answer | None:
    """The answer, when it has been given already by another door."""
    return the_house().state.answer_to(question)


def ask_person(question: Question) -> Permission:
    """Suspend this flow run until a person has answered; on a second run the stored answer is taken.

    Prefect forgets a fired pause when a run is retried and would ask again; its stored input is the answer already.
    """
    key = f"permission-{hashlib.sha256(question.id.encode()).hexdigest()[:12]}"
    keyset = keyset_from_base_key(f"suspended-{key}")
    given = read_flow_run_input(keyset["response"], flow_run_id=runtime.flow_run.id)
    if given is not None:
        return Permission.model_validate(given)
    form = Permission.with_initial_data(description=question.evidence)
    return suspend_flow_run(wait_for_input=form, timeout=None, key=key)


@outside()
def record_answer(question: Question, given: Permission) -> Answer:
    """Write the answer down, once, bound to the candidate's digest."""
    decision = Decision(given.decision)
    return answer_question(the_house(), question, decision, given.approver, given.comment, moment())


@outside()
def wake_answered() -> list[str]:
    """Resume every paused run whose question was answered by another door, or by silence; it ends by itself."""
    state = the_house().state
    waiting = [(f.subject, w.run) for f, w in state.unacknowledged() if f.story is Story.APPROVE and w.run]
    answered = [(run, a) for question, run in waiting if (a := state.answer_to(question))]
    return [run for run, a in answered if resume(run, a.decision, a.approver, a.comment)]

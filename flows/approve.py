"""Ask a person: suspends, and records the answer."""

from prefect import flow
from prefect.client.schemas.objects import State
from prefect.states import Completed

from tasks.asking import ask_person, recall_answer, recall_question, record_answer
from tasks.followups import acknowledge, start_followups
from tasks.showing import show_question


@flow(name="approve", flow_run_name="approve {question}")
def approve(question: str, followup: str | None = None) -> State[str]:
    """Wait for a person's answer to one question, without a process that waits; resumed, it starts from the top.

    Args:
        question: its id; `watchkeeper status` lists those that wait.
        followup: the row that asked for this run; leave it out by hand.
    """
    asked = recall_question(question)
    answer = recall_answer(question)
    if answer is None:
        show_question(asked)
        answer = record_answer(asked, ask_person(asked))
    said = f"{answer.approver}: {answer.decision}. {answer.comment}"
    acknowledge(followup, said)
    start_followups()
    return Completed(name="Approved" if answer.decision == "approve" else "Rejected", message=said)

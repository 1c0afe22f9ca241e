"""Asking a person: the paused run, its doors, and what silence means."""

import os
from collections.abc import Callable, Iterator

import pytest
from prefect.client.orchestration import get_client
from prefect.states import AwaitingRetry
from typer.testing import CliRunner

from deployments.worker import Worker
from tasks.house import NOW
from tasks.resuming import resume
from tests import toy
from tests.playing import paused
from watchkeeper.cli.app import app
from watchkeeper.domain.approvals import EXPIRED_BY, Decision, Question
from watchkeeper.domain.rollouts import RolloutEnd
from watchkeeper.errors import Conflict
from watchkeeper.story.asking import answer_question
from watchkeeper.story.house import House
from watchkeeper.story.releasing import open_rollout
from watchkeeper.story.retraining import start_model

pytestmark = pytest.mark.usefixtures("prefect_api")

AT = toy.FIRST


@pytest.fixture
def asked(house: Callable[..., House]) -> Iterator[tuple[House, Worker, Question]]:
    """A house whose second version waits for a person."""
    opened = house()
    os.environ[NOW] = AT.isoformat()
    first = start_model(opened, "toy", AT)
    open_rollout(opened, first, AT, who="sam", because="a release by hand")
    with Worker(opened) as worker:
        worker.run("promote", model="toy")
        worker.work()
        [question] = opened.state.questions(unanswered=True)
        yield opened, worker, question


def test_the_question_suspends_a_run_that_no_process_waits_in(asked: tuple[House, Worker, Question]) -> None:
    opened, _, question = asked
    [run] = paused(opened)
    with get_client(sync_client=True) as client:
        state = client.read_flow_run(run).state
    assert state is not None
    assert state.name == "Suspended"
    assert question.digest == opened.registry.version("toy", 1).digest
    assert "no offline trial" in question.evidence


def test_the_command_line_resumes_the_paused_run_and_the_canary_moves_on(asked: tuple[House, Worker, Question]) -> None:
    opened, worker, question = asked
    result = CliRunner().invoke(app, ["approve", question.id, "--yes", "--by", "dana", "--because", "looks right"])
    assert result.exit_code == 0, result.output
    assert "Resumed the paused run" in result.output
    worker.work()
    answer = opened.state.answer_to(question.id)
    split = opened.router.split("toy")
    assert answer is not None
    assert (answer.approver, answer.comment) == ("dana", "looks right")
    assert split is not None
    assert split.share == 0.3


def test_the_command_line_writes_the_answer_down_when_no_server_can_be_reached(
    asked: tuple[House, Worker, Question],
) -> None:
    opened, worker, question = asked
    before = os.environ["PREFECT_API_URL"]
    from prefect.settings import PREFECT_API_URL, temporary_settings  # noqa: PLC0415 - of this test alone

    with temporary_settings({PREFECT_API_URL: "http://127.0.0.1:9/api"}):
        options = ["approve", question.id, "--yes", "--by", "dana", "--at", AT.strftime("%Y-%m-%d")]
        result = CliRunner().invoke(app, options)
    assert before == os.environ["PREFECT_API_URL"]
    assert "Written down" in result.output
    worker.run("promote", model="toy")
    worker.work()
    assert opened.state.open_rollout("toy").step == 1  # type: ignore[union-attr]
    assert opened.state.unacknowledged() == ()


def test_a_rejection_ends_the_rollout_in_the_champion(asked: tuple[House, Worker, Question]) -> None:
    opened, worker, _ = asked
    [run] = paused(opened)
    assert resume(run, Decision.REJECT, "dana", "not on a Friday")
    worker.work()
    [rollout] = opened.state.rollouts("toy")
    assert rollout.end is RolloutEnd.ROLLED_BACK
    assert rollout.because == "dana rejected it: not on a Friday"


def test_silence_ends_in_the_champion_and_closes_the_paused_run(asked: tuple[House, Worker, Question]) -> None:
    opened, worker, question = asked
    os.environ[NOW] = question.expires.isoformat()
    worker.run("promote", model="toy")
    worker.work()
    [rollout] = opened.state.rollouts("toy")
    answer = opened.state.answer_to(question.id)
    assert answer is not None
    assert answer.approver == EXPIRED_BY
    assert rollout.end is RolloutEnd.ROLLED_BACK
    assert paused(opened) == []
    assert opened.state.unacknowledged() == ()


def test_an_answer_after_its_time_is_not_heard(asked: tuple[House, Worker, Question]) -> None:
    opened, _, question = asked
    answer = answer_question(opened, question, Decision.APPROVE, "dana", "sorry, I was away", question.expires)
    assert (answer.decision, answer.approver) == (Decision.REJECT, EXPIRED_BY)


def test_a_second_opinion_is_refused(asked: tuple[House, Worker, Question]) -> None:
    opened, _, question = asked
    answer_question(opened, question, Decision.APPROVE, "dana", "", AT)
    with pytest.raises(Conflict):
        answer_question(opened, question, Decision.REJECT, "sam", "", AT)


def test_the_form_refuses_what_is_no_decision(asked: tuple[House, Worker, Question]) -> None:
    opened, _, question = asked
    [run] = paused(opened)
    with get_client(sync_client=True) as client:
        answer = client.resume_flow_run(run, run_input={"decision": "maybe", "approver": "dana", "comment": ""})
    assert answer.status.value == "REJECT"
    assert paused(opened) == [run]
    assert opened.state.answer_to(question.id) is None


def test_a_retried_run_never_asks_twice(asked: tuple[House, Worker, Question]) -> None:
    opened, worker, _ = asked
    [run] = paused(opened)
    assert resume(run, Decision.APPROVE, "dana", "")
    worker.work()
    with get_client(sync_client=True) as client:
        client.set_flow_run_state(run, AwaitingRetry(), force=True)
        worker.work()
        state = client.read_flow_run(run).state
    assert state is not None
    assert state.name == "Approved"
    assert opened.state.questions(unanswered=True) == ()


def test_a_new_worker_takes_up_what_the_old_one_left_waiting(asked: tuple[House, Worker, Question]) -> None:
    opened, _, question = asked
    with Worker(opened) as another:
        [run] = paused(opened)
        assert resume(run, Decision.APPROVE, "dana", "")
        another.work()
    assert opened.state.answer_to(question.id) is not None
    assert opened.state.open_rollout("toy").step == 1  # type: ignore[union-attr]


def test_the_canary_is_judged_while_the_question_waits(asked: tuple[House, Worker, Question]) -> None:
    _, worker, _ = asked
    state = worker.run("promote", model="toy")
    assert "hold. Waiting since" in str(state.message)

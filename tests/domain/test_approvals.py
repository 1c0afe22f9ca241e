"""Questions to a person, and what silence means."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from tests.builders import DAY, NOON, a_question
from watchkeeper.domain.approvals import EXPIRED_BY, Decision, answer_of_silence

times = st.timedeltas(timedelta(0), timedelta(days=30))


@given(times)
def test_silence_answers_from_the_moment_of_expiry_on(waited: timedelta) -> None:
    question = a_question(asked=NOON, expires=NOON + 3 * DAY)
    answer = answer_of_silence(question, NOON + waited)
    assert (answer is not None) == (waited >= 3 * DAY)


@given(times)
def test_silence_always_rejects_and_is_bound_to_the_same_candidate(waited: timedelta) -> None:
    question = a_question(asked=NOON, expires=NOON)
    answer = answer_of_silence(question, NOON + waited)
    assert answer is not None
    assert (answer.decision, answer.approver) == (Decision.REJECT, EXPIRED_BY)
    assert (answer.question, answer.digest, answer.at) == (question.id, question.digest, NOON + waited)


def test_silence_says_until_when_it_was_waited() -> None:
    answer = answer_of_silence(a_question(expires=NOON), NOON)
    assert answer is not None
    assert answer.comment == "no answer by 2013-07-01 12:00; silence ends in the champion"

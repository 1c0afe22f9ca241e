"""The state store's contract, held against every database: rollouts, questions and answers."""

from dataclasses import replace

import pytest

from tests.builders import DAY, HOUR, NOON, a_followup, a_question, a_rollout, an_answer, an_entry
from watchkeeper.domain.actions import Action, after
from watchkeeper.domain.approvals import Decision, Question
from watchkeeper.domain.followups import Story
from watchkeeper.domain.rollouts import Rollout, RolloutEnd, Verb
from watchkeeper.errors import Conflict, NotThere
from watchkeeper.ports import StateStore

ASK = a_followup(Story.APPROVE)


def advanced(rollout: Rollout) -> Rollout:
    return after(rollout, Action(Verb.ADVANCE, "no worse"), NOON + DAY)


def ended(rollout: Rollout) -> Rollout:
    return after(rollout, Action(Verb.ROLL_BACK, "worse"), NOON + 2 * DAY)


def saved(state: StateStore, rollout: Rollout) -> Rollout:
    state.save_rollout(rollout, an_entry(id=f"{rollout.id}:{rollout.revision}"))
    return rollout


def test_a_rollout_is_saved_with_all_that_follows(state: StateStore) -> None:
    rollout, question, entry = a_rollout(), a_question(), an_entry()
    state.save_rollout(rollout, entry, followups=(ASK,), question=question)
    assert state.open_rollout("flights") == state.rollout(rollout.id) == rollout
    assert state.questions() == (question,)
    assert state.question(question.id) == question
    assert [f for f, _ in state.unacknowledged()] == [ASK]
    assert state.audit() == (entry,)


def test_a_rollout_moves_through_its_revisions_with_its_history(state: StateStore) -> None:
    first = saved(state, a_rollout())
    second = saved(state, advanced(first))
    assert state.open_rollout("flights") == second
    third = saved(state, ended(second))
    assert state.open_rollout("flights") is None
    assert state.rollout(first.id) == third
    assert third.end is RolloutEnd.ROLLED_BACK
    assert [move.verb for move in state.rollout(first.id).history] == [Verb.ADVANCE, Verb.ROLL_BACK]


def test_the_same_rollout_again_writes_nothing(state: StateStore) -> None:
    for rollout in (a_rollout(), advanced(a_rollout())):
        saved(state, rollout)
        state.save_rollout(rollout, an_entry(id="another"), followups=(ASK,), question=a_question())
    assert [entry.id for entry in state.audit()] == ["flights-v4:1", "flights-v4:0"]
    assert (state.questions(), state.unacknowledged()) == ((), ())


@pytest.mark.parametrize("revision", [0, 1, 3, 7])
def test_a_rollout_that_another_moved_is_refused(state: StateStore, revision: int) -> None:
    saved(state, advanced(saved(state, a_rollout())))
    stale = a_rollout(revision=revision, because="my own way")
    with pytest.raises(Conflict, match="read it again"):
        state.save_rollout(stale, an_entry(id="stale"), followups=(ASK,), question=a_question())
    assert state.rollout(stale.id).because == ""
    assert (len(state.audit()), state.questions(), state.unacknowledged()) == (2, (), ())


def test_a_rollout_begins_with_revision_zero(state: StateStore) -> None:
    with pytest.raises(Conflict, match="none at all stored"):
        saved(state, a_rollout(revision=1))


def test_a_model_has_at_most_one_open_rollout(state: StateStore) -> None:
    first = saved(state, a_rollout())
    saved(state, a_rollout("trains"))
    with pytest.raises(Conflict, match="flights has another rollout that is still open"):
        saved(state, a_rollout(id="flights-v5"))
    saved(state, ended(first))
    second = saved(state, a_rollout(id="flights-v5", opened=NOON + DAY))
    assert state.open_rollout("flights") == second
    assert [r.id for r in state.rollouts("flights")] == ["flights-v4", "flights-v5"]
    assert len(state.rollouts()) == 3


def test_what_was_never_opened_or_asked_is_not_there(state: StateStore) -> None:
    assert state.open_rollout("flights") is None
    assert state.answer_to("ghost") is None
    for missing in (lambda: state.rollout("ghost"), lambda: state.question("ghost")):
        with pytest.raises(NotThere, match="ghost"):
            missing()
    with pytest.raises(NotThere, match="ghost"):
        state.answer(replace(an_answer(), question="ghost"))


def asked(state: StateStore) -> Question:
    question = a_question()
    state.save_rollout(a_rollout(), an_entry(id="asked", at=NOON), question=question)
    return question


def test_an_answer_is_recorded_with_its_proof_and_its_followups(state: StateStore) -> None:
    question = asked(state)
    assert state.questions(unanswered=True) == (question,)
    answer = an_answer(question)
    state.answer(answer, (a_followup(Story.PROMOTE),))
    assert state.answer_to(question.id) == answer
    assert state.questions(unanswered=True) == ()
    assert state.questions() == (question,)
    assert [f.story for f, _ in state.unacknowledged()] == [Story.PROMOTE]
    entry = state.audit()[0]
    assert (entry.who, entry.what, entry.about, entry.because) == ("ada", "approve", question.id, answer.comment)
    assert (entry.model, entry.at) == ("flights", answer.at)


def test_the_same_answer_again_writes_nothing(state: StateStore) -> None:
    answer = an_answer(asked(state))
    state.answer(answer)
    state.answer(answer, (ASK,))
    state.answer(replace(answer, at=answer.at + HOUR), (ASK,))
    assert state.answer_to(answer.question) == answer
    assert (len(state.audit()), state.unacknowledged()) == (2, ())


@pytest.mark.parametrize("other", [{"decision": Decision.REJECT}, {"approver": "eve"}, {"comment": "changed my mind"}])
def test_a_question_has_one_answer(state: StateStore, other: dict[str, object]) -> None:
    answer = an_answer(asked(state))
    state.answer(answer)
    with pytest.raises(Conflict, match="answered already: approve by ada"):
        state.answer(replace(answer, **other), (ASK,))
    assert state.answer_to(answer.question) == answer
    assert state.unacknowledged() == ()


def test_an_answer_is_bound_to_the_digest_that_was_asked_about(state: StateStore) -> None:
    question = asked(state)
    with pytest.raises(Conflict, match="asks about sha256:5e"):
        state.answer(an_answer(question, digest="sha256:00"))
    assert state.answer_to(question.id) is None
    assert len(state.audit()) == 1


def test_questions_come_oldest_first(state: StateStore) -> None:
    for day in (2, 1):
        rollout = a_rollout(f"model {day}", opened=NOON + day * DAY)
        state.save_rollout(rollout, an_entry(id=rollout.id), question=a_question(rollout))
    assert [q.asked.day for q in state.questions(unanswered=True)] == [2, 3]

"""What happens next to a candidate: the table, row by row."""

from dataclasses import replace
from datetime import datetime

import pytest

from tests.builders import DAY, NOON, PLAN, a_rollout, an_answer
from watchkeeper.domain.actions import Action, after, next_action
from watchkeeper.domain.approvals import Answer, Decision
from watchkeeper.domain.judgements import Judgement, Outcome
from watchkeeper.domain.plans import Gate
from watchkeeper.domain.rollouts import Rollout, RolloutEnd, Verb

BOTH = replace(PLAN, gates=tuple(Gate))
FREE = replace(PLAN, gates=())
YES, NO = an_answer(), an_answer(decision=Decision.REJECT, comment="")
NEW = a_rollout()
FIRST = a_rollout(step=1)
LAST = a_rollout(step=2)
SOON, LATER = NOON + DAY / 2, NOON + DAY


def judged(outcome: Outcome, records: int = 5_000) -> Judgement:
    return Judgement(outcome, f"The canary is {outcome}.", records)


NO_WORSE, WORSE = judged(Outcome.NO_WORSE), judged(Outcome.WORSE)
UNDECIDED, UNKNOWN = judged(Outcome.UNDECIDED), judged(Outcome.UNKNOWN, 0)


@pytest.mark.parametrize(
    ("rollout", "judgement", "answer", "now", "verb", "because"),
    [
        (NEW, UNKNOWN, None, NOON, Verb.ASK, "The canary of flights v4 needs a person's permission."),
        (NEW, UNKNOWN, YES, NOON, Verb.ADVANCE, "ada approved. On to 10% of traffic: The canary is unknown."),
        (NEW, UNKNOWN, NO, NOON, Verb.ROLL_BACK, "ada rejected it: no comment"),
        (replace(NEW, plan=FREE), UNKNOWN, None, NOON, Verb.ADVANCE, "On to 10% of traffic: The canary is unknown."),
        (FIRST, NO_WORSE, None, SOON, Verb.HOLD, "Step 1 lasts until 2013-07-02 12:00."),
        (FIRST, WORSE, None, SOON, Verb.ROLL_BACK, "The canary is worse."),
        (FIRST, UNKNOWN, None, LATER, Verb.HOLD, "Nothing can be seen, so nothing moves: The canary is unknown."),
        (
            FIRST,
            judged(Outcome.NO_WORSE, 499),
            None,
            LATER,
            Verb.HOLD,
            "499 labelled canary records of the 500 that step 1 needs.",
        ),
        (FIRST, judged(Outcome.UNDECIDED, 500), None, LATER, Verb.ADVANCE, "On to 50% of traffic: "),
        (FIRST, NO_WORSE, None, LATER, Verb.ADVANCE, "On to 50% of traffic: The canary is no worse."),
        (LAST, UNDECIDED, None, LATER, Verb.HOLD, "The canary is undecided."),
        (LAST, NO_WORSE, None, LATER, Verb.PROMOTE, "The canary is no worse."),
        (replace(LAST, plan=BOTH), UNDECIDED, None, LATER, Verb.HOLD, "The canary is undecided."),
        (replace(LAST, plan=BOTH), NO_WORSE, None, LATER, Verb.ASK, "The promotion of flights v4 needs"),
        (replace(LAST, plan=BOTH), NO_WORSE, YES, LATER, Verb.PROMOTE, "ada approved. The canary is no worse."),
        (replace(LAST, plan=BOTH), NO_WORSE, NO, LATER, Verb.ROLL_BACK, "ada rejected it: no comment"),
        (LAST, UNDECIDED, None, NOON + 30 * DAY, Verb.ROLL_BACK, "Not decided within 30 days: The canary is"),
    ],
)
def test_what_happens_next(
    rollout: Rollout, judgement: Judgement, answer: Answer | None, now: datetime, verb: Verb, because: str
) -> None:
    action = next_action(rollout, judgement, answer, now)
    assert action.verb is verb
    assert action.because.startswith(because)


def test_worst_news_comes_first() -> None:
    late = NOON + 30 * DAY
    assert next_action(LAST, WORSE, NO, late).because == "The canary is worse."
    assert next_action(LAST, NO_WORSE, NO, late).because.startswith("ada rejected it")


@pytest.mark.parametrize(
    ("gates", "expected"),
    [
        ((), [None, None, None]),
        ((Gate.CANARY,), [Gate.CANARY, None, None]),
        ((Gate.PROMOTION,), [None, None, Gate.PROMOTION]),
        ((Gate.STEP,), [None, Gate.STEP, None]),
        (tuple(Gate), [Gate.CANARY, Gate.STEP, Gate.PROMOTION]),
    ],
)
def test_a_person_is_asked_where_the_plan_says(gates: tuple[Gate, ...], expected: list[Gate | None]) -> None:
    assert [replace(NEW, plan=replace(PLAN, gates=gates), step=step).gate for step in range(3)] == expected


def test_advancing_takes_the_next_share_from_now_on() -> None:
    moved = after(NEW, Action(Verb.ADVANCE, "approved"), LATER)
    assert (moved.step, moved.share, moved.since, moved.is_open) == (1, 0.1, LATER, True)
    assert after(moved, Action(Verb.ADVANCE, "on"), LATER).share == 0.5


@pytest.mark.parametrize(
    ("verb", "end", "share"), [(Verb.PROMOTE, RolloutEnd.PROMOTED, 1.0), (Verb.ROLL_BACK, RolloutEnd.ROLLED_BACK, 0.0)]
)
def test_an_end_is_written_down_with_its_reason(verb: Verb, end: RolloutEnd, share: float) -> None:
    over = after(LAST, Action(verb, "because"), LATER)
    assert (over.end, over.ended, over.because, over.share, over.is_open) == (end, LATER, "because", share, False)


@pytest.mark.parametrize("verb", [Verb.HOLD, Verb.ASK])
def test_holding_and_asking_leave_a_rollout_where_it_is(verb: Verb) -> None:
    moved = after(FIRST, Action(verb, "because"), LATER)
    assert (moved.step, moved.since, moved.share, moved.end) == (FIRST.step, FIRST.since, FIRST.share, None)


def test_every_move_is_remembered_with_the_share_that_it_led_to() -> None:
    moves = [Action(Verb.ASK, "may it?"), Action(Verb.ADVANCE, "yes"), Action(Verb.ROLL_BACK, "worse")]
    rollout = NEW
    for action in moves:
        rollout = after(rollout, action, LATER)
    assert [(m.verb, m.share, m.because) for m in rollout.history] == [
        (Verb.ASK, 0.0, "may it?"),
        (Verb.ADVANCE, 0.1, "yes"),
        (Verb.ROLL_BACK, 0.0, "worse"),
    ]
    assert rollout.revision == 3

"""What happens next to a candidate: the laws."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from tests.builders import DAY, NOON, a_question, a_rollout, an_answer
from watchkeeper.domain.actions import after, next_action
from watchkeeper.domain.approvals import Answer, Decision
from watchkeeper.domain.judgements import Judgement, Outcome
from watchkeeper.domain.plans import Gate, Plan, Step
from watchkeeper.domain.rollouts import Rollout, Verb

steps = st.lists(st.floats(0.01, 0.99), min_size=1, max_size=4, unique=True).flatmap(
    lambda shares: st.tuples(
        *(
            st.builds(Step, st.just(share), st.timedeltas(timedelta(0), 5 * DAY), st.integers(0, 1_000))
            for share in sorted(shares)
        )
    )
)
gates = st.sampled_from([(), (Gate.CANARY,), (Gate.PROMOTION,), tuple(Gate)])
plans = st.builds(Plan, steps, gates=gates, deadline=st.timedeltas(DAY, 40 * DAY))
rollouts = plans.flatmap(
    lambda plan: st.builds(
        lambda step: a_rollout(plan=plan, step=step, since=NOON + step * DAY), st.integers(0, len(plan.steps))
    )
)
judgements = st.builds(Judgement, st.sampled_from(Outcome), st.just("The evidence says so."), st.integers(0, 2_000))
answers = st.sampled_from([None, an_answer(), an_answer(decision=Decision.REJECT)])
later = st.timedeltas(timedelta(0), 50 * DAY)


@given(rollouts, judgements, answers, later)
def test_a_worse_canary_is_rolled_back_whatever_else_is_true(
    rollout: Rollout, judgement: Judgement, answer: Answer | None, waited: timedelta
) -> None:
    worse = Judgement(Outcome.WORSE, "It is worse.", judgement.records)
    action = next_action(rollout, worse, answer, NOON + waited)
    assert (action.verb, action.because) == (Verb.ROLL_BACK, "It is worse.")


@given(rollouts, judgements, later)
def test_a_persons_no_is_a_no_whatever_the_evidence_says(
    rollout: Rollout, judgement: Judgement, waited: timedelta
) -> None:
    no = an_answer(decision=Decision.REJECT)
    assert next_action(rollout, judgement, no, NOON + waited).verb is Verb.ROLL_BACK


@given(rollouts, judgements, answers)
def test_silence_ends_in_the_champion_as_soon_as_anything_is_seen(
    rollout: Rollout, judgement: Judgement, answer: Answer | None
) -> None:
    action = next_action(rollout, judgement, answer, rollout.opened + rollout.plan.deadline)
    is_blind = rollout.is_watched and judgement.outcome is Outcome.UNKNOWN
    rejected = answer and answer.decision is Decision.REJECT
    assert action.verb is (Verb.HOLD if is_blind and not rejected else Verb.ROLL_BACK)


@given(rollouts, judgements, answers, later)
def test_only_evidence_that_it_is_no_worse_promotes(
    rollout: Rollout, judgement: Judgement, answer: Answer | None, waited: timedelta
) -> None:
    action = next_action(rollout, judgement, answer, NOON + waited)
    if action.verb is Verb.PROMOTE:
        assert judgement.outcome is Outcome.NO_WORSE
        assert rollout.step == len(rollout.plan.steps)
        assert judgement.records >= rollout.plan.steps[-1].records
        assert NOON + waited - rollout.since >= rollout.plan.steps[-1].lasts


@given(rollouts, answers, later)
def test_missing_evidence_freezes_a_canary_that_has_traffic(
    rollout: Rollout, answer: Answer | None, waited: timedelta
) -> None:
    unknown = Judgement(Outcome.UNKNOWN, "No records.")
    action = next_action(rollout, unknown, answer, NOON + waited)
    if rollout.step:
        rejected = answer and answer.decision is Decision.REJECT
        assert action.verb is (Verb.ROLL_BACK if rejected else Verb.HOLD)


@given(rollouts, answers, later, st.integers(0, 2_000))
def test_undecided_evidence_promotes_nobody(
    rollout: Rollout, answer: Answer | None, waited: timedelta, records: int
) -> None:
    undecided = Judgement(Outcome.UNDECIDED, "Too early to say.", records)
    action = next_action(rollout, undecided, answer, NOON + waited)
    assert action.verb is not Verb.PROMOTE
    if rollout.step == len(rollout.plan.steps):
        assert action.verb in {Verb.HOLD, Verb.ROLL_BACK}


@given(rollouts, judgements, later)
def test_no_gate_is_passed_without_a_person(rollout: Rollout, judgement: Judgement, waited: timedelta) -> None:
    action = next_action(rollout, judgement, None, NOON + waited)
    if rollout.gate:
        assert action.verb in {Verb.ASK, Verb.HOLD, Verb.ROLL_BACK}
    if action.verb is Verb.ASK:
        assert action.gate is rollout.gate is not None
    else:
        assert action.gate is None


@given(rollouts, judgements, answers, later)
def test_every_action_says_why(
    rollout: Rollout, judgement: Judgement, answer: Answer | None, waited: timedelta
) -> None:
    assert next_action(rollout, judgement, answer, NOON + waited).because


@given(plans, st.lists(st.tuples(judgements, answers, later), max_size=12))
def test_traffic_only_grows_until_it_ends_with_one_of_the_two(
    plan: Plan, looks: list[tuple[Judgement, Answer | None, timedelta]]
) -> None:
    rollout, now = a_rollout(plan=plan), NOON
    for judgement, answer, waited in looks:
        if not rollout.is_open:
            break
        now += waited / 10
        moved = after(rollout, next_action(rollout, judgement, answer, now), now)
        assert moved.share >= rollout.share or moved.share == 0.0
        assert moved.share in {0.0, 1.0, *(s.share for s in plan.steps)}
        assert moved.step - rollout.step in {0, 1}
        assert moved.revision == rollout.revision + 1
        assert moved.history[:-1] == rollout.history
        rollout = moved
    assert rollout.step <= len(plan.steps)


def test_the_question_of_a_gate_names_it() -> None:
    assert a_question(gate=Gate.PROMOTION).id == "flights-v4:promotion"

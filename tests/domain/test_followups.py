"""What must run next, written down with the decision that asked for it."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import DAY, NOON, a_finding, a_rollout, a_transition, a_verdict, an_incident
from tests.domain.strategies import levels
from watchkeeper.domain.causes import Cause
from watchkeeper.domain.findings import Family
from watchkeeper.domain.followups import NEVER_RETRAIN_ON, ResponseRule, Story, follow_ups, why_not_retrain
from watchkeeper.domain.incidents import Change
from watchkeeper.domain.levels import Level

RULE = ResponseRule()
WORSE = frozenset({Family.PERFORMANCE, Family.DRIFT})
some_families = st.frozensets(st.sampled_from(Family))
causes = st.sampled_from(Cause)


def why_not(
    cause: Cause = Cause.CONCEPT_DRIFT,
    families: frozenset[Family] = WORSE,
    last: datetime | None = None,
    rule: ResponseRule = RULE,
) -> str | None:
    return why_not_retrain(cause, families, last, NOON, rule)


def test_a_performance_incident_asks_for_retraining() -> None:
    assert why_not() is None


@given(some_families)
def test_what_is_learned_from_broken_data_is_broken(families: frozenset[Family]) -> None:
    assert all(why_not(cause, families) is not None for cause in NEVER_RETRAIN_ON)


@given(causes, some_families)
def test_without_a_confirmed_finding_that_asks_for_it_nothing_is_retrained(
    cause: Cause, families: frozenset[Family]
) -> None:
    if not families & set(RULE.on):
        assert why_not(cause, families) == "no confirmed finding about performance or calibration"


@given(causes, some_families)
def test_a_spec_can_switch_retraining_off(cause: Cause, families: frozenset[Family]) -> None:
    assert why_not(cause, families, rule=ResponseRule(retrains=False)) == "the spec does not retrain on incidents"


@given(st.timedeltas(timedelta(0), timedelta(days=30)), st.timedeltas(timedelta(0), timedelta(days=30)))
def test_the_cooldown_holds_until_it_is_over(ago: timedelta, cooldown: timedelta) -> None:
    against = why_not(last=NOON - ago, rule=ResponseRule(cooldown=cooldown))
    assert (against is None) == (ago >= cooldown)


@pytest.mark.parametrize(
    ("why", "words"),
    [
        (why_not(Cause.DATA_BUG), "the cause is a data bug: what is learned from broken data is broken"),
        (why_not(last=NOON - DAY), "the last one was asked for at 2013-06-30 12:00, and the cooldown lasts 7 days"),
    ],
)
def test_the_reason_is_a_sentence(why: str, words: str) -> None:
    assert why.startswith(words)


def test_another_family_can_be_named_as_a_reason_to_retrain() -> None:
    rule = ResponseRule(on=(Family.BUSINESS,))
    assert why_not(families=frozenset({Family.BUSINESS}), rule=rule) is None
    assert why_not(rule=rule) == "no confirmed finding about business"


@pytest.mark.parametrize("change", [Change.OPENED, Change.ESCALATED])
def test_new_trouble_is_drawn(change: Change) -> None:
    transition = a_transition(change=change)
    (report,) = follow_ups(a_verdict(), transition.incident, transition, "cooldown")
    assert (report.story, report.subject, report.at) == (Story.REPORT, transition.incident.key, NOON)
    assert report.because == transition.sentence


def test_neither_missing_evidence_nor_a_resolved_incident_is_drawn() -> None:
    unknown = a_transition(an_incident(level=Level.UNKNOWN))
    over = a_transition(an_incident(resolved=NOON), Change.RESOLVED)
    for transition in (unknown, over):
        assert follow_ups(a_verdict(), transition.incident, transition, "cooldown") == ()


def test_an_incident_asks_for_retraining_once_nothing_speaks_against_it() -> None:
    incident = an_incident()
    assert follow_ups(a_verdict(), incident, None, "cooldown") == ()
    (retrain,) = follow_ups(a_verdict(), incident, None, None)
    assert (retrain.story, retrain.subject, retrain.because) == (Story.RETRAIN, incident.key, incident.because)
    assert retrain.id == "retrain:flights@2013-07-01T12:00Z"


def test_without_an_open_incident_nothing_is_retrained() -> None:
    assert follow_ups(a_verdict(), None, None, None) == ()
    assert follow_ups(a_verdict(), an_incident(resolved=NOON), None, None) == ()


@given(levels)
def test_only_new_critical_trouble_asks_for_a_look_at_the_canary(level: Level) -> None:
    verdict = a_verdict(findings=[a_finding(level=level)])
    transition = a_transition(an_incident(level=level))
    asked = follow_ups(verdict, transition.incident, transition, "rollout under way", a_rollout())
    looks = [(f.story, f.subject) for f in asked if f.story is Story.PROMOTE]
    assert looks == ([(Story.PROMOTE, "flights-v4")] if level is Level.CRITICAL else [])
    lasting = follow_ups(verdict, transition.incident, None, "rollout under way", a_rollout())
    over = follow_ups(verdict, None, a_transition(an_incident(resolved=NOON), Change.RESOLVED), None, a_rollout())
    assert lasting == over == ()


def test_the_same_decision_asks_for_the_same_runs_however_often_it_is_made() -> None:
    transition = a_transition()
    asked = [follow_ups(a_verdict(), transition.incident, transition, None, a_rollout()) for _ in range(2)]
    assert asked[0] == asked[1]
    assert [f.story for f in asked[0]] == [Story.REPORT, Story.RETRAIN, Story.PROMOTE]
    assert len({f.id for f in asked[0]}) == 3

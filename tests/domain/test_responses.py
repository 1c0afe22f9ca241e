"""What is done about an incident, and why nothing more."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import DAY, NOON, a_finding, a_rollout, a_transition, a_verdict, an_incident
from tests.domain.strategies import levels
from watchkeeper.domain.causes import FAULTS, Cause, Diagnosis
from watchkeeper.domain.findings import Family
from watchkeeper.domain.followups import Story
from watchkeeper.domain.incidents import Change, Incident
from watchkeeper.domain.levels import Level
from watchkeeper.domain.responses import ADVICE, Asked, Response, ResponseRule, follow_ups, respond, respond_to_age

RULE = ResponseRule()
NO_CAUSE = Diagnosis(Cause.UNKNOWN, "")
LOSS = frozenset({Family.PERFORMANCE})
GAP = frozenset({Family.CALIBRATION})
NOTHING = Response(None, "cooldown")
RETRAIN = Response(Story.RETRAIN, "answers are worse")
some_families = st.frozensets(st.sampled_from(Family))
causes = st.sampled_from(Cause)
ages = st.timedeltas(timedelta(0), timedelta(days=30))
some_asked = st.builds(
    lambda ago: Asked({story: NOON - since for story, since in ago.items()}),
    st.dictionaries(st.sampled_from([Story.RETRAIN, Story.RECALIBRATE]), ages),
)


def response(
    cause: Cause,
    families: frozenset[Family] = LOSS,
    asked: Asked = Asked(),  # noqa: B008 - a frozen value
    rule: ResponseRule = RULE,
    since: datetime = NOON - 2 * DAY,
) -> Response:
    incident = an_incident(since=since, cause=cause)
    return respond(incident, Diagnosis(cause, f"it is {cause}."), families, asked, NOON, rule)


def after(story: Story, ago: timedelta) -> Asked:
    return Asked({story: NOON - ago})


def test_every_cause_has_its_advice() -> None:
    assert ADVICE.keys() == set(Cause)


def test_concept_drift_asks_for_retraining_with_its_evidence() -> None:
    assert response(Cause.CONCEPT_DRIFT) == Response(Story.RETRAIN, "it is concept drift.")


def test_labels_that_stay_broken_are_nothing_to_learn_from_though_they_look_like_a_world_that_turned() -> None:
    incident = an_incident(since=NOON - 9 * DAY, cause=Cause.LABEL_FEED_FAULT)
    answer = respond(incident, Diagnosis(Cause.CONCEPT_DRIFT, "it turned."), LOSS, Asked(), NOON, RULE)
    assert answer.story is None
    assert "label-feed fault" in answer.because


@given(some_families, some_asked, ages)
def test_what_is_learned_from_broken_data_is_broken(families: frozenset[Family], asked: Asked, age: timedelta) -> None:
    for fault in FAULTS:
        assert response(fault, families, asked, since=NOON - age).story is None
    assert response(Cause.DATA_BUG).because == "the cause is a data bug: what is learned from broken data is broken"


@given(causes, some_families, some_asked)
def test_without_a_confirmed_finding_that_asks_for_it_nothing_is_done(
    cause: Cause, families: frozenset[Family], asked: Asked
) -> None:
    if not families & set(RULE.on):
        expected = Response(None, "no finding about performance or calibration has stood for two windows")
        assert response(cause, families, asked) == expected


@given(causes, some_families, some_asked)
def test_a_spec_can_switch_retraining_off(cause: Cause, families: frozenset[Family], asked: Asked) -> None:
    assert response(cause, families, asked, ResponseRule(retrains=False)).story is not Story.RETRAIN


@given(causes, some_families, some_asked)
def test_what_is_under_way_is_not_asked_for_again(cause: Cause, families: frozenset[Family], asked: Asked) -> None:
    assert response(cause, families, Asked(asked.last, "rollout flights-v4")).story is None


def test_an_incident_that_is_over_asks_for_nothing() -> None:
    over = an_incident(resolved=NOON)
    found = respond(over, Diagnosis(Cause.CONCEPT_DRIFT, ""), LOSS, Asked(), NOON, RULE)
    assert found == Response(None, "the incident is over")


@given(ages, ages)
def test_the_cooldown_holds_until_it_is_over(ago: timedelta, cooldown: timedelta) -> None:
    found = response(Cause.CONCEPT_DRIFT, asked=after(Story.RETRAIN, ago), rule=ResponseRule(cooldown=cooldown))
    assert (found.story is Story.RETRAIN) == (ago >= cooldown)
    assert found.story or "the cooldown lasts" in found.because


@given(ages)
def test_a_loss_through_moved_inputs_must_last(age: timedelta) -> None:
    found = response(Cause.HARMFUL_SHIFT, since=NOON - age)
    assert (found.story is Story.RETRAIN) == (age >= RULE.lasting)


@pytest.mark.parametrize("cause", [Cause.CALIBRATION_DRIFT, Cause.HARMFUL_SHIFT])
def test_a_gap_asks_for_recalibration_first(cause: Cause) -> None:
    assert response(cause, GAP) == Response(Story.RECALIBRATE, f"it is {cause}.")


@given(ages, ages)
def test_a_recalibration_that_does_not_help_is_followed_by_a_retraining(ago: timedelta, age: timedelta) -> None:
    found = response(Cause.CALIBRATION_DRIFT, GAP, after(Story.RECALIBRATE, ago), since=NOON - age)
    if ago < RULE.aid:
        assert found.story is None
        assert "is given 7 days to help" in found.because
    else:
        assert found.story is (Story.RETRAIN if ago <= age else Story.RECALIBRATE)


def test_a_retraining_after_a_recalibration_says_so_and_keeps_the_cooldown() -> None:
    tried = after(Story.RECALIBRATE, 8 * DAY)
    found = response(Cause.CALIBRATION_DRIFT, GAP, tried, since=NOON - 9 * DAY)
    expected = "The recalibration of 2013-06-23 12:00 did not help. it is calibration drift."
    assert found == Response(Story.RETRAIN, expected)
    both = Asked({**tried.last, Story.RETRAIN: NOON - DAY})
    assert response(Cause.CALIBRATION_DRIFT, GAP, both, since=NOON - 9 * DAY).story is None


def test_a_spec_that_does_not_recalibrate_retrains() -> None:
    assert response(Cause.CALIBRATION_DRIFT, GAP, rule=ResponseRule(recalibrates=False)).story is Story.RETRAIN


def test_another_family_can_be_named_as_a_reason_to_retrain() -> None:
    rule = ResponseRule(on=(Family.BUSINESS,))
    assert response(Cause.UNKNOWN, frozenset({Family.BUSINESS}), rule=rule).story is Story.RETRAIN
    assert response(Cause.CONCEPT_DRIFT, rule=rule).because == "no finding about business has stood for two windows"


@given(causes, some_families, some_asked, ages)
def test_every_response_says_why(cause: Cause, families: frozenset[Family], asked: Asked, age: timedelta) -> None:
    assert response(cause, families, asked, since=NOON - age).because


@pytest.mark.parametrize("change", [Change.OPENED, Change.ESCALATED])
def test_new_trouble_is_drawn(change: Change) -> None:
    transition = a_transition(change=change)
    (report,) = follow_ups(a_verdict(), transition.incident, transition, NOTHING)
    assert (report.story, report.subject, report.at) == (Story.REPORT, transition.incident.key, NOON)
    assert report.because == transition.sentence


def test_neither_missing_evidence_nor_a_resolved_incident_is_drawn() -> None:
    unknown = a_transition(an_incident(level=Level.UNKNOWN))
    over = a_transition(an_incident(resolved=NOON), Change.RESOLVED)
    for transition in (unknown, over):
        assert follow_ups(a_verdict(), transition.incident, transition, NOTHING) == ()


@pytest.mark.parametrize("story", [Story.RETRAIN, Story.RECALIBRATE])
def test_a_response_becomes_a_follow_up_of_the_window_about_the_incident(story: Story) -> None:
    incident = an_incident()
    assert follow_ups(a_verdict(), incident, None, NOTHING) == ()
    (asked,) = follow_ups(a_verdict(), incident, None, Response(story, "answers are worse"))
    assert (asked.story, asked.subject, asked.because) == (story, incident.key, "answers are worse")
    assert asked.id == f"{story}:flights@2013-07-01T12:00Z"


def test_what_is_asked_for_without_an_incident_is_about_the_window() -> None:
    assert follow_ups(a_verdict(), None, None, NOTHING) == ()
    for incident in (None, an_incident(resolved=NOON)):
        (asked,) = follow_ups(a_verdict(), incident, None, RETRAIN)
        assert asked.subject == "flights@2013-07-01T12:00Z"


OLD = ResponseRule(refresh=14 * DAY)
LEARNED = "the champion has learned until 2013-06-11 12:00"


@given(some_asked, ages, st.one_of(st.none(), ages))
def test_a_model_is_retrained_when_what_it_learned_is_as_old_as_the_spec_says(
    asked: Asked, refresh: timedelta, trained: timedelta | None
) -> None:
    known = replace(asked, trained=None if trained is None else NOON - trained)
    found = respond_to_age(NO_CAUSE, known, NOON, ResponseRule(refresh=refresh))
    cool = Story.RETRAIN not in asked.last or NOON - asked.last[Story.RETRAIN] >= RULE.cooldown
    assert (found.story is Story.RETRAIN) == (cool and trained is not None and trained >= refresh)
    assert respond_to_age(NO_CAUSE, known, NOON, RULE).story is None


def test_an_old_model_waits_while_its_records_are_broken_and_while_another_is_under_way() -> None:
    old = Asked(trained=NOON - 20 * DAY)
    due = respond_to_age(NO_CAUSE, old, NOON, OLD)
    assert due == Response(Story.RETRAIN, f"T{LEARNED[1:]}: that is older than the spec wants it.")
    for fault in FAULTS:
        found = respond_to_age(Diagnosis(fault, ""), old, NOON, OLD)
        assert found == Response(None, f"the cause is a {fault}: what is learned from broken data is broken")
    busy = replace(old, under_way="rollout flights-v4")
    assert respond_to_age(NO_CAUSE, busy, NOON, OLD) == Response(None, "rollout flights-v4 is under way")
    tried = replace(old, last={Story.RETRAIN: NOON - DAY})
    assert "the cooldown lasts 7 days" in respond_to_age(NO_CAUSE, tried, NOON, OLD).because
    longer = ResponseRule(refresh=30 * DAY)
    assert respond_to_age(NO_CAUSE, old, NOON, longer) == Response(None, f"{LEARNED}, which is not old yet")


@given(levels)
def test_only_new_critical_trouble_asks_for_a_look_at_the_canary(level: Level) -> None:
    verdict = a_verdict(findings=[a_finding(level=level)])
    transition = a_transition(an_incident(level=level))
    asked = follow_ups(verdict, transition.incident, transition, NOTHING, a_rollout())
    looks = [(f.story, f.subject) for f in asked if f.story is Story.PROMOTE]
    assert looks == ([(Story.PROMOTE, "flights-v4")] if level is Level.CRITICAL else [])
    lasting = follow_ups(verdict, transition.incident, None, NOTHING, a_rollout())
    over = follow_ups(verdict, None, a_transition(an_incident(resolved=NOON), Change.RESOLVED), NOTHING, a_rollout())
    assert lasting == over == ()


def test_the_same_decision_asks_for_the_same_runs_however_often_it_is_made() -> None:
    transition = a_transition()
    incident: Incident = transition.incident
    asked = [follow_ups(a_verdict(), incident, transition, RETRAIN, a_rollout()) for _ in range(2)]
    assert asked[0] == asked[1]
    assert [f.story for f in asked[0]] == [Story.REPORT, Story.RETRAIN, Story.PROMOTE]
    assert len({f.id for f in asked[0]}) == 3

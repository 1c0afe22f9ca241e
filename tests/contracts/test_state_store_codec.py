"""Whatever the domain can say, the state store can keep."""

import json
import math
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.builders import a_verdict, an_alert, an_incident
from watchkeeper.adapters._sql_codec import decode, encode, micros, plain
from watchkeeper.domain.alerts import Alert, Receipt
from watchkeeper.domain.approvals import Answer, Question
from watchkeeper.domain.audit import Entry, Heartbeat
from watchkeeper.domain.business import Direction
from watchkeeper.domain.findings import Measure
from watchkeeper.domain.followups import FollowUp
from watchkeeper.domain.incidents import Incident, Transition
from watchkeeper.domain.intervals import Interval
from watchkeeper.domain.judgements import Criterion
from watchkeeper.domain.rollouts import Rollout
from watchkeeper.domain.verdicts import Verdict
from watchkeeper.errors import OutsideError

STORED = [Alert, Answer, Entry, FollowUp, Heartbeat, Incident, Measure, Question, Receipt, Rollout, Transition, Verdict]

ZONES = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
EARLY, LATE = datetime(1900, 1, 1), datetime(2900, 1, 1)  # noqa: DTZ001 - the strategy adds the zone
MOMENTS = st.datetimes(EARLY, LATE, timezones=ZONES)
LENGTHS = st.timedeltas(timedelta(microseconds=1), timedelta(days=400))

st.register_type_strategy(datetime, MOMENTS)
st.register_type_strategy(timedelta, LENGTHS)
st.register_type_strategy(Interval, st.builds(lambda start, length: Interval(start, start + length), MOMENTS, LENGTHS))
st.register_type_strategy(
    Criterion,
    st.builds(
        Criterion,
        st.text(),
        st.floats(min_value=0, exclude_min=True),
        worse=st.sampled_from([Direction.LOWER, Direction.HIGHER]),
        bounds=st.none() | st.tuples(st.floats(), st.floats()),
        labelled=st.booleans(),
    ),
)


def same(one: object, other: object) -> bool:
    """Equal, where NaN equals NaN."""
    if isinstance(one, float) and math.isnan(one):
        return isinstance(other, float) and math.isnan(other)
    if isinstance(one, tuple):
        return isinstance(other, tuple) and len(one) == len(other) and all(map(same, one, other))
    if is_dataclass(one):
        return type(one) is type(other) and all(same(getattr(one, f.name), getattr(other, f.name)) for f in fields(one))
    return type(one) is type(other) and one == other


@pytest.mark.parametrize("kind", STORED)
def test_what_is_written_is_read_back(kind: type) -> None:
    @settings(max_examples=40, deadline=None)
    @given(st.from_type(kind))
    def holds(value: object) -> None:
        assert same(decode(kind, encode(value)), value)

    holds()


@given(MOMENTS, MOMENTS)
def test_moments_are_ordered_as_their_numbers(one: datetime, other: datetime) -> None:
    assert (micros(one) < micros(other)) == (one < other)
    assert datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=micros(one)) == one


@given(st.text(st.characters()))
def test_foreign_words_become_words_that_every_database_takes(text: str) -> None:
    kept = plain(text)
    assert "\x00" not in kept
    assert plain(kept) == kept
    assert kept.encode().decode() == kept


def test_broken_unicode_is_stored_readable() -> None:
    beat = Heartbeat("monitor", datetime(2013, 7, 1, tzinfo=UTC), "caf\udce9")
    assert decode(Heartbeat, encode(beat)).detail == "caf?"


@pytest.mark.parametrize("text", ["", "[]", '{"name": "monitor"}', '{"name": "monitor", "at": "soon", "detail": ""}'])
def test_what_cannot_be_read_is_an_outside_error_that_names_the_kind(text: str) -> None:
    with pytest.raises(OutsideError, match="a stored Heartbeat cannot be read; restore") as caught:
        decode(Heartbeat, text)
    assert caught.value.permanent


@pytest.mark.parametrize("value", [a_verdict(), an_incident(), an_alert()])
def test_what_was_written_before_there_was_evidence_is_read_without(value: object) -> None:
    old = {name: kept for name, kept in json.loads(encode(value)).items() if name != "evidence"}
    read = decode(type(value), json.dumps(old))
    assert read == value
    assert read.evidence == ""


def test_every_cause_that_was_ever_written_can_be_read() -> None:
    written = ("data bug", "covariate shift", "concept drift", "calibration drift", "serving fault")
    for cause in (*written, "label-feed fault", "unknown"):
        assert decode(Incident, encode(an_incident()).replace("data bug", cause)).cause == cause


def test_a_rollout_of_an_earlier_release_is_read_with_what_it_could_not_say() -> None:
    old = """{"id": "flights-v4", "model": "flights", "candidate": 4, "digest": "sha256:5e", "champion": 3,
        "plan": {"steps": [{"share": 0.1, "lasts": "P1D", "records": 500}], "margin": 0.01, "alpha": 0.05,
                 "gates": ["canary"], "deadline": "P30D"},
        "opened": "2013-07-01T12:00:00Z", "since": "2013-07-02T12:00:00Z", "step": 1, "revision": 2, "end": null,
        "ended": null, "because": "",
        "history": [{"at": "2013-07-02T12:00:00Z", "verb": "advance", "share": 0.1, "because": "ada approved."}]}"""
    rollout = decode(Rollout, old)
    assert (rollout.plan.soak, rollout.plan.shadow, rollout.blind, rollout.waiting) == (None, None, None, None)
    assert [criterion.name for criterion in rollout.plan.asked] == ["loss"]
    assert (rollout.share, rollout.is_soaking, rollout.is_watched) == (0.1, False, True)

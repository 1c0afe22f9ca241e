"""The settled opinion on one window."""

import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import HOUR, NOON, a_finding, a_verdict
from tests.domain.strategies import levels
from watchkeeper.domain.causes import Cause
from watchkeeper.domain.findings import Family, Finding
from watchkeeper.domain.intervals import Interval
from watchkeeper.domain.levels import Level
from watchkeeper.domain.verdicts import Verdict, settle

numbers = st.one_of(st.just(math.nan), st.floats(0, 1e6))
several = st.lists(
    st.builds(
        lambda subject, family, level, value, limit: a_finding(
            subject=subject, family=family, level=level, value=value, limit=limit, sentence=f"{subject} is {level}."
        ),
        st.text("abc", min_size=1, max_size=3),
        st.sampled_from(Family),
        levels,
        numbers,
        numbers,
    ),
    unique_by=lambda f: f.mark,
    max_size=8,
)


def settled(findings: list[Finding]) -> Verdict:
    return settle("flights", 3, Interval(NOON - HOUR, NOON), 1_200, findings)


@given(several)
def test_a_verdict_is_as_bad_as_its_worst_finding(findings: list[Finding]) -> None:
    verdict = settled(findings)
    assert verdict.level == max((f.level for f in findings), default=Level.UNKNOWN)
    assert sorted(verdict.findings, key=lambda f: f.mark) == sorted(findings, key=lambda f: f.mark)
    assert [f.level for f in verdict.findings] == sorted((f.level for f in findings), reverse=True)


@given(several, st.randoms())
def test_the_order_in_which_checks_answer_does_not_matter(findings: list[Finding], chance: random.Random) -> None:
    shuffled = chance.sample(findings, len(findings))
    assert repr(settled(shuffled)) == repr(settled(findings))  # by their text: NaN equals nothing


def test_no_answer_at_all_is_unknown_never_ok() -> None:
    verdict = settled([])
    assert (verdict.level, verdict.cause, verdict.why) == (Level.UNKNOWN, Cause.UNKNOWN, "No check gave an answer.")
    assert verdict.id == "flights@2013-07-01T12:00Z"


def test_a_healthy_window_says_how_much_was_asked() -> None:
    verdict = settled([a_finding(subject=s, level=Level.OK) for s in ("temp", "dewp")])
    assert (verdict.level, verdict.why) == (Level.OK, "All 2 answers are within their limits.")
    assert verdict.cause is Cause.UNKNOWN


def test_why_is_the_worst_finding_and_how_many_more_there_are() -> None:
    bad = [
        a_finding(subject="temp", level=Level.WARNING, sentence="temp is drifting."),
        a_finding(subject="dewp", sentence="dewp is all null."),
        a_finding(subject="hour", level=Level.OK),
    ]
    assert settled(bad).why == "dewp is all null. (1 more)"
    assert settled(bad[:1]).why == "temp is drifting."


@pytest.mark.parametrize(("ahead", "behind"), [(0.4, 0.2), (0.4, math.nan)])
def test_among_equals_the_one_furthest_beyond_its_limit_comes_first(ahead: float, behind: float) -> None:
    first = a_finding(subject="z", value=ahead, limit=0.1)
    second = a_finding(subject="a", value=behind, limit=0.1)
    assert settled([second, first]).findings == (first, second)


def test_missing_evidence_alone_has_no_cause() -> None:
    verdict = settled([a_finding(level=Level.UNKNOWN, value=math.nan)])
    assert (verdict.level, verdict.cause) == (Level.UNKNOWN, Cause.UNKNOWN)


def test_a_finding_is_found_by_its_mark() -> None:
    finding = a_finding()
    assert settled([finding]).finding("missing:temp") == finding
    assert settled([finding]).finding("missing:dewp") is None


@pytest.mark.parametrize(
    ("level", "cause", "is_over", "spoilt"),
    [
        (Level.WARNING, Cause.DATA_BUG, False, "records"),
        (Level.CRITICAL, Cause.SERVING_FAULT, False, "records"),
        (Level.CRITICAL, Cause.LABEL_FEED_FAULT, False, "labels"),
        (Level.CRITICAL, Cause.CONCEPT_DRIFT, False, ""),
        (Level.UNKNOWN, Cause.DATA_BUG, False, ""),
        (Level.CRITICAL, Cause.DATA_BUG, True, ""),
    ],
)
def test_a_window_says_what_of_it_is_not_for_training(
    level: Level, cause: Cause, *, is_over: bool, spoilt: str
) -> None:
    assert a_verdict(level=level, cause=cause, is_over=is_over).not_for_training == spoilt


def test_a_loss_after_a_fault_is_explained_by_it_and_its_own_records_are_sound() -> None:
    loss = a_finding(check="auc", subject="*", family=Family.PERFORMANCE)
    interval = Interval(NOON - HOUR, NOON)
    after = settle("flights", 3, interval, 1_200, [loss], [a_verdict(end=NOON - HOUR, findings=[a_finding()])])
    assert (after.cause, after.is_over, after.not_for_training) == (Cause.DATA_BUG, True, "")
    alone = settle("flights", 3, interval, 1_200, [loss])
    assert (alone.cause, alone.is_over) == (Cause.CONCEPT_DRIFT, False)

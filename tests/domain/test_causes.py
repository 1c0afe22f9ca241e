"""Why a window is bad, read from its findings."""

import random
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import a_finding
from tests.domain.strategies import levels
from watchkeeper.domain.causes import Cause, likely_cause
from watchkeeper.domain.findings import Family
from watchkeeper.domain.levels import Level

answers = st.lists(st.tuples(st.sampled_from(Family), levels), max_size=8)


def cause_of(seen: Sequence[tuple[Family, Level]]) -> Cause:
    return likely_cause([a_finding(family=family, level=level) for family, level in seen])


@pytest.mark.parametrize(
    ("families", "cause"),
    [
        ([], Cause.UNKNOWN),
        ([Family.BUSINESS], Cause.UNKNOWN),
        ([Family.DRIFT], Cause.COVARIATE_SHIFT),
        ([Family.DRIFT, Family.BUSINESS], Cause.COVARIATE_SHIFT),
        ([Family.PERFORMANCE], Cause.CONCEPT_DRIFT),
        ([Family.PERFORMANCE, Family.CALIBRATION], Cause.CONCEPT_DRIFT),
        ([Family.PERFORMANCE, Family.DRIFT], Cause.COVARIATE_SHIFT),
        ([Family.CALIBRATION], Cause.CALIBRATION_DRIFT),
        ([Family.CALIBRATION, Family.DRIFT], Cause.CALIBRATION_DRIFT),
        ([Family.LABELS, Family.PERFORMANCE], Cause.LABEL_FEED_FAULT),
        ([Family.SERVING, Family.LABELS], Cause.SERVING_FAULT),
        ([Family.INTEGRITY, *Family], Cause.DATA_BUG),
    ],
)
def test_the_cause_is_read_from_what_is_bad_together(families: list[Family], cause: Cause) -> None:
    assert cause_of([(family, Level.WARNING) for family in families]) is cause


@given(answers)
def test_what_breaks_the_evidence_of_others_is_believed_first(seen: list[tuple[Family, Level]]) -> None:
    assert cause_of([*seen, (Family.INTEGRITY, Level.CRITICAL)]) is Cause.DATA_BUG


@given(answers, st.sampled_from(Family), st.sampled_from([Level.OK, Level.UNKNOWN]))
def test_what_is_not_bad_explains_nothing(seen: list[tuple[Family, Level]], family: Family, level: Level) -> None:
    assert cause_of([*seen, (family, level)]) is cause_of(seen)


@given(answers, st.randoms())
def test_the_cause_does_not_depend_on_the_order(seen: list[tuple[Family, Level]], chance: random.Random) -> None:
    assert cause_of(chance.sample(seen, len(seen))) is cause_of(seen)

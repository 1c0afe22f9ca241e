"""Limits from history and a budget: the laws they obey."""

import math
from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchkeeper.checks.calibrating import MOST_CORRECTION, STEP, Tail, corrected, limit_of, normal_tail, tail_of

rates = st.floats(1e-4, 0.1)
some_questions = st.integers(1, 500)
values = st.lists(st.floats(-20, 20), max_size=90)
pages = st.lists(st.booleans(), min_size=1, max_size=400)


@given(some_questions, rates)
def test_without_history_the_limit_is_what_normal_values_reach_that_often(questions: int, rate: float) -> None:
    limit = limit_of([], rate, normal_tail(questions, rate))
    assert 1 - NormalDist().cdf(limit) ** questions == pytest.approx(rate, rel=1e-6)


@given(values, some_questions, rates, rates)
def test_who_allows_fewer_false_pages_gets_a_higher_limit(
    tops: list[float], questions: int, one: float, other: float
) -> None:
    prior = normal_tail(questions, 0.01)
    assert limit_of(tops, min(one, other), prior) >= limit_of(tops, max(one, other), prior)


@given(values, st.integers(0, 90), st.floats(0, 50))
def test_a_larger_value_never_lowers_the_tail_and_does_not_matter_twice(
    tops: list[float], place: int, by: float
) -> None:
    prior = normal_tail(20, 0.01)
    raised = [top + by if n == place else top for n, top in enumerate(tops)]
    before, after = tail_of(tops, prior), tail_of(raised, prior)
    assert after.level >= before.level - 1e-9
    assert after.level + after.scale >= before.level + before.scale - by - 1e-9


@given(values, rates)
def test_stretching_all_stretches_the_limit(tops: list[float], rate: float) -> None:
    prior = normal_tail(20, rate)
    stretched = limit_of([2 * t for t in tops], rate, Tail(2 * prior.level, 2 * prior.scale))
    assert stretched == pytest.approx(2 * limit_of(tops, rate, prior), abs=1e-6)


@pytest.mark.parametrize("rate", [1 / 30, 1 / 150, 1 / 1000])
def test_much_history_finds_the_limit_of_exponential_tails_and_is_on_the_safe_side_of_normal_ones(rate: float) -> None:
    draw = np.random.default_rng(1)
    wild, normal = draw.exponential(3, 50_000), draw.normal(size=(50_000, 20)).max(axis=1)
    assert limit_of(wild, rate, normal_tail(20, rate)) == pytest.approx(-3 * math.log(rate), rel=0.05)
    reached = (normal >= limit_of(normal, rate, normal_tail(20, rate))).mean()
    assert rate / 10 < reached < 1.1 * rate


def test_at_the_share_of_the_tail_itself_the_limit_is_its_level() -> None:
    prior = normal_tail(7, 0.25)
    assert prior.limit(0.25) == prior.level
    assert prior.scale > 0


@given(pages, rates)
def test_pages_are_the_budget_but_for_what_the_correction_still_owes(paged: list[bool], rate: float) -> None:
    correction, inside = 0.0, True
    for page in paged:
        correction = corrected(correction, rate, paged=page)
        inside = inside and abs(correction) < MOST_CORRECTION
    assert abs(correction) <= MOST_CORRECTION
    if inside:
        assert sum(paged) - rate * len(paged) == pytest.approx(correction / STEP, abs=1e-6)


def test_a_page_halves_the_chance_of_the_next() -> None:
    tail = Tail(2.0, 0.5)
    raised = tail.limit(0.01, corrected(0.0, 0.0, paged=True))
    assert raised == pytest.approx(tail.limit(0.005))


def test_the_rate_is_kept_where_theory_and_tail_are_wrong() -> None:
    draw, rate, correction, count, tops = np.random.default_rng(3), 1 / 50, 0.0, 0, []
    for value in draw.standard_t(2, 3_000):
        page = value >= limit_of(tops[-90:], rate, normal_tail(1, rate), correction=correction)
        correction = corrected(correction, rate, paged=page)
        tops.append(min(value, 5.0))
        count += page
    assert abs(correction) < MOST_CORRECTION
    assert count / 3_000 == pytest.approx(rate, rel=0.1)

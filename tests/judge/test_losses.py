"""The losses by which a canary is judged, of every problem."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import PLAN
from watchkeeper.domain.judgements import Criterion, Outcome
from watchkeeper.domain.problems import Problem
from watchkeeper.judge import Block, Evidence, bounds_of, judge, log_losses, losses_of, scaled_errors


def test_two_classes_cost_what_their_probability_costs() -> None:
    draw = np.random.default_rng(0)
    answers, labels = draw.random(50), draw.integers(0, 2, 50).astype(float)
    answers[3] = math.nan
    both = np.column_stack([1 - answers, answers])
    assert log_losses(both, labels) == pytest.approx(log_losses(answers, labels))


def test_a_label_that_is_no_class_costs_nothing_and_no_answer_the_most() -> None:
    answers = np.array([[0.5, 0.25, 0.25], [math.nan] * 3, [0.0, 0.0, 1.0], [1.0, 0.0, 0.0]])
    losses = log_losses(answers, np.array([7.0, 0.0, 0.0, 0.0]))
    assert math.isnan(losses[0])
    assert losses[1:].tolist() == pytest.approx([-math.log(0.01), -math.log(0.01), -math.log(0.99)])


@given(st.floats(1e-3, 1e3))
def test_errors_mean_the_same_in_every_unit(unit: float) -> None:
    draw = np.random.default_rng(1)
    answers, labels = draw.normal(size=30), draw.normal(size=30)
    plain = losses_of(Problem.REGRESSION, answers, labels, 0.8)
    assert losses_of(Problem.REGRESSION, answers * unit, labels * unit, 0.8 * unit) == pytest.approx(plain)


def test_an_error_counts_at_most_as_ten_usual_ones_and_no_answer_as_the_most() -> None:
    assert scaled_errors(np.array([1.0, 1e9, math.nan]), np.zeros(3), 2.0).tolist() == [0.5, 10.0, 10.0]


@pytest.mark.parametrize("usual", [math.nan, 0.0, math.inf, -1.0])
def test_without_a_usual_error_the_labels_own_unit_is_taken(usual: float) -> None:
    assert scaled_errors(np.array([3.0]), np.array([1.0]), usual).tolist() == [2.0]


@pytest.mark.parametrize("problem", list(Problem))
def test_no_loss_lies_beyond_its_bounds(problem: Problem) -> None:
    low, high = bounds_of(problem)
    answers = np.array([0.0, 1.0, 0.5, math.nan, 1e9])
    losses = losses_of(problem, answers, np.array([1.0, 0.0, 1.0, 1.0, 0.0]), 1e-3)
    assert low <= losses.min()
    assert losses.max() == pytest.approx(high)


@pytest.mark.parametrize(("worse", "outcome"), [(1.0, Outcome.NO_WORSE), (1.6, Outcome.WORSE)])
def test_a_margin_is_a_share_of_the_champions_error_whatever_the_unit(worse: float, outcome: Outcome) -> None:
    draw = np.random.default_rng(2)
    unit = 1_000.0

    def losses(size: int, factor: float) -> np.ndarray:
        return losses_of(Problem.REGRESSION, draw.laplace(0, unit * factor, size), np.zeros(size), unit)

    blocks = [Block(losses(2_000, worse), losses(2_000, 1.0)) for _ in range(12)]
    criterion = Criterion("loss", 0.1, bounds=bounds_of(Problem.REGRESSION))
    assert judge([Evidence(criterion, blocks)], PLAN).outcome is outcome

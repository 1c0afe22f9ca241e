"""Metrics of regression and multiclass models against scikit-learn's, and where they are undefined."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import (
    accuracy_score,
    brier_score_loss,
    log_loss,
    mean_absolute_error,
    r2_score,
    roc_auc_score,
    root_mean_squared_error,
)

from watchkeeper.domain.problems import Problem
from watchkeeper.profiles.metrics import classification_metrics, metrics_of, multiclass_metrics, regression_metrics

seeds = st.integers(0, 10_000)


def drawn(seed: int, rows: int = 60, classes: int = 4) -> tuple[np.ndarray, np.ndarray]:
    """Probabilities with ties, and labels among which every class occurs."""
    draw = np.random.default_rng(seed)
    weights = draw.integers(1, 6, (rows, classes)).astype(float)
    return weights / weights.sum(axis=1, keepdims=True), np.r_[
        0:classes, draw.integers(0, classes, rows - classes)
    ] * 1.0


@settings(max_examples=30, deadline=None)
@given(seeds)
def test_multiclass_metrics_are_scikit_learns(seed: int) -> None:
    answers, truth = drawn(seed)
    found = multiclass_metrics(answers, truth)
    assert found["auc"] == pytest.approx(roc_auc_score(truth, answers, multi_class="ovr", average="macro"))
    assert found["log_loss"] == pytest.approx(log_loss(truth, answers))
    assert found["brier"] == pytest.approx(brier_score_loss(truth, answers, labels=[0, 1, 2, 3], scale_by_half=False))
    assert found["accuracy"] == pytest.approx(accuracy_score(truth, answers.argmax(axis=1)))
    assert found["calibration_gap"] == pytest.approx(answers.max(axis=1).mean() - found["accuracy"])


@settings(max_examples=30, deadline=None)
@given(seeds)
def test_two_classes_as_multiclass_have_the_metrics_of_a_binary_model(seed: int) -> None:
    answers, truth = drawn(seed, classes=2)
    many, two = multiclass_metrics(answers, truth), classification_metrics(answers[:, 1], truth)
    for name in ("auc", "log_loss", "excess_log_loss"):
        assert many[name] == pytest.approx(two[name])
    assert many["brier"] == pytest.approx(2 * two["brier"])


@settings(max_examples=30, deadline=None)
@given(seeds)
def test_regression_metrics_are_scikit_learns(seed: int) -> None:
    draw = np.random.default_rng(seed)
    answers, truth = draw.normal(3, 2, 50), draw.normal(2, 5, 50)
    found = regression_metrics(answers, truth)
    assert found["mae"] == pytest.approx(mean_absolute_error(truth, answers))
    assert found["rmse"] == pytest.approx(root_mean_squared_error(truth, answers))
    assert found["r2"] == pytest.approx(r2_score(truth, answers))
    assert found["bias"] == pytest.approx(answers.mean() - truth.mean())
    assert found["spread"] == pytest.approx(truth.std())


def test_always_answering_the_shares_of_the_classes_has_no_excess() -> None:
    truth = np.repeat([0.0, 1.0, 2.0], [50, 30, 20])
    found = multiclass_metrics(np.tile([0.5, 0.3, 0.2], (100, 1)), truth)
    assert found["excess_log_loss"] == pytest.approx(0.0)
    assert (found["auc"], found["majority_rate"], found["accuracy"]) == (0.5, 0.5, 0.5)


def test_rows_of_which_a_part_is_missing_are_left_out() -> None:
    answers, truth = drawn(1)
    holed, untrue = answers.copy(), truth.copy()
    holed[5, 2], untrue[9] = math.nan, math.nan
    kept = np.setdiff1d(np.arange(60), [5, 9])
    assert multiclass_metrics(holed, untrue) == multiclass_metrics(answers[kept], truth[kept])
    numbers = np.arange(60.0)
    assert regression_metrics(np.where(numbers == 5, math.inf, numbers), untrue) == regression_metrics(
        numbers[kept], truth[kept]
    )


@pytest.mark.parametrize(
    ("answers", "truth"),
    [
        (np.empty((0, 3)), np.empty(0)),
        (np.empty(0), np.empty(0)),
        (np.array([0.2, 0.8]), np.array([0.0, 1.0])),
        (np.array([[0.5, 0.4]]), np.array([0.0])),
        (np.array([[1.5, -0.5]]), np.array([0.0])),
        (np.array([[0.5, 0.5]]), np.array([2.0])),
        (np.array([[0.5, 0.5]]), np.array([0.5])),
        (np.array([[math.nan, 0.5]]), np.array([0.0])),
    ],
)
def test_without_probabilities_of_classes_nothing_is_known(answers: np.ndarray, truth: np.ndarray) -> None:
    found = multiclass_metrics(answers, truth)
    assert found.keys() == multiclass_metrics(*drawn(0)).keys()
    assert all(math.isnan(value) for value in found.values())


def test_of_one_class_alone_no_ranking_is_known_and_of_one_value_no_share_of_variance() -> None:
    found = multiclass_metrics(np.array([[0.7, 0.3], [0.6, 0.4]]), np.zeros(2))
    assert math.isnan(found["auc"])
    assert found["accuracy"] == 1.0
    assert math.isnan(regression_metrics(np.array([1.0, 2.0]), np.array([3.0, 3.0]))["r2"])
    assert all(math.isnan(value) for value in regression_metrics(np.array([math.nan]), np.zeros(1)).values())


def test_every_problem_has_its_own_metrics() -> None:
    answers, truth = drawn(3)
    assert metrics_of(Problem.MULTICLASS, answers, truth) == multiclass_metrics(answers, truth)
    assert metrics_of(Problem.REGRESSION, answers[:, 0], truth) == regression_metrics(answers[:, 0], truth)
    binary = (truth > 0).astype(float)
    assert metrics_of(Problem.BINARY, answers[:, 0], binary) == classification_metrics(answers[:, 0], binary)

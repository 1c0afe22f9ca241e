"""Laws of a layer: it keeps the ranking, leaves well alone, and mends what has shifted."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import expit, logit

from watchkeeper.domain.problems import Problem
from watchkeeper.layers import ClassLayer, ValueLayer, fit_layer
from watchkeeper.profiles.metrics import auc, classification_metrics, multiclass_metrics

N = 20_000


def drawn(slope: float = 1.0, intercept: float = 0.0, rows: int = N, seed: int = 1) -> tuple[np.ndarray, np.ndarray]:
    """Answers, and labels that come true as a layer of this slope and intercept would say."""
    draw = np.random.default_rng(seed)
    answers = expit(draw.normal(-1.0, 1.2, rows))
    labels = (draw.random(rows) < expit(slope * logit(answers) + intercept)).astype(float)
    return answers, labels


def binary(answers: np.ndarray, labels: np.ndarray, prior: float = 0.0) -> ClassLayer:
    layer = fit_layer(Problem.BINARY, answers, labels, prior)
    assert isinstance(layer, ClassLayer)
    return layer


def intercept(layer: ClassLayer) -> float:
    return layer.offsets[1] - layer.offsets[0]


def test_calibrated_answers_are_left_as_they_are() -> None:
    answers, labels = drawn()
    assert np.abs(binary(answers, labels).apply(answers) - answers).max() < 0.02


def test_what_shifted_is_found() -> None:
    layer = binary(*drawn(0.8, 0.5))
    assert layer.slope == pytest.approx(0.8, abs=0.04)
    assert intercept(layer) == pytest.approx(0.5, abs=0.06)
    assert str(layer) == f"slope {layer.slope:.2f}, intercept {intercept(layer):+.2f}"


@pytest.mark.parametrize("shift", [-1.0, -0.4, 0.6])
def test_a_shifted_base_rate_is_met_again_and_the_log_loss_falls_on_records_that_were_held_out(shift: float) -> None:
    layer = binary(*drawn(1.0, shift), prior=200)
    answers, labels = drawn(1.0, shift, seed=2)
    before, after = (classification_metrics(a, labels) for a in (answers, layer.apply(answers)))
    assert abs(after["calibration_gap"]) < 0.02 < abs(before["calibration_gap"])
    assert after["log_loss"] < before["log_loss"]
    assert after["auc"] == pytest.approx(before["auc"], abs=1e-12)


@settings(max_examples=50, deadline=None)
@given(
    slope=st.floats(-2, 3),
    shift=st.floats(-3, 3),
    rows=st.integers(0, 300),
    prior=st.sampled_from([0.0, 10.0, 200.0]),
    seed=st.integers(0, 99),
)
def test_whatever_came_true_the_ranking_stays(slope: float, shift: float, rows: int, prior: float, seed: int) -> None:
    layer = binary(*drawn(slope, shift, rows, seed), prior=prior or 1.0)
    grid = np.linspace(0.001, 0.999, 200)
    assert layer.slope >= 0.1
    assert np.isfinite(layer.apply(grid)).all()
    truth = (np.arange(200) % 3 == 0).astype(float)
    assert auc(layer.apply(grid), truth) == pytest.approx(auc(grid, truth), abs=0.02)


@settings(max_examples=50, deadline=None)
@given(rows=st.integers(0, 40), shift=st.floats(-3, 3), seed=st.integers(0, 99))
def test_little_evidence_does_little(rows: int, shift: float, seed: int) -> None:
    """Whatever 40 records say, against 4,000 of the prior's no answer moves by more than a point or two."""
    answers, labels = drawn(1.0, shift, rows, seed)
    grid = np.linspace(0.05, 0.95, 50)
    assert np.abs(binary(answers, labels, prior=4_000).apply(grid) - grid).max() < 0.03


def test_no_records_at_all_move_nothing() -> None:
    none = np.empty(0)
    grid = np.linspace(0.01, 0.99, 50)
    np.testing.assert_allclose(binary(none, none, prior=200).apply(grid), grid)
    assert fit_layer(Problem.REGRESSION, none, none, 200) == ValueLayer(1.0, 0.0)


def test_answers_that_are_all_the_same_and_all_wrong_are_mended_without_breaking() -> None:
    layer = binary(np.full(500, 0.2), np.ones(500), prior=100)
    assert layer.apply(np.array([0.2]))[0] == pytest.approx((500 + 100 * 0.2) / 600, abs=0.01)


def test_more_evidence_against_the_prior_does_more() -> None:
    answers, labels = drawn(1.0, 0.8, 3_000)
    found = [intercept(binary(answers, labels, prior)) for prior in (0, 300, 3_000, 30_000)]
    assert found == sorted(found, reverse=True)
    assert found[-1] < 0.15
    assert found[0] > 0.6


def test_answers_that_speak_against_the_truth_are_flattened_and_not_turned() -> None:
    layer = binary(*drawn(-1.0, 0.0))
    assert layer.slope == 0.1
    answers, labels = drawn(-1.0, 0.0, seed=2)
    assert classification_metrics(layer.apply(answers), labels)["calibration_gap"] == pytest.approx(0, abs=0.02)


def test_records_without_label_or_answer_are_left_out() -> None:
    answers, labels = drawn(0.9, 0.3, 2_000)
    holes = np.where(np.arange(2_000) % 5 == 0, np.nan, labels)
    known = np.isfinite(holes)
    answers_with_holes = np.append(answers, np.nan)
    assert binary(answers_with_holes, np.append(holes, 1.0)) == binary(answers[known], labels[known])


def test_a_missing_answer_stays_missing() -> None:
    layer = binary(*drawn(0.9, 0.3, 2_000))
    assert np.isnan(layer.apply(np.array([np.nan, 0.5]))).tolist() == [True, False]


def test_of_many_classes_each_has_its_offset() -> None:
    draw = np.random.default_rng(3)
    logs = draw.normal(0, 1, (N, 3))
    answers = np.exp(logs) / np.exp(logs).sum(axis=1, keepdims=True)
    truth = ClassLayer(0.7, (0.0, 0.8, -0.5)).apply(answers)
    labels = (truth.cumsum(axis=1) < draw.random((N, 1))).sum(axis=1).astype(float)
    layer = fit_layer(Problem.MULTICLASS, answers[: N // 2], labels[: N // 2], 200)
    assert isinstance(layer, ClassLayer)
    assert layer.slope == pytest.approx(0.7, abs=0.06)
    held, true = answers[N // 2 :], labels[N // 2 :]
    before, after = (multiclass_metrics(a, true)["log_loss"] for a in (held, layer.apply(held)))
    assert after < before - 0.05
    np.testing.assert_allclose(layer.apply(held).sum(axis=1), 1.0)
    assert str(layer).startswith("slope 0.7")
    assert str(layer).count(",") == 3


def test_a_regressions_offset_and_scale_are_found_in_spite_of_outliers() -> None:
    draw = np.random.default_rng(4)
    answers = draw.normal(100, 20, 5_000)
    labels = 1.2 * answers - 15 + draw.normal(0, 5, 5_000)
    labels[:50] = 1e6
    layer = fit_layer(Problem.REGRESSION, answers, labels, 0)
    assert isinstance(layer, ValueLayer)
    assert layer.scale == pytest.approx(1.2, abs=0.03)
    assert layer.apply(np.array([100.0]))[0] == pytest.approx(105, abs=1)
    assert str(layer) == f"scale {layer.scale:.3g}, offset {layer.offset:+.3g}"


def test_skewed_residuals_keep_their_mean() -> None:
    draw = np.random.default_rng(5)
    answers = draw.normal(0, 1, N)
    labels = answers + draw.exponential(1.0, N)
    layer = fit_layer(Problem.REGRESSION, answers, labels, 0)
    assert (layer.apply(answers) - labels).mean() == pytest.approx(0, abs=0.05)


@settings(max_examples=50, deadline=None)
@given(scale=st.floats(-3, 3), offset=st.floats(-1e3, 1e3), rows=st.integers(0, 100), seed=st.integers(0, 99))
def test_a_regressions_ranking_stays_too(scale: float, offset: float, rows: int, seed: int) -> None:
    draw = np.random.default_rng(seed)
    answers = draw.normal(0, 10, rows)
    layer = fit_layer(Problem.REGRESSION, answers, scale * answers + offset + draw.normal(0, 1, rows), 1.0)
    assert isinstance(layer, ValueLayer)
    assert layer.scale >= 0.1
    assert np.isfinite(layer.offset)


def test_a_regression_is_drawn_towards_what_it_says_by_the_prior() -> None:
    answers = np.linspace(0, 100, 200)
    found = [
        fit_layer(Problem.REGRESSION, answers, answers + 30, prior).apply(np.array([50.0]))[0] for prior in (0, 200)
    ]
    assert found[0] == pytest.approx(80, abs=0.1)
    assert found[1] == pytest.approx(65, abs=0.1)

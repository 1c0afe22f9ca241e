"""Expected metrics against metrics of labels that are really drawn."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from watchkeeper.estimates.chances import expected_auc, expected_f1, expected_mean, of_many, of_two
from watchkeeper.profiles.metrics import classification_metrics, multiclass_metrics

TIMES = 1_500


def drawn_two(answers: np.ndarray, chances: np.ndarray) -> dict[str, np.ndarray]:
    draw = np.random.default_rng(1)
    runs = [classification_metrics(answers, (draw.random(answers.size) < chances) * 1.0) for _ in range(TIMES)]
    return {name: np.array([run[name] for run in runs]) for name in runs[0]}


def test_metrics_of_drawn_labels_lie_around_the_expected_ones_as_far_as_is_said() -> None:
    draw = np.random.default_rng(0)
    answers = draw.beta(1.5, 3, 300).round(2)
    chances = np.clip(answers * 0.8 + 0.05, 0, 1)
    seen = drawn_two(answers, chances)
    for name, expected in of_two(answers, chances).items():
        error = seen[name].std()
        assert expected.value == pytest.approx(seen[name].mean(), abs=max(4 * error / math.sqrt(TIMES), 2e-3)), name
        assert expected.error == pytest.approx(error, rel=0.12), name


def test_so_do_those_of_many_classes() -> None:
    draw = np.random.default_rng(2)
    answers = draw.dirichlet([2, 1, 0.5], 300)
    chances = 0.8 * answers + 0.2 / 3
    labels = [(draw.random((300, 1)) > chances.cumsum(axis=1)).sum(axis=1) * 1.0 for _ in range(TIMES)]
    runs = [multiclass_metrics(answers, np.minimum(drawn, 2)) for drawn in labels]
    for name, expected in of_many(answers, chances).items():
        seen = np.array([run[name] for run in runs])
        assert expected.value == pytest.approx(seen.mean(), abs=max(4 * seen.std() / math.sqrt(TIMES), 2e-3)), name
        assert expected.error == pytest.approx(seen.std(), rel=0.12), name


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000))
def test_of_sure_chances_the_expected_metrics_are_the_metrics(seed: int) -> None:
    draw = np.random.default_rng(seed)
    answers, labels = draw.integers(1, 10, 40) / 10, np.r_[0.0, 1.0, draw.integers(0, 2, 38)]
    real = classification_metrics(answers, labels)
    for name, expected in of_two(answers, labels).items():
        assert expected.value == pytest.approx(real[name], nan_ok=True), name
        assert expected.error == pytest.approx(0.0, abs=1e-7)


def test_two_classes_are_expected_what_a_binary_model_is() -> None:
    draw = np.random.default_rng(3)
    answers, chances = draw.random(50), draw.random(50)
    two = of_two(answers, chances)
    many = of_many(np.column_stack([1 - answers, answers]), np.column_stack([1 - chances, chances]))
    for name in ("auc", "accuracy", "log_loss"):
        assert many[name].value == pytest.approx(two[name].value)
        assert many[name].error == pytest.approx(two[name].error)
    assert many["brier"].value == pytest.approx(2 * two["brier"].value)


def test_what_cannot_occur_is_not_ranked() -> None:
    assert math.isnan(expected_auc(np.array([0.2, 0.8]), np.zeros(2))[0])
    found = of_many(np.array([[0.5, 0.3, 0.2]] * 4), np.array([[1.0, 0.0, 0.0]] * 4))
    assert math.isnan(found["auc"].value)
    assert found["accuracy"].value == 1.0
    some = of_many(np.array([[0.5, 0.5, 0.0], [0.3, 0.7, 0.0]]), np.array([[0.5, 0.5, 0.0], [0.2, 0.8, 0.0]]))
    assert 0.5 < some["auc"].value < 1


def test_of_nothing_nothing_is_expected() -> None:
    assert math.isnan(expected_mean(np.empty((0, 2)), np.empty((0, 2))).value)
    assert math.isnan(expected_f1(np.zeros(3), np.zeros(3)).value)

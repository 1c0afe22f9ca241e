"""Metrics against scikit-learn's, and where they are undefined."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import accuracy_score, brier_score_loss, f1_score, log_loss, roc_auc_score

from watchkeeper.profiles.metrics import auc, classification_metrics, entropy

pairs = st.lists(st.tuples(st.integers(0, 10).map(lambda tenth: tenth / 10), st.booleans()), min_size=1, max_size=40)


@settings(max_examples=40, deadline=None)
@given(pairs)
def test_metrics_are_scikit_learns_ties_included(drawn: list[tuple[float, bool]]) -> None:
    answers, truth = np.array([p for p, _ in drawn]), np.array([float(y) for _, y in drawn])
    found = classification_metrics(answers, truth)
    clipped = np.clip(answers, 1e-6, 1 - 1e-6)
    assert found["log_loss"] == pytest.approx(log_loss(truth, clipped, labels=[0, 1]))
    assert found["brier"] == pytest.approx(brier_score_loss(truth, answers, pos_label=1))
    assert found["accuracy"] == pytest.approx(accuracy_score(truth, answers >= 0.5))
    if 0 < truth.sum() < truth.size:
        assert found["auc"] == pytest.approx(roc_auc_score(truth, answers))
        assert found["f1"] == pytest.approx(f1_score(truth, answers >= 0.5))
    else:
        assert math.isnan(found["auc"])


def test_always_answering_the_base_rate_has_no_excess_and_no_gap() -> None:
    truth = np.repeat([0.0, 1.0], [75, 25])
    found = classification_metrics(np.full(100, 0.25), truth)
    assert found["excess_log_loss"] == pytest.approx(0.0)
    assert (found["calibration_gap"], found["base_rate"], found["auc"]) == (0.0, 0.25, 0.5)
    assert found["log_loss"] == pytest.approx(entropy(0.25))


def test_a_useful_model_has_less_than_no_excess() -> None:
    found = classification_metrics(np.repeat([0.1, 0.9], 50), np.repeat([0.0, 1.0], 50))
    assert found["excess_log_loss"] < -0.5


def test_one_sure_mistake_does_not_cost_infinity() -> None:
    assert classification_metrics(np.array([1.0]), np.array([0.0]))["log_loss"] == pytest.approx(13.8, abs=0.02)


def test_pairs_of_which_a_half_is_missing_are_left_out() -> None:
    answers, truth = np.array([0.2, math.nan, 0.8, 0.9]), np.array([0.0, 1.0, 1.0, math.nan])
    assert classification_metrics(answers, truth) == classification_metrics(np.array([0.2, 0.8]), np.array([0.0, 1.0]))


@pytest.mark.parametrize(
    ("answers", "truth"),
    [([], []), ([math.nan], [1.0]), ([1.5], [1.0]), ([-0.1], [0.0]), ([0.5], [2.0]), ([0.5], [0.5])],
)
def test_without_probabilities_and_their_labels_nothing_is_known(answers: list[float], truth: list[float]) -> None:
    found = classification_metrics(np.array(answers), np.array(truth))
    assert found.keys() == classification_metrics(np.array([0.5]), np.array([1.0])).keys()
    assert all(math.isnan(value) for value in found.values())


def test_the_auc_of_one_label_alone_is_not_defined() -> None:
    assert math.isnan(auc(np.array([0.1, 0.2]), np.array([1.0, 1.0])))


def test_a_certain_label_has_no_entropy() -> None:
    assert (entropy(0.0), entropy(1.0)) == (0.0, 0.0)
    assert entropy(0.5) == pytest.approx(math.log(2))

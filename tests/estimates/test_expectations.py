"""What is expected of a model whose records were seen: right while the world means the same, blind when it turns."""

import math

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.isotonic import IsotonicRegression

from watchkeeper.domain.estimates import Estimate
from watchkeeper.estimates import expect_classes, expect_errors
from watchkeeper.estimates.maps import CalibrationMap, fit_map
from watchkeeper.profiles import Kind
from watchkeeper.profiles.metrics import classification_metrics, multiclass_metrics, regression_metrics

NONE = pa.table({})
KINDS = {"size": Kind.NUMERIC, "place": Kind.CATEGORICAL, "open": Kind.BOOLEAN, "note": Kind.TEXT, "at": Kind.DATETIME}


def told(estimates: tuple[Estimate, ...]) -> dict[str, Estimate]:
    return {estimate.metric: estimate for estimate in estimates}


def overconfident(rows: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Answers that are further from one half than the chances, and labels drawn by those."""
    draw = np.random.default_rng(seed)
    odds = draw.normal(size=rows)
    return 1 / (1 + np.exp(-2.5 * odds)), (draw.random(rows) < 1 / (1 + np.exp(-odds))) * 1.0


def test_answers_that_are_too_sure_are_mapped_to_what_came_true() -> None:
    answers, labels = overconfident(8_000, 0)
    found = fit_map(answers, labels)
    isotonic = IsotonicRegression(out_of_bounds="clip").fit(answers, labels)
    asked = np.linspace(-0.1, 1.1, 50)
    np.testing.assert_allclose(found.apply(asked), isotonic.predict(asked))


@settings(max_examples=30, deadline=None)
@given(st.lists(st.floats(0, 1), min_size=1, max_size=20))
def test_a_map_never_falls(asked: list[float]) -> None:
    mapped = fit_map(*overconfident(500, 1)).apply(np.sort(np.array(asked)))
    assert (np.diff(mapped) >= 0).all()
    assert ((mapped >= 0) & (mapped <= 1)).all()


def test_answers_that_are_right_already_few_or_sure_are_left_as_they_are() -> None:
    draw = np.random.default_rng(2)
    answers = draw.random(20_000)
    right = fit_map(answers, (draw.random(20_000) < answers) * 1.0)
    rare = fit_map(answers, (np.arange(20_000) < 5) * 1.0)
    sure = fit_map(answers, (answers > 0.5) * 1.0)
    assert [m.said.size for m in (right, rare, sure)] == [0, 0, 0]
    np.testing.assert_array_equal(CalibrationMap.identity().apply(answers), answers)


def test_quality_is_expected_within_its_error_while_the_world_means_the_same() -> None:
    expectation = expect_classes(*overconfident(8_000, 3))
    answers, labels = overconfident(4_000, 4)
    moved = answers > 0.5  # other requests than in training, of the same meaning
    real = classification_metrics(answers[moved], labels[moved])
    for name, expected in told(expectation.estimates([(answers[moved], NONE)])).items():
        assert expected.value == pytest.approx(real[name], abs=4 * expected.error), name


def test_an_expectation_does_not_see_that_the_world_has_turned() -> None:
    expectation = expect_classes(*overconfident(8_000, 3))
    answers, labels = overconfident(4_000, 4)
    expected = told(expectation.estimates([(answers, NONE)]))["auc"]
    assert classification_metrics(answers, 1 - labels)["auc"] < 0.5
    assert expected.value > 0.7


def test_classes_are_expected_too_and_their_chances_add_up() -> None:
    draw = np.random.default_rng(5)

    def some(rows: int) -> tuple[np.ndarray, np.ndarray]:
        chances = draw.dirichlet([1, 1, 1], rows)
        sharp = chances**2 / (chances**2).sum(axis=1, keepdims=True)
        return sharp, np.minimum((draw.random((rows, 1)) > chances.cumsum(axis=1)).sum(axis=1), 2) * 1.0

    expectation = expect_classes(*some(8_000))
    answers, labels = some(3_000)
    np.testing.assert_allclose(expectation.chances(answers).sum(axis=1), 1.0)
    real = multiclass_metrics(answers, labels)
    for name, expected in told(expectation.estimates([(answers[:1_000], NONE), (answers[1_000:], NONE)])).items():
        assert expected.value == pytest.approx(real[name], abs=4.5 * expected.error), name
        assert expected.rows == 3_000


def test_without_answers_nothing_is_expected() -> None:
    expectation = expect_classes(*overconfident(500, 3))
    assert expectation.estimates([]) == ()
    assert expectation.estimates([(np.array([math.nan]), NONE)]) == ()


def noisy(rows: int, seed: int, most: float) -> tuple[np.ndarray, np.ndarray, pa.Table]:
    """Answers whose errors grow with `size`, and are doubled at place `b`."""
    draw = np.random.default_rng(seed)
    size, place = draw.uniform(0, most, rows), draw.choice(["a", "b"], rows)
    labels = draw.normal(0, 0.2 + size * np.where(place == "b", 2, 1))
    at = pa.array(draw.integers(0, 10**9, rows), pa.timestamp("s", "UTC"))
    table = {
        "size": size,
        "place": pa.array(place).dictionary_encode(),
        "open": size > 1,
        "note": ["x"] * rows,
        "at": at,
    }
    return np.zeros(rows), labels, pa.table(table)


def test_errors_are_expected_where_the_features_make_them() -> None:
    expectation = expect_errors(*noisy(6_000, 0, 2.0), KINDS)
    for seed, most in ((1, 0.5), (2, 2.0)):
        answers, labels, features = noisy(3_000, seed, most)
        real = regression_metrics(answers, labels)
        halves = [(answers[part], features.take(part)) for part in (np.arange(1_000), np.arange(1_000, 3_000))]
        for name, expected in told(expectation.estimates(halves)).items():
            assert expected.value == pytest.approx(real[name], rel=0.15), (name, most)
            assert expected.rows == 3_000


def test_features_that_are_missing_or_of_another_type_cost_no_expectation() -> None:
    answers, labels, features = noisy(2_000, 0, 2.0)
    expectation = expect_errors(answers, labels, features, KINDS)
    strange = pa.table({"size": [math.inf] * 5, "open": ["x"] * 5, "place": pa.array([[1]] * 5), "at": [None] * 5})
    found = told(expectation.estimates([(np.array([0.0, 0.0, math.nan, 0.0, 0.0]), strange)]))
    assert found["mae"].rows == 4
    assert found["mae"].value > 0
    assert expectation.estimates([(np.array([math.nan]), features.slice(0, 1))]) == ()


def test_an_error_of_the_mean_shrinks_with_the_root_of_the_rows() -> None:
    answers, labels, features = noisy(4_000, 0, 2.0)
    expectation = expect_errors(answers, labels, features, KINDS)
    few, many = (told(expectation.estimates([(answers[:n], features.slice(0, n))])) for n in (1_000, 4_000))
    assert few["mae"].error == pytest.approx(2 * many["mae"].error)
    assert many["mae"].error == pytest.approx(np.abs(labels).std() / math.sqrt(4_000))
    assert many["rmse"].error == pytest.approx((labels**2).std() / math.sqrt(4_000) / 2 / many["rmse"].value)

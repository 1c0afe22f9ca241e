"""An estimator under a layer is one like any other, and never has two."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.linear_model import LinearRegression, LogisticRegression

from watchkeeper.layers import ClassLayer, RecalibratedClassifier, RecalibratedRegressor, ValueLayer

DRAW = np.random.default_rng(0)
FRAME = pd.DataFrame({"a": DRAW.normal(size=300)})
VAGUE = FRAME["a"] + DRAW.normal(size=300)
BINARY = LogisticRegression().fit(FRAME, (VAGUE > 0.3).astype(float))
THREE = LogisticRegression().fit(FRAME, np.digitize(VAGUE, [-0.5, 0.5]))
LINE = LinearRegression().fit(FRAME, 3 * FRAME["a"] + 1)

numbers = st.floats(-2, 2)
slopes = st.floats(0.3, 2)


def test_the_identity_changes_nothing() -> None:
    for estimator, layer in ((BINARY, ClassLayer(1, (0, 0))), (THREE, ClassLayer(1, (0, 0, 0)))):
        made = layer.over(estimator)
        np.testing.assert_allclose(made.predict_proba(FRAME), estimator.predict_proba(FRAME), atol=1e-6)
        assert made.predict(FRAME).tolist() == estimator.predict(FRAME).tolist()
        assert made.classes_.tolist() == estimator.classes_.tolist()
    assert ValueLayer(1, 0).over(LINE).predict(FRAME) == pytest.approx(LINE.predict(FRAME))


def test_the_answers_are_the_layers() -> None:
    layer = ClassLayer(0.8, (-0.2, 0.2))
    made = layer.over(BINARY)
    np.testing.assert_allclose(made.predict_proba(FRAME)[:, 1], layer.apply(BINARY.predict_proba(FRAME)[:, 1]))
    np.testing.assert_allclose(made.predict_proba(FRAME).sum(axis=1), 1.0)


@settings(max_examples=50, deadline=None)
@given(a=slopes, b=numbers, c=slopes, d=numbers)
def test_a_second_layer_takes_the_first_into_itself(a: float, b: float, c: float, d: float) -> None:
    once, again = ClassLayer(a, (0.0, b)), ClassLayer(c, (0.0, d))
    made = again.over(once.over(BINARY))
    assert isinstance(made, RecalibratedClassifier)
    assert made.estimator is BINARY
    expected = again.apply(once.apply(BINARY.predict_proba(FRAME)[:, 1]))
    np.testing.assert_allclose(made.predict_proba(FRAME)[:, 1], expected, atol=1e-4)


@settings(max_examples=50, deadline=None)
@given(a=slopes, b=numbers, c=slopes, d=numbers)
def test_so_does_a_regressions(a: float, b: float, c: float, d: float) -> None:
    made = ValueLayer(c, d).over(ValueLayer(a, b).over(LINE))
    assert isinstance(made, RecalibratedRegressor)
    assert made.estimator is LINE
    np.testing.assert_allclose(made.predict(FRAME), c * (a * LINE.predict(FRAME) + b) + d, atol=1e-9)


def test_one_number_a_row_and_two_are_recalibrated_alike() -> None:
    layer, p = ClassLayer(1.3, (0.1, -0.4)), np.array([0.01, 0.3, 0.9])
    np.testing.assert_allclose(layer.apply(np.column_stack([1 - p, p]))[:, 1], layer.apply(p))

"""The scales on which metrics are charted, and what chance alone makes of them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchkeeper.checks.scales import GAP, LOSS, SCORE_OF_ONE, SIZE, Scale, auc_error, share_error
from watchkeeper.profiles.metrics import auc

SCALES = {"score": (SCORE_OF_ONE, 0.001, 0.999), "size": (SIZE, 1e-6, 1e6), "loss": (LOSS, -9, 9), "gap": (GAP, -1, 1)}

every_scale = pytest.mark.parametrize(("scale", "low", "high"), SCALES.values(), ids=SCALES)


@every_scale
@given(st.data())
def test_a_metric_comes_back_from_its_scale(scale: Scale, low: float, high: float, data: st.DataObject) -> None:
    value = data.draw(st.floats(low, high))
    assert scale.metric(scale.chart(value)) == pytest.approx(value, rel=1e-6, abs=1e-12)


@every_scale
@given(st.data())
def test_upwards_is_worse(scale: Scale, low: float, high: float, data: st.DataObject) -> None:
    one, other = sorted(data.draw(st.tuples(st.floats(low, high), st.floats(low, high))))
    worse, better = (one, other) if scale is SCORE_OF_ONE else (other, one)
    assert scale.chart(worse) >= scale.chart(better)


@pytest.mark.parametrize("perfect", [0.0, 1.0])
def test_a_perfect_score_has_a_place_on_its_scale(perfect: float) -> None:
    assert abs(SCORE_OF_ONE.chart(perfect)) < 10
    assert SIZE.chart(0.0) < -20


def test_the_error_of_an_auc_is_what_samples_of_that_size_show_or_a_little_more() -> None:
    rng = np.random.default_rng(2)
    labels = np.repeat([1.0, 0.0], [60, 240])
    drawn = [auc(rng.normal(1.5 * labels), labels) for _ in range(800)]
    spread = np.std([SCORE_OF_ONE.chart(a) for a in drawn])
    assert spread <= auc_error(float(np.mean(drawn)), 60, 240) <= 1.3 * spread


def test_the_error_of_a_share_is_what_samples_of_that_size_show() -> None:
    drawn = np.random.default_rng(2).binomial(400, 0.8, 4_000) / 400
    assert share_error(0.8, 400) == pytest.approx(np.std([SCORE_OF_ONE.chart(a) for a in drawn]), rel=0.1)


@given(st.floats(0, 1), st.integers(1, 1000), st.integers(1, 1000))
def test_chance_always_makes_something(score: float, ones: int, zeros: int) -> None:
    assert auc_error(score, ones, zeros) > 0
    assert share_error(score, ones) > 0

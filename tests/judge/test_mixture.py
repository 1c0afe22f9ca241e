"""The t-mixture: an e-process that no one fools by looking often."""

import math

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy import integrate, stats

from watchkeeper.judge.mixture import EFFECTS, WEIGHTS, critical_ratio, log_evidence, radius
from watchkeeper.window import Floats

laws = settings(derandomize=True, deadline=None, max_examples=60)
differences = st.lists(st.floats(-4, 4), min_size=5, max_size=40).map(np.array)
ALPHA = 0.1


def evidence(y: Floats) -> float:
    """Of all values."""
    return float(path(y)[-1])


def path(y: Floats) -> Floats:
    """After each value."""
    squares = np.cumsum(y * y)
    return log_evidence(np.cumsum(y) / np.sqrt(np.where(squares > 0, squares, 1.0)), np.arange(1.0, y.size + 1))


def test_the_weights_of_the_bets_add_up_to_one() -> None:
    assert sum(WEIGHTS) == pytest.approx(1)
    assert len(WEIGHTS) == len(EFFECTS)


@pytest.mark.parametrize(("mean", "size"), [(0.3, 5), (-0.2, 12), (1.4, 6), (0.0, 60)])
def test_it_is_the_ratio_of_the_densities_of_students_t(mean: float, size: int) -> None:
    """What does not depend on the unit is, for one sample, as good as its t statistic: densities by another way."""
    y = np.random.default_rng(size).normal(mean, 1.0, size)
    t = y.mean() / y.std(ddof=1) * math.sqrt(size)
    null = stats.t.pdf(t, size - 1)
    ratios = [stats.nct.pdf(t, size - 1, effect * math.sqrt(size)) / null for effect in EFFECTS]
    assert evidence(y) == pytest.approx(math.log(np.dot(WEIGHTS, ratios)), abs=1e-3)


@laws
@given(differences, st.floats(0.01, 100))
def test_the_unit_does_not_matter(y: Floats, unit: float) -> None:
    assume(y.std() > 1e-3)
    assert evidence(unit * y) == pytest.approx(evidence(y), abs=1e-6)


@laws
@given(differences, st.floats(0.001, 3))
def test_a_smaller_mean_is_less_evidence(y: Floats, by: float) -> None:
    assume(y.std() > 1e-3)
    assert evidence(y - by) < evidence(y)


@laws
@given(differences, st.sampled_from([0.05, 0.025, 0.01]))
def test_the_confidence_sequence_is_all_that_has_not_been_rejected(y: Floats, alpha: float) -> None:
    assume(y.std() > 1e-3)
    n = np.array([float(y.size)])
    reach = float(radius(np.array([y.var()]), n, alpha)[0])
    if math.isinf(reach):
        assert evidence(y - y.mean() + 1e6) < -math.log(alpha)
        return
    assert evidence(y - (y.mean() - reach)) == pytest.approx(-math.log(alpha), abs=1e-4)
    assert evidence(-(y - (y.mean() + reach))) == pytest.approx(-math.log(alpha), abs=1e-4)


def test_two_blocks_bound_nothing() -> None:
    assert critical_ratio(1, 0.05) == math.inf
    assert radius(np.array([1.0]), np.array([1.0]), 0.05)[0] == math.inf


def test_on_average_it_is_one_whatever_the_deviation() -> None:
    """Of five normal values with mean 0, by integrating over their t statistic."""

    def gained(t: float) -> float:
        ratio = math.sqrt(5) * t / math.sqrt(t**2 + 4)
        return math.exp(log_evidence(np.array([ratio]), np.array([5.0]))[0]) * float(stats.t.pdf(t, 4))

    assert integrate.quad(gained, -400, 400, points=[0, 5, 20], limit=400)[0] == pytest.approx(1, abs=0.01)


def test_looking_often_does_not_fool_it_where_it_fools_a_t_test() -> None:
    draw = np.random.default_rng(7)
    fooled = fooled_t_test = 0
    for _ in range(400):
        x = draw.normal(0, 1, 60)
        n = np.arange(2, x.size + 1)
        mean, deviation = np.cumsum(x)[1:] / n, np.array([x[:k].std(ddof=1) for k in n])
        fooled += bool((path(x) >= -math.log(ALPHA)).any())
        fooled_t_test += bool((mean * np.sqrt(n) > 1.66 * deviation)[10:].any())
    assert fooled / 400 <= ALPHA
    assert fooled_t_test / 400 > 1.5 * ALPHA

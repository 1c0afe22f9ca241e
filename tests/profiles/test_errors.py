"""How wrong counts may be: as their bins are wide. Held to scipy on columns that make other engines blind."""

import math

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import ks_2samp, wasserstein_distance

from tests.profiles.adversaries import ADVERSARIES, Floats
from watchkeeper.profiles import Grid, Kind, NumericColumn, fit_grids, profile_batches
from watchkeeper.profiles.codes import LOWER_EDGES, UPPER_EDGES
from watchkeeper.profiles.distances import ks, wasserstein
from watchkeeper.profiles.shares import mean, quantile

SLACK = 1e-6
"""Values are rounded to 24 bits before they fall into a bin."""

shapes = pytest.mark.parametrize("shape", ADVERSARIES)


def column(values: Floats, grid: Grid) -> NumericColumn:
    counted = profile_batches([pa.table({"x": values})], {"x": Kind.NUMERIC}, {"x": grid}).columns["x"]
    assert isinstance(counted, NumericColumn)
    return counted


def both(first: Floats, second: Floats) -> tuple[NumericColumn, NumericColumn]:
    """Both columns on the grid that is fitted to the first."""
    grid = fit_grids(pa.table({"x": first}), {"x": Kind.NUMERIC})["x"]
    return column(first, grid), column(second, grid)


def drawn(shape: str, moved: float) -> tuple[Floats, Floats]:
    draw = np.random.default_rng(5)
    return ADVERSARIES[shape](draw, 6000, 0.0), ADVERSARIES[shape](draw, 4000, moved)


def fullest(*columns: NumericColumn) -> float:
    """The largest share of one bin."""
    return max(float(c.counts.max() / c.counts.sum()) for c in columns)


def mean_width(*columns: NumericColumn) -> float:
    """The mean over the sides of the mean width of the bins, in units of the grid's scale."""
    widths = UPPER_EDGES - LOWER_EDGES
    return float(np.mean([np.average(widths[c.bins], weights=c.counts) for c in columns]))


@shapes
@pytest.mark.parametrize("moved", [0.0, 0.1, 1.0])
def test_ks_is_off_by_no_more_than_the_fullest_bin_holds(shape: str, moved: float) -> None:
    first, second = drawn(shape, moved)
    ours, theirs = both(first, second)
    assert ks(ours, theirs) == pytest.approx(ks_2samp(first, second).statistic, abs=fullest(ours, theirs) + SLACK)


@shapes
@pytest.mark.parametrize("moved", [0.0, 0.1, 1.0])
def test_wasserstein_is_off_by_no_more_than_the_bins_are_wide(shape: str, moved: float) -> None:
    first, second = drawn(shape, moved)
    ours, theirs = both(first, second)
    exact = wasserstein_distance(first, second) / ours.grid.scale
    furthest = max(np.abs(np.concatenate([first, second]) - ours.grid.center)) / ours.grid.scale
    assert wasserstein(ours, theirs) == pytest.approx(exact, abs=mean_width(ours, theirs) + furthest * SLACK)


@pytest.mark.parametrize(
    ("shape", "most"),
    [
        ("one_outlier_and_a_shift", 0.005),
        ("nine_in_ten_zero", 0.005),
        ("milliseconds_since_1970", 0.005),
        ("tiny_spread_far_from_zero", 0.005),
        ("heavy_tails", 0.005),
        ("half_whole_numbers", 1e-12),
        ("many_magnitudes", 0.005),
        ("two_far_modes", 0.02),
        ("all_equal", 0.0),
    ],
)
def test_ks_of_columns_that_blind_others_is_exact_to_half_a_percent(shape: str, most: float) -> None:
    first, second = drawn(shape, 1.0)
    assert abs(ks(*both(first, second)) - ks_2samp(first, second).statistic) <= most


@shapes
@pytest.mark.parametrize("share", [0.001, 0.05, 0.25, 0.5, 0.75, 0.95, 0.999])
def test_a_quantile_lies_within_a_bin_of_the_exact_one(shape: str, share: float) -> None:
    values, _ = drawn(shape, 0.0)
    ours, _ = both(values, values)
    exact = float(np.quantile(values, share, method="inverted_cdf"))
    distance = abs(exact - ours.grid.center)
    assert quantile(ours, share) == pytest.approx(exact, abs=distance / 128 + distance * SLACK + 1e-30)


@shapes
def test_extremes_sum_and_size_are_exact(shape: str) -> None:
    values, _ = drawn(shape, 0.0)
    ours, _ = both(values, values)
    assert (ours.low, ours.high, ours.finite) == (values.min(), values.max(), values.size)
    assert math.isclose(mean(ours), math.fsum(values) / values.size, rel_tol=1e-9, abs_tol=1e-9 * np.abs(values).max())


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.floats(-1e30, 1e30), min_size=1, max_size=40),
    st.lists(st.floats(-1e30, 1e30), min_size=1, max_size=40),
)
def test_whatever_the_numbers_wasserstein_keeps_within_its_bound(first: list[float], second: list[float]) -> None:
    ours, theirs = both(np.array(first), np.array(second))
    values = np.array(first + second)
    exact = wasserstein_distance(first, second) / ours.grid.scale
    furthest = np.abs(values - ours.grid.center).max() / ours.grid.scale
    assert abs(wasserstein(ours, theirs) - exact) <= mean_width(ours, theirs) + furthest * SLACK + 1e-30

"""Distances against their exact values, and what each promises at its edges."""

import math

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.distance import jensenshannon
from scipy.stats import ks_2samp, wasserstein_distance

from tests.profiles.tables import categorical, numeric
from watchkeeper.profiles import Grid
from watchkeeper.profiles.distances import js, ks, psi, wasserstein
from watchkeeper.profiles.profile import Column

DISTANCES = (ks, js, psi, wasserstein)
SHAPES = {
    "normal": lambda rng, size: rng.normal(5, 2, size),
    "lognormal": lambda rng, size: rng.lognormal(0, 1.5, size),
    "heavy_tails": lambda rng, size: rng.standard_t(2, size),
    "counts": lambda rng, size: rng.poisson(4, size).astype(float),
    "uniform": lambda rng, size: rng.random(size),
    "mostly_zero": lambda rng, size: np.where(rng.random(size) < 0.9, 0.0, rng.exponential(3, size)),
    "milliseconds": lambda rng, size: 1.3726368e12 + rng.random(size) * 8.64e7,
}


def columns(first: object, second: object) -> tuple[Column, Column]:
    grid = Grid(float(np.median(first)), float(np.std(first)) or 1.0)
    return numeric(first, grid).columns["x"], numeric(second, grid).columns["x"]


def exact_ks(first: list[int], second: list[int]) -> float:
    """By its definition; scipy's p-value warns about the smallest samples."""
    at = sorted({*first, *second})
    return max(abs(np.mean([v <= x for v in first]) - np.mean([v <= x for v in second])) for x in at)


@pytest.mark.parametrize("shape", SHAPES)
def test_ks_and_wasserstein_are_exact_to_a_fraction_of_a_percent(shape: str) -> None:
    rng = np.random.default_rng(7)
    first = SHAPES[shape](rng, 20_000)
    second = SHAPES[shape](rng, 5_000) + 0.3 * first.std()
    reference, column = columns(first, second)
    scale = reference.grid.scale
    assert ks(reference, column) == pytest.approx(ks_2samp(first, second).statistic, abs=0.005)
    assert wasserstein(reference, column) == pytest.approx(wasserstein_distance(first, second) / scale, rel=0.01)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(-50, 50), min_size=1, max_size=30), st.lists(st.integers(-50, 50), min_size=1, max_size=30))
def test_small_whole_numbers_are_compared_exactly(first: list[int], second: list[int]) -> None:
    reference, column = numeric(first).columns["x"], numeric(second).columns["x"]
    assert ks(reference, column) == pytest.approx(exact_ks(first, second))
    half_bins = (np.abs(first).mean() + np.abs(second).mean()) / 256
    assert wasserstein(reference, column) == pytest.approx(wasserstein_distance(first, second), abs=half_bins + 1e-9)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.sampled_from("abcdef"), min_size=1), st.lists(st.sampled_from("cdefgh"), min_size=1))
def test_js_of_categories_is_scipys(first: list[str], second: list[str]) -> None:
    names = sorted(set(first + second))
    expected = jensenshannon([first.count(n) for n in names], [second.count(n) for n in names])
    assert js(categorical(first).columns["x"], categorical(second).columns["x"]) == pytest.approx(expected, abs=1e-7)


def test_js_of_numbers_is_scipys_over_the_references_quantiles() -> None:
    rng = np.random.default_rng(3)
    first, second = rng.normal(0, 1, 50_000), rng.normal(0.5, 1.2, 50_000)
    edges = np.quantile(first, np.linspace(0, 1, 21))
    edges = np.concatenate([[-np.inf], edges, [np.inf]])
    expected = jensenshannon(np.histogram(first, edges)[0], np.histogram(second, edges)[0])
    assert js(*columns(first, second)) == pytest.approx(expected, abs=0.01)


def test_psi_of_two_categories_is_the_formula_with_a_half_added() -> None:
    ours, theirs = np.array([30.5, 70.5, 0.5, 0.5, 0.5]), np.array([60.5, 40.5, 0.5, 0.5, 0.5])
    p, q = ours / ours.sum(), theirs / theirs.sum()
    found = psi(categorical(["a"] * 30 + ["b"] * 70).columns["x"], categorical(["a"] * 60 + ["b"] * 40).columns["x"])
    assert found == pytest.approx(((q - p) * np.log(q / p)).sum())


@pytest.mark.parametrize("shape", SHAPES)
def test_a_column_is_no_distance_from_itself(shape: str) -> None:
    column = numeric(SHAPES[shape](np.random.default_rng(1), 1000)).columns["x"]
    assert [distance(column, column) for distance in DISTANCES] == [0.0, 0.0, 0.0, 0.0]


@pytest.mark.parametrize("distance", DISTANCES)
def test_without_values_on_either_side_there_is_no_distance(distance: object) -> None:
    some, none = numeric([1.0, 2.0]).columns["x"], numeric(np.empty(0)).columns["x"]
    names, nobody = categorical(["a"]).columns["x"], categorical(pa.array([], pa.string())).columns["x"]
    for pair in ((some, none), (none, some), (none, none), (names, nobody), (nobody, names), (some, names)):
        assert math.isnan(distance(*pair))


def test_categories_have_no_wasserstein_distance() -> None:
    names = categorical(["a", "b"]).columns["x"]
    assert math.isnan(wasserstein(names, names))


def test_all_missing_is_as_far_as_can_be_for_js_and_nothing_for_ks() -> None:
    some, missing = numeric([1.0, 2.0]).columns["x"], numeric([math.nan, math.nan]).columns["x"]
    assert js(some, missing) == pytest.approx(math.sqrt(math.log(2)))
    assert psi(some, missing) > 0.5
    assert math.isnan(ks(some, missing))
    assert js(missing, some) == js(some, missing)


def test_a_category_that_may_hide_in_other_is_not_called_new() -> None:
    many = categorical([f"id{i:05}" for i in range(5000)]).columns["x"]
    others = categorical([f"id{i:05}" for i in range(3000, 5000)]).columns["x"]
    assert js(many, others) < 0.35
    assert js(many, categorical(["id00000"] * 500).columns["x"]) > 0.5


def test_columns_on_different_grids_are_compared_on_the_references() -> None:
    values = np.random.default_rng(2).normal(100, 5, 5000)
    here, there = numeric(values, Grid(100.0, 5.0)).columns["x"], numeric(values, Grid(0.0, 1.0)).columns["x"]
    assert ks(here, there) < 0.1
    assert wasserstein(here, there) < 0.05

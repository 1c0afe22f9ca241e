"""Columns that make other engines blind."""

import math

import numpy as np
import pyarrow as pa
import pytest

from tests.profiles.tables import categorical, numeric
from watchkeeper.profiles import Kind, fit_grids, profile_batches
from watchkeeper.profiles.distances import js, ks, psi, wasserstein
from watchkeeper.profiles.profile import Column
from watchkeeper.profiles.shares import (
    beyond,
    infinite_share,
    is_single_valued,
    mean,
    mode_share,
    null_share,
    out_of_range_share,
    quantile,
    unseen,
    unseen_share,
    wrong_share,
)

RNG = np.random.default_rng(11)


def pair(first: np.ndarray, second: np.ndarray) -> tuple[Column, Column]:
    """Both columns on the grid that is fitted to the first."""
    table = pa.table({"x": first})
    grids = fit_grids(table, {"x": Kind.NUMERIC})
    parts = (table, pa.table({"x": second}))
    ours, theirs = (profile_batches([t], {"x": Kind.NUMERIC}, grids).columns["x"] for t in parts)
    return ours, theirs


def test_one_outlier_of_a_trillion_does_not_hide_a_shift() -> None:
    first = np.append(RNG.normal(0, 1, 3000), 1e12)
    second = np.append(RNG.normal(1, 1, 1500), 1e12)
    assert js(*pair(first, second)) > 0.25
    assert psi(*pair(first, second)) > 0.5
    assert ks(*pair(first, second)) > 0.3


def test_a_shift_of_milliseconds_since_1970_is_seen() -> None:
    day = 8.64e7
    first, second = 1.3726368e12 + RNG.random(3000) * day, 1.3726368e12 + day / 4 + RNG.random(3000) * day
    assert ks(*pair(first, second)) == pytest.approx(0.25, abs=0.04)
    assert js(*pair(first, second)) > 0.2


def test_a_shift_among_the_tenth_that_is_not_zero_is_seen() -> None:
    first = np.where(RNG.random(5000) < 0.9, 0.0, RNG.normal(5, 1, 5000))
    second = np.where(RNG.random(5000) < 0.9, 0.0, RNG.normal(8, 1, 5000))
    assert js(*pair(first, second)) > 0.1
    assert wasserstein(*pair(first, second)) > 0.1
    same = np.where(RNG.random(5000) < 0.9, 0.0, RNG.normal(5, 1, 5000))
    assert js(*pair(first, same)) < 0.04


@pytest.mark.parametrize("moved", [-1.0, 0.001, 1.0, 1e9])
def test_a_constant_that_moves_either_way_is_as_far_as_can_be(moved: float) -> None:
    ours, theirs = pair(np.full(500, 42.0), np.full(500, 42.0 + moved))
    assert js(ours, theirs) == pytest.approx(math.sqrt(math.log(2)))
    assert ks(ours, theirs) == 1.0
    assert wasserstein(ours, theirs) > 0


def test_an_atom_that_moves_within_its_quantile_is_seen() -> None:
    first = np.concatenate([np.zeros(500), np.full(500, 10.0)])
    second = np.concatenate([np.zeros(500), np.full(500, 9.0)])
    assert js(*pair(first, second)) > 0.4


def test_ten_percent_missing_moves_js_though_the_numbers_are_the_same() -> None:
    first, second = RNG.normal(0, 1, 5000), RNG.normal(0, 1, 5000)
    second[:500] = math.nan
    assert js(*pair(first, second)) > 0.15


def test_swapped_categories_are_seen() -> None:
    first = categorical(["a"] * 700 + ["b"] * 300).columns["x"]
    assert js(first, categorical(["a"] * 300 + ["b"] * 700).columns["x"]) > 0.25


def test_shares_say_what_is_missing_infinite_wrong_and_most_frequent() -> None:
    column = numeric([1.0, 1.0, 2.0, math.nan, math.inf]).columns["x"]
    assert (null_share(column), infinite_share(column), wrong_share(column)) == (0.2, 0.2, 0.0)
    assert mode_share(column) == pytest.approx(2 / 3)
    assert (mean(column), quantile(column, 0.0), quantile(column, 1.0)) == (4 / 3, 1.0, 2.0)
    assert quantile(column, 0.5) == pytest.approx(1.0, rel=0.01)
    names = categorical(["a", "a", "b", None]).columns["x"]
    assert (null_share(names), infinite_share(names), mode_share(names)) == (0.25, 0.0, 2 / 3)


def test_of_an_empty_column_nothing_can_be_said() -> None:
    column, names = numeric(np.empty(0)).columns["x"], categorical(pa.array([], pa.string())).columns["x"]
    unknown = [null_share(column), wrong_share(column), infinite_share(column), mode_share(column), mean(column)]
    unknown += [quantile(column, 0.5), out_of_range_share(column, 0, 1), mode_share(names), unseen_share(names)]
    assert all(math.isnan(number) for number in unknown)
    assert not is_single_valued(column)
    assert not is_single_valued(names)


def test_a_column_is_single_valued_only_when_all_its_values_are_the_same() -> None:
    assert is_single_valued(numeric([3.0, math.nan, 3.0]).columns["x"])
    assert not is_single_valued(numeric([3.0, 3.0000001]).columns["x"])
    assert is_single_valued(categorical(["a", None, "a"]).columns["x"])
    assert not is_single_valued(categorical(["a", "b"]).columns["x"])


def test_values_out_of_range_are_counted_from_whole_bins_and_the_extremes() -> None:
    column = numeric([-999.0, *np.linspace(0, 10, 98), 10.01]).columns["x"]
    assert beyond(column, 0.0, 11.0) == 1
    assert beyond(column, 0.0, 10.0) == 2
    assert out_of_range_share(column, -1000.0, 11.0) == 0.0
    assert beyond(column, 20.0, 30.0) == 100


def test_unseen_counts_values_of_categories_that_no_reference_has() -> None:
    first, second = categorical(["a", "b"]).columns["x"], categorical(["c"]).columns["x"]
    column = categorical(["a", "c", "d", "d", None]).columns["x"]
    assert (unseen(column, first), unseen(column, first, second)) == (3, 2)
    assert unseen_share(column, first, second) == 0.5


def test_as_many_strangers_as_the_references_other_are_forgiven() -> None:
    many = categorical([f"id{i:05}" for i in range(2000)]).columns["x"]
    assert unseen_share(categorical([f"new{i}" for i in range(100)]).columns["x"], many) == 0.5
    assert unseen(categorical([f"id{i:05}" for i in range(900, 1100)]).columns["x"], many) == 0

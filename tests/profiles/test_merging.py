"""Laws of addition: what must hold whatever the records are."""

import math
from dataclasses import replace

import numpy as np
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.profiles.adversaries import ADVERSARIES
from tests.profiles.tables import KINDS, categorical, numeric, profile, tables
from watchkeeper.profiles import MOST_CATEGORIES, CategoricalColumn, Grid, NumericColumn, Profile
from watchkeeper.profiles.distances import ks


def counts_of(whole: Profile) -> Profile:
    """The profile without its sums of values, which agree only up to rounding."""
    columns = {n: replace(c, total=0.0) if isinstance(c, NumericColumn) else c for n, c in whole.columns.items()}
    return replace(whole, columns=columns)


@settings(max_examples=25, deadline=None)
@given(tables(), tables())
def test_adding_two_profiles_is_profiling_the_union(a: pa.Table, b: pa.Table) -> None:
    added, union = profile(a) + profile(b), profile(a, b)
    assert counts_of(added) == counts_of(union)
    assert added.rows == a.num_rows + b.num_rows


@settings(max_examples=25, deadline=None)
@given(tables(), tables())
def test_addition_is_commutative_sums_included(a: pa.Table, b: pa.Table) -> None:
    assert profile(a) + profile(b) == profile(b) + profile(a)


@settings(max_examples=25, deadline=None)
@given(tables(), tables(), tables())
def test_addition_is_associative(a: pa.Table, b: pa.Table, c: pa.Table) -> None:
    left, right = (profile(a) + profile(b)) + profile(c), profile(a) + (profile(b) + profile(c))
    assert counts_of(left) == counts_of(right) == counts_of(Profile.total([profile(a), profile(b), profile(c)]))


@settings(max_examples=25, deadline=None)
@given(tables())
def test_the_empty_profile_changes_nothing(a: pa.Table) -> None:
    assert Profile() + profile(a) == profile(a) == profile(a) + profile(a.slice(0, 0))
    assert Profile.total([]) == Profile()


@settings(max_examples=25, deadline=None)
@given(tables(), st.integers(1, 7))
def test_how_the_rows_come_in_batches_does_not_matter(a: pa.Table, size: int) -> None:
    assert counts_of(profile(*a.to_batches(max_chunksize=size))) == counts_of(profile(a))


@settings(max_examples=25, deadline=None)
@given(tables())
def test_every_row_is_counted_once_in_every_column(a: pa.Table) -> None:
    whole = profile(a)
    assert {n: c.size + whole.absent.get(n, 0) for n, c in whole.columns.items()} == dict.fromkeys(KINDS, a.num_rows)


def test_a_hundred_days_add_up_to_the_year() -> None:
    days = [numeric(np.random.default_rng(day).normal(day, 3, 50)) for day in range(100)]
    values = np.concatenate([np.random.default_rng(day).normal(day, 3, 50) for day in range(100)])
    assert counts_of(Profile.total(days)) == counts_of(numeric(values))
    assert math.isclose(Profile.total(days).columns["x"].total, values.sum(), rel_tol=1e-12)


def test_a_column_that_only_one_side_has_is_kept() -> None:
    both = numeric([1.0, 2.0]) + profile(pa.table({"letter": ["a"]}))
    assert both.columns["x"] == numeric([1.0, 2.0]).columns["x"]
    assert both.columns["letter"].counts == {"a": 1}


def test_profiles_on_different_grids_still_add_in_either_order() -> None:
    values = np.random.default_rng(0).normal(50, 10, 5000)
    old, new = numeric(values[:2500], Grid(50.0, 10.0)), numeric(values[2500:], Grid(0.0, 1.0))
    both = old + new
    assert both == new + old
    whole = numeric(values, Grid(0.0, 1.0))
    column = both.columns["x"]
    assert (column.finite, column.low, column.high) == (5000, values.min(), values.max())
    assert ks(whole.columns["x"], column) < 0.01


def test_an_empty_column_never_moves_the_bins_of_a_filled_one() -> None:
    filled, nothing = numeric([4.0, 5.0], Grid(5.0, 2.0)), numeric(np.empty(0), Grid(0.0, 1.0))
    assert (filled + nothing).columns["x"].grid == (nothing + filled).columns["x"].grid == Grid(5.0, 2.0)


def test_a_column_that_changed_its_kind_counts_the_categories_as_wrong_numbers() -> None:
    both = numeric([1.0, 2.0]) + categorical(["a", "b", None])
    column = both.columns["x"]
    assert (column.finite, column.wrong, column.nulls, column.size) == (2, 2, 1, 5)
    assert both == categorical(["a", "b", None]) + numeric([1.0, 2.0])


def test_beyond_the_most_categories_the_rarest_become_other_and_no_value_is_lost() -> None:
    a = categorical([f"a{i:04}" for i in range(800)] + ["often"] * 50)
    b = categorical([f"b{i:04}" for i in range(800)] + ["often"] * 50)
    both = (a + b).columns["x"]
    assert isinstance(both, CategoricalColumn)
    assert len(both.counts) == MOST_CATEGORIES
    assert both.counts["often"] == 100
    assert both.size == 1700
    assert both.other == 1601 - MOST_CATEGORIES
    assert a + b == b + a


def test_profiles_that_say_the_same_are_equal_and_hash_alike() -> None:
    one, same = numeric([1.0, math.nan]).columns["x"], numeric([1.0, math.nan]).columns["x"]
    assert one == same
    assert hash(one) == hash(same)
    assert one != numeric([1.5, math.nan]).columns["x"]
    assert one != categorical(["a"]).columns["x"]


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(sorted(ADVERSARIES)), st.integers(1, 300)), min_size=3, max_size=3))
def test_columns_that_blind_others_add_in_any_order(drawn: list[tuple[str, int]]) -> None:
    draw = np.random.default_rng(3)
    values = [ADVERSARIES[shape](draw, size, 0.5) for shape, size in drawn]
    a, b, c = (numeric(part, Grid(42.0, 3.0)) for part in values)
    assert a + b == b + a
    assert (
        counts_of((a + b) + c) == counts_of(a + (b + c)) == counts_of(numeric(np.concatenate(values), Grid(42.0, 3.0)))
    )


@settings(max_examples=40, deadline=None)
@given(st.lists(st.lists(st.sampled_from([f"c{i}" for i in range(40)]), max_size=60), min_size=3, max_size=3))
def test_categories_add_in_any_order(drawn: list[list[str]]) -> None:
    a, b, c = (categorical(pa.array(part, pa.string())) for part in drawn)
    assert a + b == b + a
    assert (a + b) + c == a + (b + c) == categorical(pa.array([name for part in drawn for name in part], pa.string()))

"""Scores from a fitted reference are the distances and shares that stand alone."""

import math

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings

from tests.profiles.adversaries import ADVERSARIES
from tests.profiles.tables import KINDS, categorical, numeric, profile, tables
from watchkeeper.profiles import Grid, Kind, Profile
from watchkeeper.profiles.distances import js, ks, psi, wasserstein
from watchkeeper.profiles.profile import CategoricalColumn, Column
from watchkeeper.profiles.scoring import Reference, Scores, scores
from watchkeeper.profiles.shares import infinite_share, null_share, unseen_share, wrong_share


def one_by_one(reference: Column, column: Column) -> Scores:
    named = isinstance(reference, CategoricalColumn) and isinstance(column, CategoricalColumn)
    return Scores(
        ks(reference, column),
        js(reference, column),
        psi(reference, column),
        wasserstein(reference, column),
        null_share(column),
        infinite_share(column),
        wrong_share(column),
        unseen_share(column, reference) if named else math.nan,
    )


@settings(max_examples=60, deadline=None)
@given(tables(), tables())
def test_scores_of_a_profile_are_the_distances_of_its_columns(first: pa.Table, second: pa.Table) -> None:
    ours, theirs = profile(first), profile(second)
    found = Reference.of(ours, KINDS).scores(theirs)
    assert found.keys() == ours.columns.keys()
    assert repr(found) == repr({n: one_by_one(ours.columns[n], theirs.columns[n]) for n in found})


@pytest.mark.parametrize("shape", ADVERSARIES)
def test_scores_of_rows_are_those_of_their_profile(shape: str) -> None:
    draw = np.random.default_rng(2)
    first, second = (pa.table({"x": ADVERSARIES[shape](draw, 3000, moved)}) for moved in (0.0, 0.5))
    reference = Reference.fit(first, {"x": Kind.NUMERIC})
    window = reference.profile_of(second.to_batches(max_chunksize=700))
    found = scores(reference, second)["x"]
    assert found == one_by_one(reference.profile.columns["x"], window.columns["x"])
    assert min(found.ks, found.js, found.psi, found.wasserstein) > 0


def test_a_profile_on_other_bins_is_scored_on_the_references() -> None:
    values = np.random.default_rng(2).normal(100, 5, 5000)
    reference = Reference.of(numeric(values, Grid(100.0, 5.0)), {"x": Kind.NUMERIC})
    assert reference.scores(numeric(values, Grid(0.0, 1.0)))["x"].ks < 0.1


def test_a_column_of_another_kind_has_shares_but_no_distances() -> None:
    numbers, names = numeric([1.0, 2.0, math.nan]), categorical(["a", "b", None])
    for one, other in ((numbers, names), (names, numbers)):
        found = Reference.of(one, {"x": Kind.NUMERIC}).scores(other)["x"]
        assert all(math.isnan(d) for d in (found.ks, found.js, found.psi, found.wasserstein, found.unseen))
        assert found.nulls == pytest.approx(1 / 3)


def test_without_values_there_are_no_scores_and_without_a_column_none_at_all() -> None:
    reference = Reference.of(numeric([1.0, 2.0]), {"x": Kind.NUMERIC})
    empty = reference.scores(reference.profile_of([]))["x"]
    assert all(math.isnan(getattr(empty, name)) for name in Scores.__slots__)
    assert reference.scores(Profile()) == {}


def test_what_is_wrong_with_a_window_shows_in_its_shares() -> None:
    reference = Reference.of(numeric([1.0, 2.0]) + Profile(), {"x": Kind.NUMERIC})
    found = reference.scores(numeric([1.0, math.inf, math.nan, math.nan]))["x"]
    assert (found.nulls, found.infinite, found.wrong) == (0.5, 0.25, 0.0)
    names = Reference.of(categorical(["a", "b"]), {"x": Kind.CATEGORICAL})
    assert names.scores(categorical(["a", "new", "newer", "b"]))["x"].unseen == 0.5

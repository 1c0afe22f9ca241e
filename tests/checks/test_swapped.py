"""Columns that have each other's values."""

import numpy as np
import pyarrow as pa
import pytest

from tests.checks.scenes import ask, baseline, window
from watchkeeper.checks.swapped import Swapped
from watchkeeper.domain.levels import Level
from watchkeeper.profiles import Kind, Profile, fit_grids, profile_batches
from watchkeeper.window import Baseline, Window

KINDS = {"age": Kind.NUMERIC, "income": Kind.NUMERIC, "height": Kind.NUMERIC, "city": Kind.CATEGORICAL}


def people(seed: int, rows: int = 2_000) -> pa.Table:
    draw = np.random.default_rng(seed)
    return pa.table(
        {
            "age": draw.normal(40, 12, rows),
            "income": draw.lognormal(4, 0.5, rows),
            "height": draw.normal(175, 9, rows),
            "city": draw.choice(["Rome", "Oslo"], rows),
        }
    )


GRIDS = fit_grids(people(0), KINDS)
PAST = profile_batches([people(0, 20_000)], KINDS, GRIDS)


def scene(table: pa.Table) -> tuple[Baseline, Window]:
    seen = profile_batches([table], KINDS, GRIDS)
    base = baseline(anchor=PAST, trailing=PAST)
    return base, window(profile=seen, rows=table.num_rows)


def renamed(**names: str) -> pa.Table:
    table = people(1)
    return table.rename_columns([names.get(name, name) for name in table.column_names])


def levels(table: pa.Table) -> dict[str, Level]:
    return {subject: finding.level for subject, finding in ask(Swapped(), *scene(table)).items()}


def test_columns_in_their_place_are_quiet() -> None:
    assert set(levels(people(1)).values()) == {Level.OK}


@pytest.mark.parametrize("pair", [("age", "income"), ("age", "height"), ("income", "height")])
def test_two_columns_that_are_exchanged_are_named_both(pair: tuple[str, str]) -> None:
    one, other = pair
    table = renamed(**{one: other, other: one})
    found = ask(Swapped(), *scene(table))
    assert {s for s, f in found.items() if f.level is Level.CRITICAL} == set(pair)
    assert f"fit those of {other} in the last 28 days" in found[one].sentence


def test_a_column_that_moves_alone_is_exchanged_with_none() -> None:
    table = people(1)
    moved = table.set_column(1, "income", pa.array(table["income"].to_numpy() * 1.8))
    assert set(levels(moved).values()) == {Level.OK}


def test_two_columns_that_move_to_new_places_are_not_exchanged() -> None:
    table = people(1)
    moved = table.set_column(1, "income", pa.array(table["income"].to_numpy() * 3))
    moved = moved.set_column(0, "age", pa.array(table["age"].to_numpy() + 20))
    assert set(levels(moved).values()) == {Level.OK}


def test_a_number_is_not_exchanged_with_a_category() -> None:
    table = people(1)
    odd = table.set_column(3, "city", pa.array(["Bonn"] * 2_000)).set_column(0, "age", pa.array(np.full(2_000, 1.0)))
    assert set(levels(odd).values()) == {Level.OK}


def test_without_earlier_windows_there_is_nothing_to_compare_with() -> None:
    base, seen = scene(renamed(age="income", income="age"))
    nothing = baseline(anchor=PAST, trailing=None)
    assert {f.level for f in ask(Swapped(), nothing, seen).values()} == {Level.OK}
    assert {f.level for f in ask(Swapped(), base, window(profile=Profile(), rows=0)).values()} == {Level.UNKNOWN}

"""Planted faults: pure, repeatable, each breaks what it says and nothing else."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from watchkeeper.faults import FAULTS, Fault, Place, Touches
from watchkeeper.profiles import Kind

FEATURES = {"temp": Kind.NUMERIC, "wind": Kind.NUMERIC, "carrier": Kind.CATEGORICAL}
NOON = datetime(2024, 3, 1, 12, tzinfo=UTC)


def records(rows: int = 500) -> pa.Table:
    draw = np.random.default_rng(3)
    return pa.table(
        {
            "_id": [f"r{i}" for i in range(rows)],
            "_at": pa.array([NOON + timedelta(seconds=i) for i in range(rows)], pa.timestamp("us", "UTC")),
            "_version": pa.array(np.ones(rows, int)),
            "_prediction": draw.random(rows),
            "temp": draw.normal(15, 5, rows),
            "wind": draw.gamma(2, 3, rows),
            "carrier": pa.array(draw.choice(["AA", "B6"], rows)).dictionary_encode(),
            "_label": (draw.random(rows) < 0.3).astype(float),
        }
    )


def place_of(fault: Fault) -> Place:
    place = fault.place(FEATURES, 0)
    assert place is not None
    return place


def touched(fault: Fault, before: pa.Table) -> set[str]:
    """The columns that a fault changed, or dropped."""
    after = fault.plant(before, place_of(fault))
    return {
        name
        for name in before.column_names
        if name not in after.column_names or not after.column(name).equals(before.column(name))
    }


EVERY = pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)


@EVERY
def test_planting_is_pure_and_repeatable(fault: Fault) -> None:
    table = records()
    first, second = (fault.plant(table, place_of(fault)) for _ in range(2))
    assert first.equals(second)
    assert table.equals(records())


@EVERY
def test_a_fault_breaks_what_it_says_and_nothing_else(fault: Fault) -> None:
    if fault.name == "records-end":
        assert fault.plant(records(), place_of(fault)).num_rows == pytest.approx(500 / 3, rel=0.2)
        return
    changed = touched(fault, records())
    allowed = {Touches.FEATURES: set(FEATURES), Touches.ANSWERS: {"_prediction"}, Touches.LABELS: {"_label"}}
    assert changed
    assert changed <= allowed[fault.touches]


@EVERY
@pytest.mark.parametrize("rows", [0, 1, 2])
def test_hardly_any_records_are_no_trouble(fault: Fault, rows: int) -> None:
    assert fault.plant(records(rows), place_of(fault)).num_rows <= rows


@EVERY
def test_columns_of_nulls_are_no_trouble(fault: Fault) -> None:
    table = records()
    for name, kind in (
        ("temp", pa.float64()),
        ("wind", pa.float64()),
        ("carrier", pa.string()),
        ("_label", pa.float64()),
    ):
        table = table.set_column(table.column_names.index(name), name, pa.nulls(table.num_rows, kind))
    assert fault.plant(table, place_of(fault)).num_rows <= table.num_rows


def test_turns_go_through_the_columns_that_fit() -> None:
    assert [FAULTS["shift"].place(FEATURES, turn, 2).column for turn in range(2)] == ["temp", "wind"]  # type: ignore[union-attr]
    assert [FAULTS["unseen"].place(FEATURES, turn, 2).column for turn in range(2)] == ["carrier"] * 2  # type: ignore[union-attr]


def test_a_fault_without_a_column_that_fits_has_no_place() -> None:
    assert FAULTS["unseen"].place({"temp": Kind.NUMERIC}, 0) is None
    assert FAULTS["rows-shuffle"].place({}, 0) is not None


def test_sixty_percent_of_the_values_are_missing() -> None:
    broken = FAULTS["nulls"].plant(records(), place_of(FAULTS["nulls"]))
    name = place_of(FAULTS["nulls"]).column
    assert broken.column(name).null_count / 500 == pytest.approx(0.6, abs=0.06)


def test_labels_of_two_values_flip_and_of_more_are_exchanged() -> None:
    flip, table = FAULTS["labels-flip"], records()
    labels = flip.plant(table, place_of(flip)).column("_label").to_numpy()
    wrong = labels != table.column("_label").to_numpy()
    assert wrong.mean() == pytest.approx(0.1, abs=0.04)
    amounts = table.set_column(7, "_label", pa.array(np.arange(500.0)))
    exchanged = flip.plant(amounts, place_of(flip)).column("_label").to_numpy()
    assert (exchanged != np.arange(500.0)).mean() == pytest.approx(0.1, abs=0.04)
    assert set(exchanged) <= set(range(500))


def test_a_fallback_answers_half_of_the_time_and_for_all_scores_alike() -> None:
    scores = pa.array([[p, 1 - p] for p in records()["_prediction"].to_pylist()])
    table = records().append_column("_scores", scores)
    broken = FAULTS["fallback"].plant(table, place_of(FAULTS["fallback"]))
    usual = pc.mode(broken["_prediction"])[0]
    assert usual["count"].as_py() / 500 == pytest.approx(0.5, abs=0.06)
    assert [s[0] for s in broken["_scores"].to_pylist()] == broken["_prediction"].to_pylist()


def test_shuffled_rows_keep_every_column_as_a_whole_and_the_rows_together() -> None:
    table = records()
    broken = FAULTS["rows-shuffle"].plant(table, place_of(FAULTS["rows-shuffle"]))
    pairs = [sorted(zip(t["temp"].to_pylist(), t["carrier"].to_pylist(), strict=True)) for t in (table, broken)]
    assert pairs[0] == pairs[1]

"""Copies of records with a fault in them, whatever a model predicts; what was logged stays as it was."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from tests import shop, toy, toys
from watchkeeper.domain.intervals import Interval
from watchkeeper.domain.problems import Problem
from watchkeeper.faults import FAULTS, Fault
from watchkeeper.profiles import CategoricalColumn, NumericColumn
from watchkeeper.profiles.shares import null_share
from watchkeeper.spec import ModelSpec
from watchkeeper.story.house import House
from watchkeeper.story.planting import Ground
from watchkeeper.story.retraining import start_model
from watchkeeper.story.watching import read_window
from watchkeeper.window import Window
from watchkeeper.wiring import open_house

DAYS = 5
STRETCH = tuple(Interval(toy.FIRST + toy.DAY * n, toy.FIRST + toy.DAY * (n + 1)) for n in range(2, DAYS))


@pytest.fixture(scope="module", params=[Problem.REGRESSION, Problem.MULTICLASS])
def house(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> House:
    """A house after five days, that predicts what the problem says."""
    problem = Problem(request.param)
    opened = open_house(toy.build(tmp_path_factory.mktemp(problem), spec=toys.spec_of(problem)))
    start_model(opened, "toy", toy.FIRST)
    for number in range(DAYS):
        toys.serve(opened, problem, toys.traffic(problem, toy.FIRST + toy.DAY * number))
    return opened


def spec_of(house: House) -> ModelSpec:
    return house.model("toy")


def ground_in(house: House, folder: Path) -> Ground:
    return Ground.prepared(house, spec_of(house), house.registry.version("toy", 1), STRETCH, folder)


def planted(house: House, folder: Path, fault: Fault) -> tuple[Window, Window]:
    """The last window of the stretch as it was, and with the fault."""
    place = fault.place(spec_of(house).feature_kinds, 0)
    assert place is not None
    other = replace(house, predictions=ground_in(house, folder).planted(fault, place))
    anchor = house.registry.anchor("toy", 1)
    before, after = (read_window(h, spec_of(house), 1, anchor, STRETCH[-1]) for h in (house, other))
    return before, after


def test_without_a_fault_the_copy_is_read_as_the_original(house: House, tmp_path: Path) -> None:
    before, after = planted(house, tmp_path, Fault("none", "nothing happens", lambda table, _place: table))
    assert after.rows == before.rows
    assert after.outcomes.expected == before.outcomes.expected
    np.testing.assert_allclose(np.sort(after.outcomes.labels), np.sort(before.outcomes.labels))
    for name, column in before.profile.columns.items():
        copied = after.profile.columns[name]
        assert (copied.size, copied.nulls) == (column.size, column.nulls)


def test_the_model_answers_what_is_broken(house: House, tmp_path: Path) -> None:
    before, after = planted(house, tmp_path, FAULTS["shift"])
    first, second = before.profile.columns["prediction"], after.profile.columns["prediction"]
    assert first != second
    assert second.nulls == 0


def test_where_the_model_refuses_missing_values_there_is_no_answer(house: House, tmp_path: Path) -> None:
    before, after = planted(house, tmp_path, FAULTS["nulls"])
    column = place_column(house)
    assert null_share(after.profile.columns[column]) == pytest.approx(0.6, abs=0.08)
    answers = after.profile.columns["prediction"]
    assert isinstance(answers, NumericColumn | CategoricalColumn)
    assert answers.nulls in (0, after.profile.columns[column].nulls)
    assert before.profile.columns["prediction"].nulls == 0


def place_column(house: House) -> str:
    place = FAULTS["nulls"].place(spec_of(house).feature_kinds, 0)
    assert place is not None
    return place.column


def test_labels_that_end_are_expected_and_do_not_come(house: House, tmp_path: Path) -> None:
    before, after = planted(house, tmp_path, FAULTS["labels-end"])
    assert before.outcomes.labels.size == before.outcomes.expected
    assert after.outcomes.labels.size == after.outcomes.expected - 2 * toys.ROWS


def test_the_original_stays_as_it_was(house: House, tmp_path: Path) -> None:
    logged = house.predictions.records("toy", STRETCH[-1], ["a"])
    planted(house, tmp_path, FAULTS["unit"])
    assert house.predictions.records("toy", STRETCH[-1], ["a"]).equals(logged)


def test_segments_are_told_apart_in_the_copy_too(tmp_path: Path) -> None:
    house = shop.opened(tmp_path / "shop", head='segments = "site"')
    for number in range(3):
        shop.serve(house, shop.traffic(shop.FIRST + shop.DAY * number))
    spec, version = house.model("shop"), house.registry.version("shop", 1)
    window = Interval(shop.FIRST + shop.DAY * 2, shop.FIRST + shop.DAY * 3)
    ground = Ground.prepared(house, spec, version, (window,), tmp_path / "ground")
    place = FAULTS["shift"].place(spec.feature_kinds, 0)
    assert place is not None
    other = replace(house, predictions=ground.planted(FAULTS["shift"], place))
    anchor = house.registry.anchor("shop", 1)
    before, after = (read_window(h, spec, 1, anchor, window).profile.segments for h in (house, other))
    assert before.keys() == after.keys()
    assert before
    assert all(before[name].rows == after[name].rows for name in before)


def test_of_more_records_than_are_copied_the_count_is_kept(house: House, tmp_path: Path) -> None:
    ground = ground_in(house, tmp_path)
    copied = ground.records[STRETCH[0]].num_rows
    assert ground.of_all(copied, STRETCH[0], 10 * copied) == 10 * copied
    assert ground.of_all(copied // 2, STRETCH[0], 10 * copied) == 10 * (copied // 2)
    empty = replace(ground, records={STRETCH[0]: pa.table({"_id": pa.array([], pa.string())})})
    assert empty.of_all(0, STRETCH[0], 7) == 0


def test_late_columns_are_copied_too(tmp_path: Path) -> None:
    tables = '[late.revenue]\n[business.revenue]\ncolumn = "revenue"\nstatistic = "sum"'
    shopping = shop.opened(tmp_path / "house", tables=tables)
    for number in range(DAYS):
        requests = shop.traffic(shop.FIRST + shop.DAY * number)
        shop.serve(shopping, requests)
        values = dict.fromkeys(requests["_id"].to_pylist(), 2.5)
        shop.came(shopping, "revenue", values, shop.FIRST + shop.DAY * (number + 1))
    stretch = tuple(Interval(shop.FIRST + shop.DAY * n, shop.FIRST + shop.DAY * (n + 1)) for n in range(2, DAYS))
    spec = shopping.model("shop")
    ground = Ground.prepared(shopping, spec, shopping.registry.version("shop", 1), stretch, tmp_path / "ground")
    fault = Fault("none", "nothing happens", lambda table, _place: table)
    place = fault.place(spec.feature_kinds, 0)
    assert place is not None
    other = replace(shopping, predictions=ground.planted(fault, place))
    anchor = shopping.registry.anchor("shop", 1)
    for interval in stretch:
        before, after = (read_window(h, spec, 1, anchor, interval) for h in (shopping, other))
        assert before.metrics == after.metrics == {"revenue": 2.5 * shop.ROWS}

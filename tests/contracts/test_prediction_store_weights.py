"""Records that were kept with a chance: what is counted of them is that of all requests."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from tests.contracts.records import DAY, HOUR, MINUTE, NOON, TODAY, labels, look, records
from watchkeeper.adapters.parquet_predictions import ParquetPredictions
from watchkeeper.profiles import CategoricalColumn, NumericColumn
from watchkeeper.window import Window


def kept(prefix: str, count: int, weight: float | None, temp: float, carrier: str) -> pa.Table:
    """Records of one kind, each standing for so many."""
    table = records([f"{prefix}{n}" for n in range(count)], NOON, MINUTE / 100, temps=[temp] * count)
    table = table.set_column(table.column_names.index("carrier"), "carrier", pa.array([carrier] * count))
    return table if weight is None else table.append_column("_weight", pa.array([weight] * count))


def unequal(root: Path) -> ParquetPredictions:
    """2,000 requests by day, all kept; 8,000 by night, of which a tenth was: 20 against 80 in 100."""
    store = ParquetPredictions(root)
    store.append("flights", kept("day", 2_000, None, 20.0, "AA"))
    store.append("flights", kept("night", 800, 10.0, 10.0, "UA"))
    return store


def shares(window: Window) -> Mapping[str, float]:
    column = window.profile.columns["carrier"]
    assert isinstance(column, CategoricalColumn)
    return {name: count / column.size for name, count in column.counts.items()}


def test_shares_and_means_are_those_of_all_requests(tmp_path: Path) -> None:
    window = unequal(tmp_path).window(look())
    temp = window.profile.columns["temp"]
    assert isinstance(temp, NumericColumn)
    assert shares(window)["AA"] == pytest.approx(0.2, abs=0.04)
    assert temp.total / temp.finite == pytest.approx(12, abs=0.4)
    assert window.requests == pytest.approx(10_000, abs=1)


def test_no_more_rows_are_counted_than_the_records_can_tell(tmp_path: Path) -> None:
    window = unequal(tmp_path).window(look())
    effective = 10_000**2 / (2_000 + 800 * 10**2)
    assert window.rows == pytest.approx(effective, rel=0.05)
    assert window.profile.rows == window.rows


def test_outcomes_and_their_expected_number_are_those_of_all_requests(tmp_path: Path) -> None:
    store = unequal(tmp_path)
    store.append_labels("flights", labels({f"day{n}": 1 for n in range(2_000)}, NOON + HOUR))
    store.append_labels("flights", labels({f"night{n}": 0 for n in range(400)}, NOON + HOUR))
    outcomes = store.window(look()).outcomes
    assert len(outcomes.labels) / outcomes.expected == pytest.approx(0.6, abs=0.05)
    assert outcomes.labels.mean() == pytest.approx(1 / 3, abs=0.05)


def test_the_same_window_is_counted_the_same_at_every_look(tmp_path: Path) -> None:
    store = unequal(tmp_path)
    first, again = store.window(look()), store.window(look())
    assert (first.rows, first.profile) == (again.rows, again.profile)
    assert store.sample("flights", TODAY, ["carrier"], 500).equals(store.sample("flights", TODAY, ["carrier"], 500))


def test_a_sample_is_one_of_all_requests(tmp_path: Path) -> None:
    carriers = unequal(tmp_path).sample("flights", TODAY, ["carrier"], 500)["carrier"].to_pylist()
    assert carriers.count("AA") / len(carriers) == pytest.approx(0.2, abs=0.05)


def test_what_answers_are_expected_to_be_worth_is_asked_of_all_requests(tmp_path: Path) -> None:
    tables = [*unequal(tmp_path).answered(look(), ["carrier"])]
    carriers = pa.concat_tables([table.select(["carrier"]) for table in tables])["carrier"].to_pylist()
    assert carriers.count("AA") / len(carriers) == pytest.approx(0.2, abs=0.04)


@pytest.mark.parametrize("weight", [None, 1.0, 20.0])
def test_records_of_equal_weight_count_once_each(tmp_path: Path, weight: float | None) -> None:
    store = ParquetPredictions(tmp_path)
    store.append("flights", kept("a", 50, weight, 20.0, "AA"))
    window = store.window(look())
    assert (window.rows, window.profile.rows, window.requests) == (50, 50, round(50 * (weight or 1)))


def test_a_record_that_was_delivered_twice_weighs_once(tmp_path: Path) -> None:
    store = unequal(tmp_path)
    before = store.window(look())
    store.append("flights", kept("night", 400, 10.0, 10.0, "UA"))
    assert store.window(look()).rows == before.rows


def test_an_empty_window_stands_for_nothing(tmp_path: Path) -> None:
    window = unequal(tmp_path).window(look(TODAY.shifted(DAY)))
    assert (window.rows, window.weight, window.requests) == (0, 1.0, 0)


def test_over_many_draws_the_counted_shares_are_right_on_average(tmp_path: Path) -> None:
    found = []
    for draw in range(30):
        store = ParquetPredictions(tmp_path / str(draw))
        store.append("flights", kept(f"{draw}day", 60, 1.5, 20.0, "AA"))
        store.append("flights", kept(f"{draw}night", 30, 7.0, 10.0, "UA"))
        found.append(shares(store.window(look()))["AA"])
    assert np.mean(found) == pytest.approx(0.3, abs=4 * np.std(found) / np.sqrt(30))
    assert np.std(found) > 0

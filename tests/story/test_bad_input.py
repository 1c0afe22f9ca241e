"""Bad input: each ends in a finding or an error that names it; whatever else there is, is still judged."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from tests import toy
from watchkeeper.domain.findings import Finding
from watchkeeper.domain.levels import Level
from watchkeeper.domain.verdicts import Verdict
from watchkeeper.errors import BrokenVersion
from watchkeeper.story.house import House
from watchkeeper.story.retraining import start_model
from watchkeeper.story.watching import watch
from watchkeeper.wiring import open_house

END = toy.FIRST + toy.DAY


@pytest.fixture
def house(tmp_path: Path) -> House:
    opened = open_house(toy.build(tmp_path))
    start_model(opened, "toy", toy.FIRST)
    return opened


def log(house: House, change: Callable[[pa.Table], pa.Table]) -> None:
    """A day of records as a host would have logged them, changed in one respect."""
    day = toy.traffic(toy.FIRST).drop_columns(["_label"])
    answers = house.registry.load("toy", 1).predict(day)
    for name, values in (("_version", np.ones(day.num_rows, int)), ("_prediction", answers), ("_latency_ms", answers)):
        day = day.append_column(name, pa.array(values))
    house.predictions.append("toy", change(day))


def found(verdict: Verdict, mark: str) -> Finding:
    finding = verdict.finding(mark)
    assert finding is not None, f"{mark} was not asked about"
    return finding


def others_are_judged(verdict: Verdict, but: str) -> None:
    for check in ("missing", "range", "drift"):
        assert found(verdict, f"{check}:{but}").level is Level.OK


def test_a_missing_column_is_named_and_the_others_are_judged(house: House) -> None:
    log(house, lambda day: day.drop_columns(["b"]))
    verdict = watch(house, "toy", END)
    assert found(verdict, "schema:b").level is Level.CRITICAL
    assert "b" in found(verdict, "schema:b").sentence
    others_are_judged(verdict, "a")


def test_an_all_null_column_is_named_and_the_others_are_judged(house: House) -> None:
    empty = pa.nulls(toy.ROWS, pa.float64())
    log(house, lambda day: day.set_column(day.column_names.index("b"), "b", empty))
    verdict = watch(house, "toy", END)
    assert found(verdict, "missing:b").level is Level.CRITICAL
    others_are_judged(verdict, "a")


def test_strings_where_numbers_were_are_named_and_the_others_are_judged(house: House) -> None:
    words = pa.array([f"{i} C" for i in range(toy.ROWS)])
    log(house, lambda day: day.set_column(day.column_names.index("b"), "b", words))
    verdict = watch(house, "toy", END)
    assert found(verdict, "schema:b").level is Level.CRITICAL
    others_are_judged(verdict, "a")


def test_an_empty_window_is_never_ok(house: House) -> None:
    verdict = watch(house, "toy", END)
    assert verdict.rows == 0
    assert verdict.level is Level.CRITICAL
    assert found(verdict, "volume:too few").level is Level.CRITICAL
    assert found(verdict, "missing:a").level is Level.UNKNOWN


def test_an_unreadable_file_is_named_and_the_readable_ones_count(house: House) -> None:
    log(house, lambda day: day)
    [file] = (house.spec.folder / "records/toy/predictions").rglob("*.parquet")
    (file.parent / "torn.parquet").write_bytes(file.read_bytes()[:100])
    verdict = watch(house, "toy", END)
    finding = found(verdict, "schema:*")
    assert finding.level > Level.OK
    assert "torn.parquet" in finding.sentence
    assert verdict.rows == toy.ROWS


def test_a_wrong_digest_is_refused_by_name_and_costs_other_models_nothing(tmp_path: Path) -> None:
    house = open_house(toy.build(tmp_path, ("toy", "other")))
    for name in ("toy", "other"):
        start_model(house, name, toy.FIRST)
        toy.serve(house, name, toy.traffic(toy.FIRST))
    stored = house.registry.folder("toy", 1) / "model.skops"
    stored.write_bytes(stored.read_bytes() + b"tampered")
    with pytest.raises(BrokenVersion, match=r"model\.skops"):
        house.registry.load("toy", 1)
    with pytest.raises(BrokenVersion, match="toy"):
        watch(house, "toy", END)
    assert watch(house, "other", END).rows == toy.ROWS


def test_a_typo_costs_its_own_model_only(tmp_path: Path) -> None:
    file = toy.build(tmp_path)
    (tmp_path / "models" / "typo.toml").write_text(toy.SPEC.replace("NAME", "typo").replace("holdout", "holduot"))
    house = open_house(file)
    assert list(house.models) == ["toy"]
    assert "typo.toml" in house.broken["typo"]
    assert "training.holdout" not in house.broken["typo"]
    assert "did you mean `holdout`" in house.broken["typo"]

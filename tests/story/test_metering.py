"""Metrics of the business over real records: columns and Python functions, from the spec to the incident."""

import shutil
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from tests import shop
from watchkeeper.domain.findings import Finding
from watchkeeper.domain.intervals import Interval
from watchkeeper.domain.levels import Level
from watchkeeper.domain.verdicts import Verdict
from watchkeeper.story.house import House
from watchkeeper.story.metering import metered_by_records, reading
from watchkeeper.story.watching import watch
from watchkeeper.wiring import open_house

QUIET = 3
METRICS = """
[business.revenue]
column = "price"
statistic = "sum"
direction = "lower is worse"
[business.sold]
column = "bought"
statistic = "rate"
[business.mean_price]
function = "tests.shop:mean_price"
columns = ["price", "bought"]
[business.hit_rate]
function = "tests.shop:hit_rate"
labelled = true
direction = "lower is worse"
"""
Columns = dict[str, np.ndarray]


@pytest.fixture(scope="module")
def quiet(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("metered") / "house"
    house = shop.opened(folder, tables=METRICS)
    for number in range(QUIET):
        live(house, number)
    return folder


@pytest.fixture
def house(quiet: Path, tmp_path: Path) -> House:
    return open_house(shutil.copytree(quiet, tmp_path / "house") / "house.toml")


def live(house: House, number: int, change: Callable[[Columns], None] | None = None) -> Verdict:
    day = shop.FIRST + shop.DAY * number
    shop.serve(house, shop.traffic(day, change=change))
    return watch(house, "shop", day + shop.DAY)


def told(verdict: Verdict) -> dict[str, Finding]:
    return {f.subject: f for f in verdict.findings if f.check == "business" and f.subject != "*"}


def test_ordinary_days_are_quiet_and_judged_from_the_first_on(house: House) -> None:
    findings = told(live(house, QUIET))
    assert set(findings) == {"revenue", "sold", "mean_price", "hit_rate"}
    assert {f.level for f in findings.values()} == {Level.OK}
    assert all("limit" in f.sentence for f in findings.values()), "history was seeded from training"


def test_cheaper_sales_are_told_by_column_and_function_and_open_an_incident(house: House) -> None:
    cheap = lambda columns: columns["price"].__imul__(0.5)
    findings = told(live(house, QUIET, cheap))
    assert findings["revenue"].level is Level.CRITICAL
    assert findings["mean_price"].level is Level.CRITICAL
    assert findings["sold"].level is Level.OK
    incident = house.state.open_incident("shop")
    assert incident is not None
    assert {"business:revenue", "business:mean_price"} <= set(incident.marks)


def test_a_function_of_labels_is_called_with_those_that_are_due(house: House) -> None:
    wrong = lambda columns: columns["_label"].__imul__(0.0)
    live(house, QUIET, wrong)
    assert told(live(house, QUIET + 1))["hit_rate"].level is Level.CRITICAL


def test_a_function_that_fails_is_named_and_costs_no_other_check(tmp_path: Path) -> None:
    house = shop.opened(
        tmp_path / "house",
        tables='[business.bad]\nfunction = "tests.shop:broken"\n[business.gone]\nfunction = "nowhere:at_all"',
    )
    verdict = live(house, 0)
    findings = told(verdict)
    assert {f.level for f in findings.values()} == {Level.UNKNOWN}
    assert findings["bad"].sentence == "bad: tests.shop:broken raised KeyError: 'fare'."
    assert "nowhere:at_all raised ModuleNotFoundError" in findings["gone"].sentence
    drift = verdict.finding("drift:age")
    assert drift is not None
    assert drift.level is Level.OK


def test_metrics_of_segments_are_told_apart(tmp_path: Path) -> None:
    house = shop.opened(tmp_path / "house", head='segments = "site"', tables=METRICS)

    def cheap_in_the_south(columns: Columns) -> None:
        columns["price"][columns["site"] == "south"] *= 0.4

    findings = told(live(house, 0, cheap_in_the_south))
    for metric in ("revenue", "mean_price"):
        assert findings[f"{metric} [site=south]"].level is Level.CRITICAL
        assert findings[f"{metric} [site=north]"].level is Level.OK


LATE = """
[late.revenue]
[late.refund]
otherwise = 0.0
[business.revenue]
column = "revenue"
statistic = "sum"
[business.mean_revenue]
column = "revenue"
[business.refund]
column = "refund"
[business.refunded]
column = "refund"
statistic = "ratio"
over = "revenue"
[business."for its price"]
column = "revenue"
statistic = "ratio"
over = "price"
[business.worth]
function = "tests.shop:worth"
columns = ["revenue", "price"]
"""


SUM_AND_MEAN = """
[business.sum]
column = "revenue"
statistic = "sum"
[business.mean]
column = "revenue"
"""


def orders(house: House, day: datetime, known: datetime, value: float = 5.0) -> None:
    """What came of every second request of a day: so much, and a refund of every fourth."""
    ids = house.predictions.records("shop", Interval(day, day + shop.DAY), [])["_id"].to_pylist()
    shop.came(house, "revenue", dict.fromkeys(ids[::2], value), known)
    shop.came(house, "refund", dict.fromkeys(ids[::4], 1.0), known)


def test_a_late_column_is_metered_when_labels_are_due(tmp_path: Path) -> None:
    house, day = shop.opened(tmp_path / "house", tables=LATE), shop.FIRST
    before = told(live(house, 0))
    assert {f.level for f in before.values()} == {Level.UNKNOWN}
    assert "there is no record" in before["worth"].sentence
    orders(house, day, day + shop.DAY)
    orders(house, day, day + 3 * shop.DAY, value=50.0)  # a correction that comes after the window's end
    found = told(live(house, 1))
    half, quarter = shop.ROWS / 2, shop.ROWS / 4
    mean_price = float(shop.traffic(day)["price"].to_numpy()[::2].mean())
    number = {name: next(m.value for m in f.measures if m.name == "value") for name, f in found.items()}
    expected = {
        "revenue": 5.0 * half,
        "mean_revenue": 5.0,
        "refund": 0.25,
        "refunded": quarter / (5.0 * half),
        "for its price": 5.0 / mean_price,
        "worth": 5.0 * half,
    }
    assert number == pytest.approx(expected)


def test_a_late_column_of_which_nothing_came_is_unknown_and_named(tmp_path: Path) -> None:
    house = shop.opened(tmp_path / "house", tables=LATE)
    live(house, 0)
    found = told(live(house, 1))
    assert found["revenue"].level is Level.UNKNOWN
    assert f"no value of revenue has come for the {shop.ROWS:,} records" in found["revenue"].sentence
    assert found["refund"].level is Level.UNKNOWN, "nothing at all came: the import may be late itself"


def test_late_revenue_that_falls_opens_an_incident(tmp_path: Path) -> None:
    tables = '[late.revenue]\n[business.revenue]\ncolumn = "revenue"\ncritical = 0.3\n[checks.business]\nlearns = 3\n'
    house = shop.opened(tmp_path / "house", tables=tables)
    for number in range(8):
        live(house, number)
        day = shop.FIRST + shop.DAY * number
        orders(house, day, day + shop.DAY, value=5.0 if number < 5 else 2.0)
    incident = house.state.open_incident("shop")
    assert incident is not None
    assert "business:revenue" in incident.marks


def test_late_columns_of_segments_are_told_apart(tmp_path: Path) -> None:
    tables = '[late.revenue]\n[business.revenue]\ncolumn = "revenue"\n'
    house = shop.opened(tmp_path / "house", head='segments = "site"', tables=tables)
    live(house, 0)
    requests, worth = shop.traffic(shop.FIRST), {"north": 1.0, "south": 2.0, "kiosk": 3.0}
    ids, sites = requests["_id"].to_pylist(), requests["site"].to_pylist()
    shop.came(house, "revenue", {n: worth[site] for n, site in zip(ids, sites, strict=True)}, shop.FIRST + shop.DAY)
    found = told(live(house, 1))
    for site in ("north", "south"):
        value = next(m.value for m in found[f"revenue [site={site}]"].measures if m.name == "value")
        assert value == pytest.approx(worth[site])


def metered(house: House, interval: Interval) -> dict[str, float | str]:
    spec = house.model("shop")
    return dict(metered_by_records(spec, None, interval, reading(house, spec, None)))


def test_records_that_stand_for_many_count_as_many(tmp_path: Path) -> None:
    house = shop.opened(tmp_path / "house", tables=f"[late.revenue]\n{SUM_AND_MEAN}")
    requests = shop.traffic(shop.FIRST, rows=4).append_column("_weight", pa.array([1.0, 1.0, 1.0, 7.0]))
    shop.serve(house, requests)
    values = zip(requests["_id"].to_pylist(), [10.0, 10.0, 10.0, 0.0], strict=True)
    shop.came(house, "revenue", dict(values), shop.FIRST + shop.DAY)
    second = Interval(shop.FIRST + shop.DAY, shop.FIRST + 2 * shop.DAY)
    assert metered(house, second) == {"sum": 30.0, "mean": 3.0}


def test_a_late_column_may_be_held_against_the_answers(tmp_path: Path) -> None:
    tables = '[late.came]\n[business.gain]\ncolumn = "came"\nstatistic = "ratio"\nover = "prediction"'
    house = shop.opened(tmp_path / "house", tables=tables)
    requests = shop.traffic(shop.FIRST, rows=40)
    shop.serve(house, requests)
    values = zip(requests["_id"].to_pylist(), (2 * shop.answered(requests)).tolist(), strict=True)
    shop.came(house, "came", dict(values), shop.FIRST + shop.DAY)
    assert metered(house, Interval(shop.FIRST + shop.DAY, shop.FIRST + 2 * shop.DAY)) == {"gain": pytest.approx(2.0)}


def test_a_sum_lacks_late_files_that_cannot_be_read_and_a_mean_does_not(tmp_path: Path) -> None:
    house = shop.opened(tmp_path / "house", tables=f"[late.revenue]\notherwise = 0.0\n{SUM_AND_MEAN}")
    live(house, 0)
    orders(house, shop.FIRST, shop.FIRST + shop.DAY)
    folder = house.spec.folder / "records" / "shop" / "late" / "revenue"
    (next(folder.iterdir()) / "torn.parquet").write_bytes(b"torn")
    found = metered(house, Interval(shop.FIRST + shop.DAY, shop.FIRST + 2 * shop.DAY))
    assert found == {"sum": "1 files of revenue could not be read, so that the sum is not known", "mean": 5.0}

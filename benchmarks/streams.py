"""Two years of days: real flights, and deliveries that were made up without a look at how any check judges them."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from benchmarks.channel import day
from examples.flights.source import CATEGORIES, FEATURES, NUMBERS, Flights
from watchkeeper.domain.intervals import Interval
from watchkeeper.profiles import Grid, Kind, Profile, fit_grids, profile_batches
from watchkeeper.window import Floats

__all__ = ["FLIGHTS", "Stream", "deliveries", "flights"]

FLIGHTS = Path(".watchkeeper/flights")
TRAINING = 59
"""Days that the version is trained on: January and February."""

GAP = 0.02
"""A day is clean while the weather feed is silent for at most this share of its records: one station for one hour."""

Draw = np.random.Generator


@dataclass(frozen=True)
class Stream:
    """A year of records, day by day.

    Attributes:
        days: the records of each day, oldest first.
        kinds: of the columns.
        parts: which column plays which part in the faults, see `planting`.
        ignored: columns that `range` does not judge.
        feed: the column whose gaps make a day unclean.
    """

    name: str
    days: tuple[pa.Table, ...]
    kinds: Mapping[str, Kind]
    parts: Mapping[str, str]
    feed: str
    ignored: tuple[str, ...] = ()

    @cached_property
    def grids(self) -> Mapping[str, Grid]:
        """The bins, fitted on the training days."""
        return fit_grids(pa.concat_tables(self.days[:TRAINING]), self.kinds)

    @cached_property
    def windows(self) -> tuple[tuple[Interval, Profile], ...]:
        """Every day with its profile."""
        return tuple((day(n), profile_batches([table], self.kinds, self.grids)) for n, table in enumerate(self.days))

    @property
    def training(self) -> range:
        """The numbers of the days that the version is trained on."""
        return range(TRAINING)

    @property
    def serving(self) -> range:
        """The numbers of the days after them."""
        return range(TRAINING, len(self.days))

    def is_clean(self, number: int) -> bool:
        """Whether nothing is known to be wrong with a day."""
        column = self.windows[number][1].columns[self.feed]
        return column.nulls <= GAP * column.size


def flights(folder: Path = FLIGHTS) -> Stream:
    """The flights of 2013 with the weather at their departure."""
    year = Flights(folder).year()
    number = pc.day_of_year(year["_at"]).to_numpy()
    edges = np.searchsorted(number, np.arange(1, 367))
    days = (year.slice(a, b - a).select(list(FEATURES)) for a, b in pairwise(edges))
    kinds = dict.fromkeys(NUMBERS, Kind.NUMERIC) | dict.fromkeys(CATEGORIES, Kind.CATEGORICAL)
    parts = {
        "warmth": "temp",
        "dew": "dewp",
        "damp": "humid",
        "wind": "wind_speed",
        "pressure": "pressure",
        "sight": "visib",
        "distance": "distance",
        "hour": "hour",
        "minutes": "mins",
        "code": "carrier",
        "place": "dest",
        "site": "origin",
        "site lost": "LGA",
        "code swaps": "UA/B6",
        "site swaps": "EWR/JFK",
    }
    return Stream("flights", tuple(days), kinds, parts, feed="temp", ignored=("precip",))


def deliveries(seed: int = 2026) -> Stream:
    """Orders of a delivery service in four towns: weekdays, seasons, weather that lasts, and sensors that fail."""
    draw = np.random.default_rng(seed)
    weather = _weather(draw)
    days = tuple(_deliveries(n, {name: values[n] for name, values in weather.items()}, draw) for n in range(365))
    kinds = {name: Kind.NUMERIC for name in days[0].column_names if name not in ("van", "town", "district")}
    kinds |= dict.fromkeys(("van", "town", "district"), Kind.CATEGORICAL)
    parts = {
        "warmth": "heat",
        "dew": "dew",
        "damp": "damp",
        "wind": "gusts",
        "pressure": "pressure",
        "sight": "sight",
        "distance": "miles",
        "hour": "hour",
        "minutes": "minutes",
        "code": "van",
        "place": "district",
        "site": "town",
        "site lost": "North",
        "code swaps": "blue/green",
        "site swaps": "East/West",
    }
    return Stream("deliveries", days, kinds, parts, feed="heat", ignored=("rain",))


def _ar(draw: Draw, phi: float, days: int = 365) -> Floats:
    """Standard normal values, each remembering this much of the day before."""
    values = draw.normal(size=days)
    for n in range(1, days):
        values[n] = phi * values[n - 1] + np.sqrt(1 - phi * phi) * values[n]
    return values


def _weather(draw: Draw) -> dict[str, Floats]:
    """The level of each weather column on each day, and the share of the day on which its station is silent."""
    season = -np.cos(2 * np.pi * (np.arange(365) - 20) / 365)
    heat = 52 + 22 * season + 7 * _ar(draw, 0.75)
    return {
        "heat": heat,
        "dew": heat - 12 + 5 * _ar(draw, 0.6),
        "damp": 62 + 9 * _ar(draw, 0.5) - 4 * season,
        "gusts": np.exp(2.1 + 0.35 * _ar(draw, 0.45)),
        "pressure": 1016 + 7 * _ar(draw, 0.7),
        "haze": np.exp(0.9 * _ar(draw, 0.4)),
        "rain": np.exp(1.3 * _ar(draw, 0.3)) * (draw.random(365) < 0.35),  # noqa: PLR2004 - it rains every third day
        "silent": np.where(draw.random(365) < 0.06, draw.beta(1, 12, 365), 0.0),  # noqa: PLR2004 - twice a month
    }


def _deliveries(number: int, weather: Mapping[str, float], draw: Draw) -> pa.Table:
    weekday, busy = (number + 1) % 7, 1 + 0.25 * np.sin(2 * np.pi * number / 365)
    rows = int(draw.poisson(700 * busy * (0.55 if weekday in (5, 6) else 1.0)))
    hour = np.clip(np.round(draw.normal(13 if weekday in (5, 6) else 15, 3.5, rows)), 6, 22)
    van = draw.choice(["blue", "green", "red", "white", "bike"], rows, p=[0.27, 0.26, 0.22, 0.15, 0.1])
    weights = np.r_[1 / np.arange(1, 41)] * (1 + 0.15 * np.sin(np.arange(40) + number / 30))
    own = {
        "hour": hour,
        "minutes": 60 * hour + draw.integers(0, 12, rows) * 5,
        "weekday": np.full(rows, float(weekday)),
        "miles": np.round(draw.gamma(2.2, 3.1, rows), 1),
        "parcels": 1 + draw.poisson(1.6 * busy, rows).astype(float),
        "value": np.round(draw.lognormal(3.4 + 0.1 * (weekday == 5), 0.8, rows), 2),  # noqa: PLR2004 - Saturdays
        **_felt(weather, hour, draw),
        "van": van,
        "town": draw.choice(["North", "East", "South", "West"], rows, p=[0.3, 0.26, 0.19, 0.25]),
        "district": np.array([f"d{n:02d}" for n in range(40)])[draw.choice(40, rows, p=weights / weights.sum())],
    }
    return pa.table({name: pa.array(values, from_pandas=True) for name, values in own.items()})


def _felt(weather: Mapping[str, float], hour: Floats, draw: Draw) -> dict[str, Floats]:
    """The weather of each record: a reading an hour, so that it is the same for all records of the hour."""
    clock = np.arange(24)
    noise = {name: draw.normal(size=24) for name in weather}
    heat = weather["heat"] + 7 * np.sin((clock - 9) * np.pi / 12) + noise["heat"]
    read = {
        "heat": np.round(heat, 1),
        "dew": np.round(np.minimum(weather["dew"] + noise["dew"], heat), 1),
        "damp": np.round(np.clip(weather["damp"] - 8 * np.sin((clock - 9) * np.pi / 12) + 3 * noise["damp"], 5, 100)),
        "gusts": np.round(weather["gusts"] * np.exp(0.25 * noise["gusts"])),
        "pressure": np.round(weather["pressure"] + 0.8 * noise["pressure"], 1),
        "sight": np.round(10 * np.exp(-0.05 * weather["haze"] * np.exp(noise["haze"])), 1),
        "rain": np.round(weather["rain"] * np.exp(noise["rain"]) * (draw.random(24) < 0.5), 2),  # noqa: PLR2004 - half
    }
    silent = draw.random(24) < weather["silent"]
    return {name: np.where(silent, np.nan, values)[hour.astype(int)] for name, values in read.items()}

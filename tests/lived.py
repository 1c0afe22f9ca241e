"""A toy house that has lived through some days, for those who look back on them."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pyarrow as pa

from tests import toy
from watchkeeper.domain.intervals import Interval
from watchkeeper.domain.traffic import Split
from watchkeeper.domain.versions import Pointers
from watchkeeper.story.house import House
from watchkeeper.story.retraining import register, request_of, start_model
from watchkeeper.story.watching import watch
from watchkeeper.wiring import open_house

DAYS = 18
BROKEN = range(5, 8)
"""On these days column `a` comes in another unit."""

SECOND_FROM = 10
"""From this day on a second version answers."""

AFTER = toy.FIRST + toy.DAY * DAYS


def days() -> Iterator[Interval]:
    """The windows, oldest first."""
    for number in range(DAYS):
        yield Interval(day(number), day(number + 1))


def day(number: int) -> datetime:
    return toy.FIRST + toy.DAY * number


def live(folder: Path) -> House:
    """Days of traffic with a fault that lasts three of them, and a second version half-way."""
    house = open_house(toy.build(folder))
    start_model(house, "toy", toy.FIRST)
    for number in range(DAYS):
        if number == SECOND_FROM:
            make_second(house, day(number))
        toy.serve(house, "toy", toy.traffic(day(number), shift=8.0 if number in BROKEN else 0.0))
        watch(house, "toy", day(number + 1))
    return house


def make_second(house: House, at: datetime) -> None:
    """A second version that learned from fewer days, as champion."""
    request = request_of(house, "toy", at, "a test").request
    older = pa.concat_tables([toy.traffic(toy.FIRST - toy.DAY * i) for i in range(30, 0, -1)])
    second = register(house, request, toy.train(request, older), at)
    house.registry.point("toy", Pointers(second.number, None, 1), instead_of=house.registry.pointers("toy"))
    house.router.set_split("toy", Split(second.number, None, 0.0, "second", at))

"""The real flights, a version trained on them, and a house's folder that serves it."""

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pytest

from examples.flights import train
from examples.flights.source import MODEL, Flights
from tests.examples.place import APRIL, Place, furnish
from watchkeeper.ports import Trained, TrainingRequest


@pytest.fixture(scope="session")
def flights(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flights]:
    folder = tmp_path_factory.mktemp("flights")
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv(train.FOLDER, str(folder))
        yield Flights(folder)


@pytest.fixture(scope="session")
def day(flights: Flights) -> pa.Table:
    return flights.day(APRIL.date())


@pytest.fixture(scope="session")
def first(flights: Flights) -> Trained:
    return train.train(TrainingRequest("first", MODEL, APRIL, "The first version."), pa.table({}))


@pytest.fixture
def place(first: Trained, tmp_path: Path) -> Place:
    return furnish(tmp_path, first)

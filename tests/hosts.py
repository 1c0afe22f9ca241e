"""A host on a folder: a split, versions made of functions, and what it left in the store."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pyarrow.parquet as pq

from watchkeeper.adapters.file_router import FileRouter
from watchkeeper.domain.traffic import Split
from watchkeeper.serving import Answerer, CanaryRouter, PredictionLogger, Request, Shadow, Versions
from watchkeeper.serving.asking import Model

NOON = datetime(2013, 7, 1, 12, tzinfo=UTC)


def rows(root: Path, part: str = "predictions", model: str = "toy") -> list[dict[str, object]]:
    """All rows on disk, in the order of their files."""
    files = sorted(root.glob(f"{model}/{part}/day=*/*.parquet"))
    return [row for file in files for row in pq.ParquetFile(file).read().to_pylist()]


def comes_true(condition: Callable[[], bool], within: float = 20.0) -> bool:
    """Whether a condition holds within so many seconds."""
    end = time.monotonic() + within
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.01)
    return False


def says(number: float) -> Model:
    """A version that always answers the same."""
    return lambda asked: [number] * len(asked)


def raises(error: Exception) -> Model:
    def model(asked: Sequence[Mapping[str, object]]) -> Sequence[float]:
        raise error

    return model


def requests(count: int) -> list[Request]:
    return [Request(f"r{n}", f"k{n}", {"n": n}, NOON) for n in range(count)]


@dataclass
class Host:
    """Version 1 is the champion until a split says otherwise.

    Attributes:
        models: versions by number; a value that is an error is raised when the version is loaded.
        loads: the numbers that were loaded, in their order.
    """

    root: Path
    models: dict[int, Model | Exception]
    loads: list[int] = field(default_factory=list)

    def load(self, number: int) -> Model:
        self.loads.append(number)
        model = self.models[number]
        if isinstance(model, Exception):
            raise model
        return model

    def split(self, share: float = 0.0, **others: object) -> None:
        fields = {"champion": 1, "canary": 2, "salt": "r1", "at": NOON} | others
        FileRouter(self.root / "traffic").set_split("toy", Split(share=share, **fields))

    def router(self, **settings: object) -> CanaryRouter:
        return CanaryRouter(self.root / "traffic" / "toy.json", 1, **{"refresh": 0.0} | settings)

    def logger(self, **settings: object) -> PredictionLogger:
        return PredictionLogger(self.root / "records", "toy", **{"every": 3_600} | settings)

    def versions(self, **settings: float) -> Versions:
        return Versions(self.load, **settings)

    def answerer(self, *, shadow: bool = False, retry: float = 30.0) -> Answerer:
        versions, logger = self.versions(retry=retry), self.logger()
        return Answerer(self.router(), versions, logger, Shadow(versions, logger, busy=1.0) if shadow else None)

    def kept(self, part: str = "predictions") -> list[dict[str, object]]:
        return rows(self.root / "records", part)


HostOf = Callable[..., Host]

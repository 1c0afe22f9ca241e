"""The services of `serving-load`: the flights example and a formula, each with the SDK and without it.

`uvicorn --factory benchmarks.serving_hosts:bare_example` (or `watched_example`, `bare_formula`, `watched_formula`)
serves the folder that `WATCHKEEPER_FOLDER` names.
"""

import math
import os
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import pyarrow as pa
from fastapi import FastAPI

from examples.flights.answering import SCHEMA
from examples.flights.serve import FOLDER, Answer, Flight, app
from examples.flights.source import MODEL
from watchkeeper.adapters.folder_registry import FolderRegistry
from watchkeeper.serving import Answerer, CanaryRouter, PredictionLogger, Request, Versions, WatchMiddleware

__all__ = ["bare_example", "bare_formula", "watched_example", "watched_formula"]


def bare_example() -> FastAPI:
    """The example as somebody would write it who knows nothing of Watchkeeper: one version, loaded at the start."""
    registry = FolderRegistry(_folder() / "registry")
    champion = registry.load(MODEL, registry.pointers(MODEL).champion or 1)
    api = FastAPI(title="flights")

    @api.post("/predict")
    def predict(flight: Flight) -> Answer:
        asked = pa.Table.from_pylist([flight.features.model_dump()], schema=SCHEMA)
        return Answer(id=flight.id, version=1, late=champion.predict(asked)[0])

    return api


def watched_example() -> FastAPI:
    """The example itself."""
    return app()


def bare_formula() -> FastAPI:
    """A service whose model costs nothing, so that nothing but the service is measured."""
    api = FastAPI(title="formula")

    @api.post("/predict")
    def predict(flight: Flight) -> Answer:
        return Answer(id=flight.id, version=1, late=_formula([flight.features.model_dump()])[0])

    return api


def watched_formula() -> FastAPI:
    """The same with router, fallback, logger and middleware."""
    logger = PredictionLogger(_folder() / "records", "formula")
    router = CanaryRouter(_folder() / "traffic" / "formula.json", 1)
    answerer = Answerer(router, Versions(lambda _: _formula), logger)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        answerer.close()

    api = FastAPI(title="formula", lifespan=lifespan)
    api.add_middleware(WatchMiddleware, logger=logger, also=answerer.metrics)

    @api.post("/predict")
    def predict(flight: Flight) -> Answer:
        answered = answerer.answer(Request(flight.id, flight.key, flight.features.model_dump()))
        return Answer(id=flight.id, version=answered.version, late=answered.prediction)

    return api


def _folder() -> Path:
    return Path(os.environ[FOLDER])


def _formula(asked: Sequence[Mapping[str, object]]) -> list[float]:
    """How likely a flight is late, from nothing but its hour."""
    return [1 / (1 + math.exp(2.5 - 0.1 * float(str(row.get("hour") or 0)))) for row in asked]

"""A host: answers flights over HTTP through champion, canary and shadow, logs every answer, and shows its figures.

`uvicorn --workers 2 --factory examples.flights.serve:app` serves what the house in `.watchkeeper`, or in the folder
that `WATCHKEEPER_FOLDER` names, says.
"""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from fastapi import FastAPI, HTTPException
from pydantic import BaseModel, ConfigDict

from examples.flights.answering import Answering
from watchkeeper.adapters.folder_registry import FolderRegistry
from watchkeeper.errors import NoAnswer
from watchkeeper.serving import Request, WatchMiddleware

__all__ = ["FOLDER", "Answer", "Features", "Flight", "app"]

FOLDER = "WATCHKEEPER_FOLDER"
"""The environment variable that names the house's folder."""


class Features(BaseModel):
    """What is known of a flight before departure; what is not may be left out."""

    model_config = ConfigDict(extra="forbid")

    mins: float | None = None
    hour: float | None = None
    dow: float | None = None
    distance: float | None = None
    temp: float | None = None
    dewp: float | None = None
    humid: float | None = None
    wind_dir: float | None = None
    wind_speed: float | None = None
    precip: float | None = None
    pressure: float | None = None
    visib: float | None = None
    carrier: str | None = None
    origin: str | None = None
    dest: str | None = None


class Flight(BaseModel):
    """One question: `id` is what its label will refer to, `key` decides whether the canary answers."""

    id: str
    key: str
    features: Features


class Answer(BaseModel):
    """How likely the flight arrives late, and which version says so."""

    id: str
    version: int
    late: float


def app(answering: Answering | None = None) -> FastAPI:
    """The app; without an answering it opens the one of the house's folder."""
    host = answering or _host(Path(os.environ.get(FOLDER) or ".watchkeeper"))

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        host.answerer.warm()
        with host:
            yield

    api = FastAPI(title="flights", lifespan=lifespan)
    api.add_middleware(WatchMiddleware, logger=host.logger, also=host.answerer.metrics)
    _routes(api, host)
    return api


def _host(house: Path) -> Answering:
    """Answering out of a house's folder; shadows take what a host can spare."""
    registry = FolderRegistry(house / "registry")
    return Answering(registry, house / "records", house / "traffic", refresh=1.0, capacity=1_000, busy=0.25)


def _routes(api: FastAPI, host: Answering) -> None:
    @api.post("/predict")
    def predict(flight: Flight) -> Answer:
        """Answer one flight; 503 when no version can."""
        try:
            answered = host.answerer.answer(Request(flight.id, flight.key, flight.features.model_dump()))
        except NoAnswer as error:
            raise HTTPException(503, str(error)) from error
        return Answer(id=flight.id, version=answered.version, late=answered.prediction)

    @api.get("/health")
    def health() -> dict[str, Any]:
        """What became of the records, and whether every version could be loaded."""
        return _health(host)


def _health(host: Answering) -> dict[str, Any]:
    counts, shadows = host.logger.counts(), host.shadow.counts()
    return {
        "logged": counts.produced,
        "written": counts.delivered,
        "pending": counts.pending,
        "dropped": counts.dropped,
        "fallbacks": host.answerer.fallbacks,
        "unanswered": host.answerer.unanswered,
        "shadows": shadows.answered,
        "last_error": host.answerer.last_error or host.shadow.last_error or host.logger.last_error,
    }

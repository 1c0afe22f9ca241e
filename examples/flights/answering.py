"""How a host answers: route by key, ask the version, fall back, log, and let a shadow answer once more."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Self

import numpy as np
import pyarrow as pa

from examples.flights.source import CATEGORIES, FEATURES, MODEL, NUMBERS, labelled
from watchkeeper.errors import NoAnswer, OutsideError
from watchkeeper.ports import Registry
from watchkeeper.serving import Answerer, CanaryRouter, PredictionLogger, Request, Shadow, Versions
from watchkeeper.serving.asking import Model
from watchkeeper.window import Floats

__all__ = ["Answered", "Answering"]

Numbers = np.ndarray[tuple[int], np.dtype[np.int64]]

SCHEMA = pa.schema([(name, pa.float64()) for name in NUMBERS] + [(name, pa.string()) for name in CATEGORIES])


@dataclass(frozen=True, slots=True)
class Answered:
    """Answers to a table of flights, in its order.

    Attributes:
        predictions: how likely each arrives late, shape (n,).
        versions: who answered, shape (n,).
    """

    predictions: Floats
    versions: Numbers


class Answering:
    """Answers flights; the FastAPI app and the replay both use it.

    Args:
        registry: where the versions are.
        records: the folder of the prediction store.
        traffic: the folder of the splits.
        model: whose questions these are.
        refresh: seconds between two looks at the split.
        capacity: requests that may wait for their shadow.
        busy: the share of the time that the shadow may work.

    Attributes:
        logger: where records and labels go.
        shadow: answers a sample once more.
        answerer: answers, the champion in the place of a version that cannot.

    Raises NotThere when the model has neither a split nor a champion.
    """

    def __init__(  # noqa: PLR0913 - a host has these places
        self,
        registry: Registry,
        records: Path,
        traffic: Path,
        model: str = MODEL,
        *,
        refresh: float = 0.0,
        capacity: int = 100_000,
        busy: float = 1.0,
    ) -> None:
        self._registry, self._model = registry, model
        versions = Versions(self._load)
        router = CanaryRouter(traffic / f"{model}.json", registry.pointers(model).champion, refresh=refresh)
        self.logger = PredictionLogger(records, model)
        self.shadow = Shadow(versions, self.logger, capacity=capacity, batch=256, busy=busy)
        self.answerer = Answerer(router, versions, self.logger, self.shadow)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.answerer.close()

    def answer(self, flights: pa.Table) -> Answered:
        """Answer and log a table with `_id`, `_key`, the features, and `_at` where it is not now.

        Raises NoAnswer when no version can answer one of them.
        """
        answered = self.answerer.answer_all(_requests(flights))
        silent = [answer.error for answer in answered if answer.prediction is None]
        if silent:
            raise NoAnswer(f"{len(silent)} of {len(answered)} flights have no answer: {silent[0]}")
        predictions = np.array([answer.prediction for answer in answered], dtype=np.float64)
        return Answered(predictions, np.array([answer.version for answer in answered], dtype=np.int64))

    def label(self, flights: pa.Table, at: datetime) -> None:
        """Log the labels of those of these flights that arrived; they are known since `at`."""
        arrived = labelled(flights)
        for identity, label in zip(arrived["_id"].to_pylist(), arrived["_label"].to_pylist(), strict=True):
            self.logger.log_label(identity, label, at)

    def flush(self) -> None:
        """Wait until the shadows are done and all that was logged is on disk. Raises OutsideError when it is not."""
        if not self.answerer.flush(60.0):
            raise OutsideError("prediction store", f"records cannot be written: {self.logger.last_error}")

    def _load(self, number: int) -> Model:
        """The registry's version of this number, for requests in place of tables."""
        predictor = self._registry.load(self._model, number)

        def model(asked: Sequence[Mapping[str, object]]) -> Sequence[float]:
            answers: list[float] = predictor.predict(pa.Table.from_pylist(list(asked), schema=SCHEMA)).tolist()
            return answers

        return model


def _requests(flights: pa.Table) -> list[Request]:
    moments: list[datetime | None] = [None] * flights.num_rows
    if "_at" in flights.column_names:
        moments = flights["_at"].to_pylist()
    named = zip(flights["_id"].to_pylist(), flights["_key"].to_pylist(), moments, strict=True)
    features = flights.select(list(FEATURES)).to_pylist()
    return [Request(name, key, asked, at) for (name, key, at), asked in zip(named, features, strict=True)]

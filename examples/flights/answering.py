"""How a host answers: route by key, ask the version, log what was asked and answered."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Self

import numpy as np
import pyarrow as pa

from examples.flights.source import FEATURES, MODEL, labelled
from watchkeeper.errors import BrokenVersion, NotThere, OutsideError, WatchkeeperError
from watchkeeper.ports import Predictor, Registry
from watchkeeper.serving import CanaryRouter, PredictionLogger
from watchkeeper.window import Floats

__all__ = ["Answered", "Answering"]

Versions = np.ndarray[tuple[int], np.dtype[np.int64]]


@dataclass(frozen=True, slots=True)
class Answered:
    """Answers to a table of flights, in its order.

    Attributes:
        predictions: how likely each arrives late, shape (n,).
        versions: who answered, shape (n,).
    """

    predictions: Floats
    versions: Versions


class Answering:
    """Answers flights through router, versions and logger; the FastAPI app and the replay both use it.

    A version that is broken never takes the answers with it: the registry's champion answers instead.

    Args:
        registry: where the versions are.
        records: the folder of the prediction store.
        traffic: the folder of the splits.
        model: whose questions these are.
        refresh: seconds between two looks at the split.

    Attributes:
        logger: where records and labels go.
        fallbacks: records that another version answered than the router said.
        last_error: why, the newest time.

    Raises NotThere when the model has neither a split nor a champion.
    """

    def __init__(
        self, registry: Registry, records: Path, traffic: Path, model: str = MODEL, *, refresh: float = 0.0
    ) -> None:
        self.logger = PredictionLogger(records, model)
        self.fallbacks = 0
        self.last_error = ""
        self._registry = registry
        self._model = model
        champion = registry.pointers(model).champion
        self._router = CanaryRouter(traffic / f"{model}.json", champion, refresh=refresh)
        self._loaded: dict[int, Predictor] = {}
        self._broken: set[int] = set()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.logger.close()

    def answer(self, flights: pa.Table) -> Answered:
        """Answer and log a table with `_id`, `_key`, the features, and `_at` where it is not now.

        Raises NotThere, BrokenVersion or OutsideError when not even the champion can be loaded.
        """
        began = time.perf_counter()
        routed = np.array([self._router.route(key) for key in flights["_key"].to_pylist()], dtype=np.int64)
        answered = self._answers(flights.select(list(FEATURES)), routed)
        spent = 1000 * (time.perf_counter() - began) / max(flights.num_rows, 1)
        self._log(flights, answered, None if "_at" in flights.column_names else spent)  # a replay's is not of its time
        return answered

    def label(self, flights: pa.Table, at: datetime) -> None:
        """Log the labels of those of these flights that arrived; they are known since `at`."""
        arrived = labelled(flights)
        for identity, label in zip(arrived["_id"].to_pylist(), arrived["_label"].to_pylist(), strict=True):
            self.logger.log_label(identity, label, at)

    def flush(self) -> None:
        """Wait until all that was logged is on disk. Raises OutsideError when it is not."""
        if not self.logger.flush(60.0):
            raise OutsideError("prediction store", f"records cannot be written: {self.logger.last_error}")

    def _answers(self, features: pa.Table, routed: Versions) -> Answered:
        """The answers, computed at once for all records of a version."""
        predictions, versions = np.empty(routed.size), routed.copy()
        for number in np.unique(routed):
            mine = np.flatnonzero(routed == number)
            predictor = self._predictor(int(number), mine.size)
            predictions[mine] = predictor.predict(features.take(mine))
            versions[mine] = predictor.version.number
        return Answered(predictions, versions)

    def _predictor(self, number: int, records: int) -> Predictor:
        """The version of this number, or the champion when it cannot be loaded."""
        try:
            return self._load(number)
        except WatchkeeperError as error:
            self.last_error = str(error)
            self.fallbacks += records
            champion = self._registry.pointers(self._model).champion
            if champion in (None, number):
                raise
            return self._load(champion)

    def _load(self, number: int) -> Predictor:
        """Load a version once; one that is broken or absent is not tried again, a registry out of reach is."""
        if number in self._broken:
            raise BrokenVersion(f"{self._model} v{number} could not be loaded before")
        if number not in self._loaded:
            try:
                self._loaded[number] = self._registry.load(self._model, number)
            except (BrokenVersion, NotThere):
                self._broken.add(number)
                raise
        return self._loaded[number]

    def _log(self, flights: pa.Table, answered: Answered, latency_ms: float | None) -> None:
        moments: Sequence[datetime | None] = [None] * flights.num_rows
        if "_at" in flights.column_names:
            moments = flights["_at"].to_pylist()
        rows = zip(
            flights["_id"].to_pylist(),
            flights["_key"].to_pylist(),
            answered.versions.tolist(),
            flights.select(list(FEATURES)).to_pylist(),
            answered.predictions.tolist(),
            moments,
            strict=True,
        )
        for identity, key, version, features, prediction, at in rows:
            self.logger.log(identity, key, version, features, prediction, latency_ms=latency_ms, at=at)

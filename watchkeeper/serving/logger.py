"""Predictions and labels on their way to disk, out of the way of an answer."""

import time
from collections.abc import Mapping, Sequence
from copy import copy
from datetime import datetime
from pathlib import Path

from watchkeeper.serving.layout import LABELS, PREDICTIONS, SHADOWS, checked_name, put_whole
from watchkeeper.serving.writer import Counts, Row, Writer

__all__ = ["PredictionLogger"]


class PredictionLogger:
    """Logs what a model was asked and what it answered.

    `log` and `log_label` append to a bounded buffer, never wait for the disk and never raise; a daemon thread writes
    the buffer into the files of the prediction store. While the disk says no, what was taken is kept and tried again;
    when `capacity` rows wait, new ones are dropped, and counted. The end of the process closes every logger.

    Args:
        root, model: the folder of the prediction store, and whose predictions these are.
        classes: of a multiclass model, as its spec names them.
        capacity: rows that may wait.
        batch: rows that are written without waiting for the end of `every` seconds.
        every: seconds between two writes. A kill loses at most what came since the last one.

    Raises:
        ValueError: the model's name cannot name a folder.
    """

    def __init__(
        self,
        root: Path,
        model: str,
        *,
        classes: Sequence[str] = (),
        capacity: int = 50_000,
        batch: int = 5_000,
        every: float = 10.0,
    ) -> None:
        self._root, self._model, self._classes = Path(root), checked_name(model), tuple(classes)
        self._unusable = 0
        self._writer = Writer(self._write, capacity=capacity, batch=batch, every=every)

    def log(  # noqa: PLR0913 - a record has these fields
        self,
        id: str,  # noqa: A002 - that is its name in the table
        key: str,
        version: int,
        features: Mapping[str, object],
        prediction: float | Mapping[str, float] | Sequence[float] | None,
        *,
        latency_ms: float | None = None,
        at: datetime | None = None,
        failed: int | None = None,
    ) -> None:
        """Log one prediction.

        Args:
            id: the record's own id; labels refer to it, and of two records with one id one counts.
            key: what the request was routed by.
            version: who answered.
            features: what was asked, and any business value, by name; copied, so the mapping may change afterwards.
            prediction: a probability, or a value; of a multiclass model the probabilities of its classes, by name or
                in order, copied too. What it cannot be is kept as missing, and counted in `unusable`.
            latency_ms: milliseconds until the answer.
            at: when, for replays; now, when it is not given. Without a zone it is taken for UTC.
            failed: the version that was picked and failed. When another answered in its place, `version` and
                `prediction` are the other's; when nobody did, `version` is the failing one and `prediction` None.
        """
        try:
            answer = copy(prediction) if self._classes else prediction
            row = (time.time_ns(), id, key, version, dict(features), answer, latency_ms, at, failed)
        except Exception:  # noqa: BLE001 - features that are no mapping must not stop an answer
            self._writer.offer(PREDICTIONS, None)
        else:
            self._writer.offer(PREDICTIONS, row)

    def log_shadow(  # noqa: PLR0913 - a shadow's answer has these fields
        self,
        id: str,  # noqa: A002 - as above
        key: str,  # noqa: ARG002 - the decision is its record's
        version: int,
        prediction: float | Mapping[str, float] | Sequence[float] | None,
        *,
        latency_ms: float | None = None,
        at: datetime | None = None,
        failed: int | None = None,
    ) -> None:
        """Log what a version answered to a request in the shadow of another; fields as those of the record."""
        answer = copy(prediction) if self._classes else prediction
        self._writer.offer(SHADOWS, (time.time_ns(), id, version, answer, latency_ms, at, failed))

    def log_label(self, id: str, label: float | str, at: datetime | None = None) -> None:  # noqa: A002 - as above
        """Log the truth about a record, known since `at`; of two labels of one record the later counts.

        Of a multiclass model it is the name of a class, or its place among them; what it cannot be is kept as missing.
        """
        self._writer.offer(LABELS, (time.time_ns(), id, label, at))

    def flush(self, timeout: float = 10.0) -> bool:
        """Write now.

        Returns:
            True when all that was taken before the call is on disk; False when it is not after `timeout` seconds.
        """
        return self._writer.flush(timeout)

    def close(self, timeout: float = 10.0) -> bool:
        """Take no more, write what waits, and drop what cannot be written; gives what `flush` gives."""
        return self._writer.close(timeout)

    def counts(self) -> Counts:
        """What became of all that was logged, at one moment."""
        return self._writer.counts()

    @property
    def produced(self) -> int:
        """Calls of `log` and `log_label`."""
        return self.counts().produced

    @property
    def delivered(self) -> int:
        """Rows on disk."""
        return self.counts().delivered

    @property
    def dropped(self) -> int:
        """Rows lost."""
        return self.counts().dropped

    @property
    def pending(self) -> int:
        """Rows in the buffer or being written."""
        return self.counts().pending

    @property
    def unusable(self) -> int:
        """Delivered predictions and labels that were no numbers, or nothing about the model's classes."""
        return self._unusable

    @property
    def failed_writes(self) -> int:
        """Writes that did not succeed."""
        return self._writer.failed_writes

    @property
    def last_error(self) -> str:
        """What the newest failed write said."""
        return self._writer.last_error

    def _write(self, kind: str, rows: Sequence[Row]) -> None:
        # Here and not above: Arrow takes a third of a second to load, which the writing thread has and a start has not.
        from watchkeeper.serving import columns, tables  # noqa: PLC0415

        make = {LABELS: columns.labels_table, SHADOWS: columns.shadows_table}.get(kind, columns.records_table)
        for parcel in tables.parcels(kind, make(rows, self._classes)):
            put_whole(self._root / self._model / parcel.path, parcel.content)
            self._unusable += parcel.unusable

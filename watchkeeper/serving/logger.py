"""Predictions and labels on their way to their store, out of the way of an answer."""

from collections.abc import Collection, Mapping, Sequence
from copy import copy
from datetime import datetime
from pathlib import Path
from time import time_ns

from watchkeeper.serving.books import Books
from watchkeeper.serving.encoding import Encoding
from watchkeeper.serving.layout import PREDICTIONS, SHADOWS, checked_name, labels_part
from watchkeeper.serving.ledger import state_folder
from watchkeeper.serving.limits import Limits
from watchkeeper.serving.logger_metrics import LoggerFigures
from watchkeeper.serving.privacy import privacy
from watchkeeper.serving.sampling import Sampling
from watchkeeper.serving.sinks import name_of, sink_at
from watchkeeper.serving.writer import Writer

__all__ = ["PredictionLogger"]

Prediction = float | Mapping[str, float] | Sequence[float] | None


class PredictionLogger(LoggerFigures):
    """Logs what a model was asked and what it answered.

    `log`, `log_shadow` and `log_label` append to a bounded buffer, never wait for the sink and never raise; a daemon
    thread makes files of the buffer and puts each as a whole. While the sink says no, what was taken is kept and tried
    again; when `capacity` rows wait, new ones are dropped, and counted by reason. What became of all rows stands beside
    the records, in `accounts`; after a kill the next logger of the same place counts what was lost. The end of the
    process closes every logger. A forked process logs on its own; in an event loop every call but `flush` and `close`
    may be made as it is.

    Args:
        root, model: the folder of the prediction store, or its URL as fsspec understands it (`s3://...`), and whose
            predictions these are.
        classes: of a multiclass model, as its spec names them.
        capacity: rows that may wait.
        batch: rows that a kill may cost while the sink keeps up; a write begins at every half of them.
        every: seconds between two writes when fewer come.
        sample: the share of the routing keys whose records are kept, the same keys on every host. Each record that is
            kept has its weight, and labels are always logged.
        overhead: the largest share of a core that the writing thread takes, above which records are dropped.
        without: features, or `_key`, that are left out before anything is written.
        hashed: features, `_id` or `_key`, of which only a hash is written, keyed by `WATCHKEEPER_SALT`.
        exit_within: seconds that the end of the process waits for the sink.
        state: a folder of this machine in which the counts outlive a kill; `WATCHKEEPER_STATE` when it is not given,
            or else shared memory.

    Raises:
        ValueError: the model's name cannot name a folder, or a number or column cannot be what was asked for.
        ModuleNotFoundError: the root is a URL, and fsspec is not installed.
    """

    def __init__(  # noqa: PLR0913 - all but two have defaults that need no thought
        self,
        root: Path | str,
        model: str,
        *,
        classes: Sequence[str] = (),
        capacity: int = 50_000,
        batch: int = 10_000,
        every: float = 10.0,
        sample: float = 1.0,
        overhead: float = 0.25,
        without: Collection[str] = (),
        hashed: Collection[str] = (),
        exit_within: float = 10.0,
        state: Path | None = None,
    ) -> None:
        name, self._classes = checked_name(model), tuple(classes)
        self._sampling = Sampling(sample)
        self._draws = sample < 1.0
        self._as_it_is = not (self._draws or self._classes)
        limits = Limits(capacity, batch, every, overhead, exit_within)
        books = Books(sink_at(root), name_of(root), name, state or state_folder())
        hidden = privacy(without, hashed)
        self._hidden = hidden.without | hidden.hashed
        encoding = Encoding(name, self._classes, hidden, self._sampling.weight)
        super().__init__(name, books, Writer(encoding.files, books, limits))
        self._buffer = self._writer.buffer
        self._offer = self._buffer.offer

    def log(  # noqa: PLR0913 - a record has these fields
        self,
        id: str,  # noqa: A002 - that is its name in the table
        key: str,
        version: int,
        features: Mapping[str, object],
        prediction: Prediction,
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
        if self._as_it_is and type(features) is dict:  # nearly every call; what follows takes a quarter longer
            self._offer(PREDICTIONS, (time_ns(), id, key, version, features.copy(), prediction, latency_ms, at, failed))
            return
        try:
            if self._draws and not self._sampling.keeps(key, id):
                self._buffer.leave_out()
                return
            asked, answer = dict(features), copy(prediction) if self._classes else prediction
        except Exception:  # noqa: BLE001 - features that are no mapping must not stop an answer
            self._buffer.drop()
        else:
            self._offer(PREDICTIONS, (time_ns(), id, key, version, asked, answer, latency_ms, at, failed))

    def log_shadow(  # noqa: PLR0913 - a shadow's answer has these fields
        self,
        id: str,  # noqa: A002 - as above
        key: str,
        version: int,
        prediction: Prediction,
        *,
        latency_ms: float | None = None,
        at: datetime | None = None,
        failed: int | None = None,
    ) -> None:
        """Log what a version answered beside another; kept when the record of this `id` and `key` is."""
        try:
            if self._draws and not self._sampling.keeps(key, id):
                self._buffer.leave_out()
                return
            answer = copy(prediction) if self._classes else prediction
        except Exception:  # noqa: BLE001 - as above
            self._buffer.drop()
        else:
            self._offer(SHADOWS, (time_ns(), id, version, answer, latency_ms, at, failed))

    def log_label(
        self,
        id: str,  # noqa: A002 - as above
        label: float | str,
        at: datetime | None = None,
        *,
        of: str | None = None,
    ) -> None:
        """Log the truth about a record, known since `at`; of two labels of one record the later counts.

        Of a multiclass model it is the name of a class, or its place among them; what it cannot be is kept as missing.
        A label is logged whether its record was kept or not. With `of`, a late column of the model's spec, it is that
        column's value: what an order came to, weeks after. Of a column that is left out or hashed nothing is kept, and
        the row counts as dropped.
        """
        try:
            part = self._part(of)
        except Exception:  # noqa: BLE001 - a column that cannot be called so must not stop the host
            self._buffer.drop()
        else:
            self._offer(part, (time_ns(), id, label, at))

    def _part(self, of: str | None) -> str:
        if of in self._hidden:
            raise ValueError(f"`{of}` is left out or hashed")
        return labels_part(of)

    def flush(self, timeout: float = 10.0) -> bool:
        """Write now.

        Returns:
            True when all that was taken before the call is where it belongs; False when it is not after `timeout`
            seconds.
        """
        return self._writer.flush(timeout)

    def close(self, timeout: float = 10.0) -> bool:
        """Take no more, write what waits, and drop what cannot be written; gives what `flush` gives."""
        return self._writer.close(timeout)

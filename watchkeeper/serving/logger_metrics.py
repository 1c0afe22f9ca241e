"""What a logger says of itself, and as Prometheus reads it."""

from watchkeeper.serving.books import Books
from watchkeeper.serving.counts import Counted, Totals
from watchkeeper.serving.exposition import Family, text_of
from watchkeeper.serving.writer import Writer

__all__ = ["LoggerFigures"]

COUNTERS = {
    "produced": "Rows handed to the logger.",
    "delivered": "Rows that are where they belong.",
    "sampled_out": "Rows that were not kept on purpose.",
    "unusable": "Delivered rows whose answer or label could not be read.",
    "lost_by_kill": "Rows that earlier processes lost when they were killed, as far as this one told of them.",
    "failed_writes": "Writes that did not succeed.",
    "seconds": "Seconds of processor that the writing thread has taken.",
}
"""Attributes of the logger, with what they say."""


class LoggerFigures(Counted):
    """The counters of a logger.

    Args:
        model: whose predictions are logged.
        books: those of its place.
        writer: takes its rows.
    """

    def __init__(self, model: str, books: Books, writer: Writer) -> None:
        self._model, self._books, self._writer = model, books, writer

    def metrics(self) -> str:
        """The counters as Prometheus text."""
        return _text_of(self)

    def totals(self) -> Totals:
        """All counters at one moment, dropped rows by reason among them."""
        return self._writer.buffer.totals()

    @property
    def model(self) -> str:
        """Whose predictions are logged."""
        return self._model

    @property
    def lost_by_kill(self) -> int:
        """Rows that earlier processes of this place lost when they were killed, as far as this one told of them."""
        return self._books.lost

    @property
    def failed_writes(self) -> int:
        """Writes that did not succeed."""
        return self._writer.delivery.failed_writes

    @property
    def last_error(self) -> str:
        """What the newest failed write said."""
        return self._writer.delivery.last_error

    @property
    def seconds(self) -> float:
        """Seconds of processor that the writing thread has taken."""
        return self._writer.seconds


def _text_of(logger: LoggerFigures) -> str:
    """All counters of a logger, taken at one moment as far as they add up."""
    own = {"model": logger.model}
    totals = logger.totals()
    counts = totals.counts
    at_once = {"produced": counts.produced, "delivered": counts.delivered, "sampled_out": counts.sampled_out}
    values = {name: at_once.get(name, getattr(logger, name)) for name in COUNTERS}
    dropped = [({**own, "reason": reason}, rows) for reason, rows in totals.reasons.items()]
    return text_of(
        *(Family(f"watchkeeper_logger_{n}_total", "counter", COUNTERS[n], [(own, v)]) for n, v in values.items()),
        Family("watchkeeper_logger_dropped_total", "counter", "Rows that are lost, by reason.", dropped),
        Family("watchkeeper_logger_pending", "gauge", "Rows that wait to be written.", [(own, counts.pending)]),
    )

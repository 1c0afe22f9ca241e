"""A logger's counters as Prometheus reads them."""

from typing import TYPE_CHECKING

from watchkeeper.serving.exposition import Family, text_of

if TYPE_CHECKING:
    from watchkeeper.serving.logger import PredictionLogger

__all__ = ["logger_metrics"]

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


def logger_metrics(logger: "PredictionLogger") -> str:
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

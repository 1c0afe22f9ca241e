"""One record in the making: what was asked, what was answered, and the request around both."""

import logging
from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime

from watchkeeper.serving.asking import Prediction
from watchkeeper.serving.logger import PredictionLogger

__all__ = ["CURRENT", "Conversation", "Exchange", "keep", "observe"]

LOG = logging.getLogger("watchkeeper")


@dataclass(slots=True)
class Exchange:
    """What was asked, and what was answered as soon as it is; logged once, when the request is over.

    Attributes:
        prediction: None until somebody answers.
        failed: the version that was picked and failed; set by whoever knows, or by a request that ends with an error.
        latency_ms: milliseconds until the answer; None for those of the whole request.
        logger: where it is logged; None for the logger of the middleware.
    """

    id: str
    key: str
    version: int
    features: Mapping[str, object]
    prediction: Prediction | None = None
    failed: int | None = None
    latency_ms: float | None = None
    at: datetime | None = None
    logger: PredictionLogger | None = None

    def answer(self, prediction: Prediction) -> None:
        """Say what was answered."""
        self.prediction = prediction

    def close(self, logger: PredictionLogger | None = None, *, latency_ms: float | None = None, broken: bool) -> bool:
        """Log it; whether there was anything to log.

        Args:
            logger: for those without one.
            latency_ms: of the request, for those without one.
            broken: the request ended with an error of the server, so that nobody got the answer.
        """
        if broken:
            self.prediction, self.failed = None, self.version if self.failed is None else self.failed
        chosen = self.logger or logger
        if chosen is None or (self.prediction is None and self.failed is None):
            return False
        chosen.log(
            self.id,
            self.key,
            self.version,
            self.features,
            self.prediction,
            latency_ms=latency_ms if self.latency_ms is None else self.latency_ms,
            at=self.at,
            failed=self.failed,
        )
        return True


@dataclass(slots=True)
class Conversation:
    """The exchanges of one request, as long as it lasts."""

    exchanges: list[Exchange] = field(default_factory=list)
    over: bool = False


CURRENT: ContextVar[Conversation | None] = ContextVar("watchkeeper conversation", default=None)
"""That of the request that is being answered here, None where no middleware watches."""


def observe(id: str, key: str, version: int, features: Mapping[str, object]) -> Exchange:  # noqa: A002 - as in `log`
    """Say what the request at hand asks of which version; say with the exchange's `answer` what was answered.

    `WatchMiddleware` logs it at the end of the request, with its latency, and as failed by the version when the status
    is 500 or more; the features may not change until then. Without the middleware nothing is logged, and a warning
    says so.
    """
    exchange = Exchange(id, key, version, features)
    current = _current()
    if current is None:
        LOG.warning("%s is not logged: no WatchMiddleware watches this request", id)
    else:
        current.exchanges.append(exchange)
    return exchange


def keep(exchange: Exchange) -> None:
    """Leave an exchange to the request at hand; without one that is watched it is logged at once."""
    current = _current()
    if current is None:
        exchange.close(broken=False)
    else:
        current.exchanges.append(exchange)


def _current() -> Conversation | None:
    """The conversation at hand; a task that outlives its request has none."""
    current = CURRENT.get()
    return None if current is None or current.over else current

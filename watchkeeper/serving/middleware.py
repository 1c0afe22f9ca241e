"""An ASGI service under watch: what its requests ask and answer is logged, with their latency and their failures."""

import os
import time
from collections.abc import Awaitable, Callable, MutableMapping
from http import HTTPStatus
from typing import Any

from watchkeeper.serving.exchanges import CURRENT, Conversation
from watchkeeper.serving.exposition import CONTENT_TYPE, joined, marked
from watchkeeper.serving.logger import PredictionLogger
from watchkeeper.serving.traffic import Traffic

__all__ = ["WatchMiddleware"]

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Message, Receive, Send], Awaitable[None]]


class WatchMiddleware:
    """Watches an ASGI app; for FastAPI and Starlette `app.add_middleware(WatchMiddleware, logger=logger)`.

    What an endpoint tells with `observe` is logged when the app is done with the request, with the milliseconds until
    the response began; with a status of 500 or more, or an exception also while the response is on its way, as failed
    by its version. The end of the app's lifespan flushes the logger. Nothing in here raises into a request.

    Args:
        app: what is watched.
        logger: takes what endpoints observe.
        metrics: the path that answers a GET with Prometheus text; None for none.
        also: more of that text: `answerer.metrics`, for one.
        deadline: seconds that the end of the lifespan waits for the logger.
    """

    def __init__(
        self,
        app: App,
        logger: PredictionLogger,
        *,
        metrics: str | None = "/metrics",
        also: Callable[[], str] | None = None,
        deadline: float = 10.0,
    ) -> None:
        self._app, self._logger, self._path, self._also, self._deadline = app, logger, metrics, also, deadline
        self._traffic = Traffic()

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Answer one connection, as ASGI has it."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, self._flushing(send))
        elif scope["type"] != "http":
            await self._app(scope, receive, send)
        elif scope["path"] == self._path and scope["method"] == "GET":
            await _respond(send, self.exposition().encode())
        else:
            await self._watched(scope, receive, send)

    def exposition(self) -> str:
        """The figures of this process as Prometheus text; `pid` tells the workers of a service apart."""
        also = self._also() if self._also else ""
        return marked(joined((self._logger.metrics(), self._traffic.metrics(), also)), pid=str(os.getpid()))

    async def _watched(self, scope: Message, receive: Receive, send: Send) -> None:
        watch = _Watch(send)
        before = CURRENT.set(watch.conversation)
        try:
            await self._app(scope, receive, watch.send)
        except Exception:
            if not watch.answered:  # what fails behind a whole answer, as a background task, is not the version's
                watch.status = HTTPStatus.INTERNAL_SERVER_ERROR
            raise
        finally:
            CURRENT.reset(before)
            watch.close(self._logger, self._traffic)

    def _flushing(self, send: Send) -> Send:
        """Sends on; before the app says that it is down, what waits is written."""

        async def flushed(message: Message) -> None:
            if message["type"] in ("lifespan.shutdown.complete", "lifespan.shutdown.failed"):
                self._logger.flush(self._deadline)
            await send(message)

        return flushed


class _Watch:
    """One request.

    Attributes:
        status: of its response; None as long as there is none, and for ever when the client leaves before it.
        answered: the whole of the response is on its way.
    """

    def __init__(self, send: Send) -> None:
        self.conversation = Conversation()
        self.status: int | None = None
        self._send = send
        self._began = time.perf_counter()
        self._seconds: float | None = None
        self.answered = False

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status, self._seconds = message["status"], time.perf_counter() - self._began
        await self._send(message)
        self.answered |= message["type"] == "http.response.body" and not message.get("more_body", False)

    def close(self, logger: PredictionLogger, traffic: Traffic) -> None:
        """Log what was asked and answered, and count the request."""
        self.conversation.over = True
        seconds = time.perf_counter() - self._began if self._seconds is None else self._seconds
        broken = self.status is not None and self.status >= HTTPStatus.INTERNAL_SERVER_ERROR
        exchanges = self.conversation.exchanges
        logged = [exchange.close(logger, latency_ms=1000 * seconds, broken=broken) for exchange in exchanges]
        traffic.count(self.status, seconds, unanswered=logged.count(False))


async def _respond(send: Send, body: bytes) -> None:
    headers = [(b"content-type", CONTENT_TYPE.encode()), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": HTTPStatus.OK, "headers": headers})
    await send({"type": "http.response.body", "body": body})

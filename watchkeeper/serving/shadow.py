"""Answers that nobody gets: a version at work beside the one that answers, off the path of every request."""

import atexit
import threading
import time
import weakref
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from watchkeeper.errors import BrokenVersion
from watchkeeper.serving.asking import Answered, Request, ask, unanswered
from watchkeeper.serving.exposition import Family, text_of
from watchkeeper.serving.forks import begin_in_forks
from watchkeeper.serving.logger import PredictionLogger
from watchkeeper.serving.versions import Versions

__all__ = ["Shadow", "ShadowCounts"]

_Waiting = tuple[int, Request, datetime]
"""Who is to answer what, and when it was asked."""


@dataclass(frozen=True, slots=True)
class ShadowCounts:
    """What became of the requests offered: `offered == answered + failed + dropped + pending`, at every moment."""

    offered: int = 0
    answered: int = 0
    failed: int = 0
    dropped: int = 0

    @property
    def pending(self) -> int:
        """Waiting, or being answered."""
        return self.offered - self.answered - self.failed - self.dropped


class Shadow:
    """Answers requests in a thread of its own, and logs the answers as shadows.

    `offer` never waits and never raises: when `capacity` requests wait, new ones are dropped, and counted. The thread
    works for at most the share `busy` of the time, and rests for the remainder: a shadow that is slower than its sample
    loses requests, never the host its processor. A forked process begins with nothing waiting.

    Args:
        versions: has the version that shadows; the thread loads it.
        logger: takes the answers.
        capacity: requests that may wait.
        batch: requests that are answered in one call.
        busy: the largest share of the time that the thread may work, over 0 and up to 1.

    Attributes:
        last_error: what the version said when it failed last.
    """

    def __init__(
        self,
        versions: Versions,
        logger: PredictionLogger,
        *,
        capacity: int = 1_000,
        batch: int = 32,
        busy: float = 0.25,
    ) -> None:
        if not 0.0 < busy <= 1.0:
            raise ValueError(f"`busy` is a share of the time, over 0 and up to 1, not {busy}")
        self._versions, self._logger = versions, logger
        self._capacity, self._batch, self._busy = capacity, batch, busy
        self._closed = False
        self.begin()
        begin_in_forks(self)
        _LIVE.add(self)

    def begin(self) -> None:
        """Start with nothing: at first, and again in a forked process."""
        self.last_error = ""
        self._changed = threading.Condition()
        self._waiting: deque[_Waiting] = deque()
        self._offered = self._answered = self._failed = self._dropped = 0
        self._hurried = 0
        self._thread: threading.Thread | None = None

    def counts(self) -> ShadowCounts:
        """What became of all requests so far."""
        with self._changed:
            return ShadowCounts(self._offered, self._answered, self._failed, self._dropped)

    def offer(self, version: int, request: Request) -> None:
        """Let a version answer a request soon; its features are copied."""
        known, at = _copied(request), request.at or datetime.now(UTC)
        with self._changed:
            self._offered += 1
            if known is None or self._closed or len(self._waiting) >= self._capacity or not self._runs():
                self._dropped += 1
                return
            self._waiting.append((version, known, at))
            self._changed.notify_all()

    def flush(self, timeout: float = 10.0) -> bool:
        """Answer all that waits, without rest; whether that was done within `timeout` seconds."""
        with self._changed:
            self._hurried += 1
            self._changed.notify_all()
            done = self._changed.wait_for(lambda: not self._pending(), timeout)
            self._hurried -= 1
            return done

    def close(self, timeout: float = 10.0) -> bool:
        """Take no more, answer what waits, and drop what is not answered in time; gives what `flush` gives."""
        self._closed = True
        done = self.flush(timeout)
        with self._changed:
            self._dropped += len(self._waiting)
            self._waiting.clear()
            self._changed.notify_all()
        return done

    def metrics(self) -> str:
        """What became of the requests in the shadow, as Prometheus text."""
        counts = self.counts()
        samples = [({"fate": fate}, getattr(counts, fate)) for fate in ("answered", "failed", "dropped", "pending")]
        says = "Requests offered to the shadow, by what became of them."
        return text_of(Family("watchkeeper_shadow_requests", "gauge", says, samples))

    def _pending(self) -> int:
        return self._offered - self._answered - self._failed - self._dropped

    def _runs(self) -> bool:
        """See that the thread runs; False when the system has none to give."""
        if self._thread is None:
            thread = threading.Thread(target=self._answer_on, name="watchkeeper shadow", daemon=True)
            try:
                thread.start()
            except RuntimeError as error:
                self.last_error = str(error)
                return False
            self._thread = thread
        return True

    def _answer_on(self) -> None:
        while taken := self._taken():
            began = time.monotonic()
            for version in dict.fromkeys(waited[0] for waited in taken):
                self._answer(version, [waited for waited in taken if waited[0] == version])
            self._rest((time.monotonic() - began) * (1 / self._busy - 1))

    def _taken(self) -> list[_Waiting]:
        """The next requests, when there are any; none at the end."""
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._closed)
            return [self._waiting.popleft() for _ in range(min(self._batch, len(self._waiting)))]

    def _answer(self, version: int, waited: Sequence[_Waiting]) -> None:
        answers = self._asked(version, [request for _, request, _ in waited])
        for (_, request, at), answer in zip(waited, answers, strict=True):
            self._logger.log_shadow(
                request.id,
                request.key,
                version,
                answer.prediction,
                latency_ms=answer.latency_ms if request.at is None else None,
                at=at,
                failed=answer.failed,
            )
        failed = [answer for answer in answers if answer.failed is not None]
        with self._changed:
            self._failed += len(failed)
            self._answered += len(answers) - len(failed)
            self.last_error = failed[-1].error if failed else self.last_error
            self._changed.notify_all()

    def _asked(self, version: int, requests: Sequence[Request]) -> list[Answered]:
        try:
            model = self._versions.model(version)
        except BrokenVersion as error:
            return [unanswered(version, error)] * len(requests)
        return ask(model, version, requests)

    def _rest(self, seconds: float) -> None:
        with self._changed:
            self._changed.wait_for(lambda: self._hurried or self._closed, seconds)


def _copied(request: Request) -> Request | None:
    try:
        return replace(request, features=dict(request.features))
    except Exception:  # noqa: BLE001 - features that are no mapping must not stop an answer
        return None


_LIVE: weakref.WeakSet[Shadow] = weakref.WeakSet()


@atexit.register
def _close_all() -> None:  # pragma: no cover - runs at the end of the processes that tests start
    for shadow in list(_LIVE):
        shadow.close(timeout=5.0)

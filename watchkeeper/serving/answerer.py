"""Route, ask, fall back, log: a request has an answer as long as any good version is loaded."""

import threading
from collections.abc import Iterator, Sequence
from dataclasses import replace

from watchkeeper.errors import BrokenVersion, NoAnswer
from watchkeeper.serving.asking import Answered, Request, ask, unanswered
from watchkeeper.serving.exchanges import Exchange, keep
from watchkeeper.serving.exposition import Family, text_of
from watchkeeper.serving.forks import begin_in_forks
from watchkeeper.serving.logger import PredictionLogger
from watchkeeper.serving.router import CanaryRouter
from watchkeeper.serving.shadow import Shadow
from watchkeeper.serving.versions import Versions

__all__ = ["Answerer"]


class Answerer:
    """Answers requests by the version that their key picks, and logs them.

    When that version cannot be loaded, raises, or gives NaN, the champion answers; when that one fails too, the version
    that was champion before it on this host. The record names who answered, and as `failed` who should have. Answerers
    are safe to share between threads.

    Args:
        router: says who answers.
        versions: has them.
        logger: takes the records.
        shadow: answers a sample once more, as the split says; None for no shadows.

    Attributes:
        fallbacks: requests that another version answered than the one that was picked.
        unanswered: requests that nobody answered.
        last_error: what the version that failed last said.
    """

    def __init__(
        self, router: CanaryRouter, versions: Versions, logger: PredictionLogger, shadow: Shadow | None = None
    ) -> None:
        self.fallbacks = self.unanswered = 0
        self.last_error = ""
        self._router, self._versions, self._logger, self._shadow = router, versions, logger, shadow
        self._steady: int | None = None
        self.begin()
        begin_in_forks(self)

    def begin(self) -> None:
        """Go on in a forked process."""
        self._lock = threading.Lock()

    def answer(self, request: Request) -> Answered:
        """Answer one request. Raises NoAnswer when no version can; the record says so too."""
        (answered,) = self._answers(self._router.route(request.key), [request])
        self._note(request, answered)
        if answered.prediction is None:
            raise NoAnswer(f"nobody could answer {request.id}: {answered.error}")
        return answered

    def answer_all(self, requests: Sequence[Request]) -> list[Answered]:
        """Answer requests in their order, those of one version at once; where nobody could, the prediction is None."""
        picked = [self._router.route(request.key) for request in requests]
        answers: dict[int, Answered] = {}
        for number in dict.fromkeys(picked):
            places = [place for place, version in enumerate(picked) if version == number]
            answers |= zip(places, self._answers(number, [requests[place] for place in places]), strict=True)
        answered = [answers[place] for place in range(len(requests))]
        for request, answer in zip(requests, answered, strict=True):
            self._note(request, answer)
        return answered

    def warm(self) -> None:
        """Load the versions of the split, so that no request waits for it."""
        split = self._router.split()
        self._versions.warm(self._router.champion, *((split.canary, split.shadow) if split else ()))

    def flush(self, timeout: float = 10.0) -> bool:
        """Finish the shadows, and write all that was logged; whether that was done within `timeout` seconds each."""
        return (self._shadow is None or self._shadow.flush(timeout)) & self._logger.flush(timeout)

    def close(self, timeout: float = 10.0) -> bool:
        """Flush, and take no more."""
        return (self._shadow is None or self._shadow.close(timeout)) & self._logger.close(timeout)

    def metrics(self) -> str:
        """What became of requests, who answers, and the shadows, as Prometheus text."""
        counts = [({"kind": "fallback"}, self.fallbacks), ({"kind": "unanswered"}, self.unanswered)]
        says = "Requests whose version failed: another one answered, or nobody did."
        text = text_of(Family("watchkeeper_failed_requests_total", "counter", says, counts)) + self._router.metrics()
        return text if self._shadow is None else text + self._shadow.metrics()

    def _answers(self, number: int, requests: Sequence[Request]) -> list[Answered]:
        """The answers of a version, and of others where it has none."""
        answers = self._ask(number, requests)
        others = self._instead_of(number)
        while missing := [place for place, answer in enumerate(answers) if answer.prediction is None]:
            other = next(others, None)
            if other is None:
                break
            for place, answer in zip(missing, self._ask(other, [requests[p] for p in missing]), strict=True):
                if answer.prediction is not None:
                    answers[place] = replace(answer, failed=number, error=answers[place].error)
        return answers

    def _instead_of(self, number: int) -> Iterator[int]:
        others = (self._router.champion, self._steady)
        return (other for other in dict.fromkeys(others) if other not in (None, number))

    def _ask(self, number: int, requests: Sequence[Request]) -> list[Answered]:
        try:
            model = self._versions.model(number)
        except BrokenVersion as error:
            return [unanswered(number, error)] * len(requests)
        answers = ask(model, number, requests)
        if number == self._router.champion and answers[0].prediction is not None:
            self._steady = number
        return answers

    def _note(self, request: Request, answer: Answered) -> None:
        if answer.failed is not None:
            with self._lock:
                self.last_error = answer.error
                self.fallbacks += answer.prediction is not None
                self.unanswered += answer.prediction is None
        keep(
            Exchange(
                request.id,
                request.key,
                answer.version,
                request.features,
                answer.prediction,
                answer.failed,
                answer.latency_ms if request.at is None else None,
                request.at,
                self._logger,
            )
        )
        number = None if self._shadow is None else self._router.shadow(request.id)
        if self._shadow and number not in (None, answer.version, answer.failed) and answer.prediction is not None:
            self._shadow.offer(number, request)

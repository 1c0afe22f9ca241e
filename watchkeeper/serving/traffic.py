"""Requests of a service as figures: how many, how they ended, how long they took."""

from bisect import bisect_left
from itertools import accumulate

from watchkeeper.serving.exposition import Family, text_of

__all__ = ["SECONDS", "Traffic"]

SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
"""The upper ends of the histogram's buckets."""


class Traffic:
    """Counts the requests of one process; it is one event loop's, so that it needs no lock."""

    def __init__(self) -> None:
        self._ends = {"2xx": 0, "4xx": 0, "5xx": 0, "left": 0}
        self._buckets = [0] * (len(SECONDS) + 1)
        self._seconds = 0.0
        self._unanswered = 0

    def count(self, status: int | None, seconds: float, *, unanswered: int = 0) -> None:
        """Count a request.

        Args:
            status: of the response; None when the client left before it.
            seconds: until the response began.
            unanswered: what the request asked of versions without anybody's answer or failure, and was not logged.
        """
        end = "left" if status is None else f"{status // 100}xx"
        self._ends[end] = self._ends.get(end, 0) + 1
        self._buckets[bisect_left(SECONDS, seconds)] += 1
        self._seconds += seconds
        self._unanswered += unanswered

    def metrics(self) -> str:
        """The counts as Prometheus text."""
        ends = [({"end": end}, n) for end, n in self._ends.items()]
        so_far = list(accumulate(self._buckets))
        names = [*map(str, SECONDS), "+Inf"]
        took: list[tuple[dict[str, str], float]] = [
            ({"": "_bucket", "le": name}, n) for name, n in zip(names, so_far, strict=True)
        ]
        took += [({"": "_sum"}, self._seconds), ({"": "_count"}, so_far[-1])]
        return text_of(
            Family("watchkeeper_requests_total", "counter", "Requests, by how they ended.", ends),
            Family("watchkeeper_request_seconds", "histogram", "Seconds until a response began.", took),
            Family(
                "watchkeeper_unanswered_observations_total",
                "counter",
                "Observed, but neither answered nor failed; not logged.",
                [({}, self._unanswered)],
            ),
        )

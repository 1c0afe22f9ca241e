"""Asking a version: whatever it does, every request ends with an answer or without one."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from numbers import Real

__all__ = ["Answered", "Model", "Prediction", "Request", "ask", "unanswered"]

Prediction = float | Sequence[float] | Mapping[str, float]
"""A probability, or a value; of a multiclass model the probabilities of its classes, in order or by name."""

Model = Callable[[Sequence[Mapping[str, object]]], Sequence[Prediction]]
"""A loaded version: the features of some requests in, as many predictions out, in their order."""


@dataclass(frozen=True, slots=True)
class Request:
    """What a host is asked.

    Attributes:
        id: the record's own id, which its label will refer to.
        key: what decides who answers.
        features: what is known, by name.
        at: when it was asked, for replays, whose latencies are not of their time and not logged; None is now.
    """

    id: str
    key: str
    features: Mapping[str, object]
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Answered:
    """What became of a request.

    Attributes:
        prediction: None when nobody answered.
        version: who answered; when nobody did, who should have.
        failed: the version that was picked for the request and failed; None when nothing did.
        latency_ms: milliseconds that the version named by `version` took, a share of those of its whole batch.
        error: what the version that failed said.
    """

    prediction: Prediction | None
    version: int
    failed: int | None
    latency_ms: float
    error: str = ""


def ask(model: Model, version: int, requests: Sequence[Request]) -> list[Answered]:
    """The answers of one version, one a request in their order; a failure is an answer too.

    A version fails a request when it raises, gives another number of predictions than it was asked for, or gives NaN.
    When it fails a batch, each of its requests is asked alone: one that is poison takes no other with it.
    """
    began = time.perf_counter()
    try:
        predictions = list(model([request.features for request in requests]))
        if len(predictions) != len(requests):
            raise ValueError(f"{len(predictions)} predictions for {len(requests)} requests")  # noqa: TRY301 - a failure too
    except Exception as error:  # noqa: BLE001 - a version may raise anything
        if len(requests) > 1:
            return [answer for request in requests for answer in ask(model, version, [request])]
        return [unanswered(version, error, 1000 * (time.perf_counter() - began))]
    spent = 1000 * (time.perf_counter() - began) / max(len(requests), 1)
    return [_answered(prediction, version, spent) for prediction in predictions]


def unanswered(version: int, error: Exception, latency_ms: float = 0.0) -> Answered:
    """The end of a request whose version failed it."""
    return Answered(None, version, version, latency_ms, f"v{version}: {type(error).__name__}: {error}")


def _answered(prediction: Prediction | None, version: int, spent: float) -> Answered:
    if prediction is None or (isinstance(prediction, Real) and prediction != prediction):  # noqa: PLR0124 - NaN
        return Answered(None, version, version, spent, f"v{version} answered {prediction}")
    return Answered(prediction, version, None, spent)

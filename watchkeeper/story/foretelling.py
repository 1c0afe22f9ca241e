"""Estimated and realised performance of a model's windows, side by side."""

from collections.abc import Sequence
from datetime import timedelta

from watchkeeper.checks.estimate import ERROR, REALISED, VALUE
from watchkeeper.domain.intervals import Interval
from watchkeeper.errors import NotThere
from watchkeeper.pictures import Canvas, Foretold, draw_foretold
from watchkeeper.story.house import House
from watchkeeper.window import History

__all__ = ["foretold", "picture_of_estimates"]

KIND = "estimate"


def foretold(house: House, model: str, over: Interval) -> tuple[Foretold, ...]:
    """What was estimated of the windows of an interval, and what their labels said once they had come.

    Everything stands at the end of the time that it is about. Raises NotThere when nothing was estimated.
    """
    delay = house.model(model).labels.delay
    known = house.state.history(model, over.start, over.end + delay + timedelta(microseconds=1), {KIND: None})
    metrics = [subject for kind, subject, name in known if (kind, name) == (KIND, VALUE)]
    if not metrics:
        raise NotThere(f"nothing was estimated of {model} from {over}; docs/runbooks/estimate.md says when nothing is")
    return tuple(_foretold(known, metric, over, delay) for metric in sorted(metrics))


def _foretold(known: History, metric: str, over: Interval, delay: timedelta) -> Foretold:
    errors = dict(known.get((KIND, metric, ERROR), ()))
    estimated = [(at, v, errors.get(at, 0.0)) for at, v in known[KIND, metric, VALUE] if at <= over.end]
    realised = [(at - delay, value) for at, value in known.get((KIND, metric, REALISED), ())]
    return Foretold(metric, estimated, [point for point in realised if over.start <= point[0]])


def picture_of_estimates(model: str, found: Sequence[Foretold], over: Interval) -> bytes:
    """One pair of lines a metric, below each other; a PNG file."""
    lead = f"{over}: estimates assume that the same records still mean the same labels; they decide nothing"
    canvas = Canvas(f"{model}: performance before and after its labels came", lead, [1.8] * len(found))
    for row, told in enumerate(found):
        draw_foretold(canvas.title(row, told.metric), told, over)
    return canvas.png()

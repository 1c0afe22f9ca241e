"""Labels cut into blocks that are large enough to measure performance on."""

from collections.abc import Iterator
from datetime import timedelta

import numpy as np
import pyarrow as pa

from watchkeeper.domain.intervals import EPOCH, Interval
from watchkeeper.serving.answers import answers_in
from watchkeeper.spec import ModelSpec
from watchkeeper.window import Floats, Outcomes

__all__ = ["has_enough", "trained_blocks"]

TICK = timedelta(microseconds=1)


def has_enough(outcomes: Outcomes, fewest: tuple[int, int]) -> bool:
    """Whether performance can be measured on these labels: `fewest` is that of the spec."""
    return all(count >= least for count, least in zip(outcomes.counts, fewest, strict=True))


def trained_blocks(spec: ModelSpec, records: pa.Table) -> tuple[Outcomes, ...]:
    """The training records with their out-of-fold answers, cut as production would cut them, oldest first.

    A block begins where the last one ended, and grows window by window until it has enough labels; where the spec says
    how long blocks are, one that has too few by then is left out, and where it does not, one that has too few when it
    would be too long. Records need not be in order.
    """
    every = spec.every // TICK
    at = records["_at"].cast(pa.timestamp("us", "UTC")).cast(pa.int64()).to_numpy()
    order = np.argsort(at, kind="stable")
    answers = answers_in(records, spec.problem, spec.classes)[order]
    labels = records["_label"].to_numpy(zero_copy_only=False).astype(float)[order]
    return tuple(_blocks(spec, at[order] // every, answers, labels))


def _blocks(spec: ModelSpec, places: np.ndarray, answers: Floats, labels: Floats) -> Iterator[Outcomes]:
    """The blocks of records in order; `places` says in which window each lies."""
    longest = max(spec.labels.blocks(_window(spec, 0))[-1].length // spec.every, 1)
    shortest, fewest = longest if spec.labels.over else 1, spec.fewest_labels
    begins, first = 0, int(places[0]) if places.size else 0
    for last in np.unique(places).tolist():
        ends = int(np.searchsorted(places, last, side="right"))
        if last - first >= longest:  # windows without records were passed over
            begins, first = int(np.searchsorted(places, last)), last
        length = last - first + 1
        if length < shortest:
            continue
        interval = Interval(_window(spec, first).start, _window(spec, last).end)
        block = Outcomes(interval, answers[begins:ends], labels[begins:ends], ends - begins, spec.problem)
        enough = has_enough(block, fewest)
        if enough:
            yield block
        if enough or length == longest:
            begins, first = ends, last + 1


def _window(spec: ModelSpec, place: int) -> Interval:
    """The window at this place since 1970."""
    start = EPOCH + place * spec.every
    return Interval(start, start + spec.every)

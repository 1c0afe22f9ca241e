"""Performance before the labels are known: learnt when a version is trained, estimated when a window is looked at."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pyarrow as pa

from watchkeeper.checks.estimate import EstimatedPerformance
from watchkeeper.domain.intervals import Interval
from watchkeeper.domain.problems import Problem
from watchkeeper.estimates import Expectation, expect_classes, expect_errors
from watchkeeper.ports import Look
from watchkeeper.profiles.metrics import are_distributions, are_probabilities
from watchkeeper.serving.answers import answers_in
from watchkeeper.spec import ModelSpec
from watchkeeper.story.baselines import broken_intervals
from watchkeeper.story.house import House
from watchkeeper.window import Floats, Window

__all__ = ["expectation_of", "with_estimates"]

LEAST = 200
"""Fewer training records than this let one expect nothing."""

MOST = 20_000
"""Of a regression so many records of a window are looked at, evenly spread: its errors must be predicted one by one,
and this many make the error of the mean as small as a hundredth of their spread."""


def expectation_of(spec: ModelSpec, records: pa.Table) -> Expectation | None:
    """What training records with their out-of-fold answers let one expect; None where they are too few, or strange."""
    answers = answers_in(records, spec.problem, spec.classes)
    labels = records["_label"].to_numpy().astype(np.float64)
    known = np.isfinite(np.column_stack([answers, labels])).all(axis=1)
    if known.sum() < LEAST:
        return None
    if spec.problem is Problem.REGRESSION:
        return _of_errors(spec, records.filter(pa.array(known)), answers[known], labels[known])
    fits = are_probabilities if spec.problem is Problem.BINARY else are_distributions
    return expect_classes(answers[known], labels[known]) if fits(answers[known], labels[known]) else None


def _of_errors(spec: ModelSpec, records: pa.Table, answers: Floats, labels: Floats) -> Expectation:
    kinds = {name: kind for name, kind in spec.feature_kinds.items() if name in records.column_names}
    return expect_errors(answers, labels, records, kinds)


def with_estimates(
    house: House, spec: ModelSpec, look: Look, expectation: Expectation | None, window: Window
) -> Window:
    """The window with what performance is to be expected of the champion's answers up to its end.

    They are those that will be the outcomes once their labels are due: of as long a time, and without windows that were
    found broken before.

    Args:
        look: the one that read the window.
        expectation: of the champion; None leaves the window as it is.
    """
    asked = any(isinstance(check, EstimatedPerformance) for check in spec.asked)
    if expectation is None or not asked or not window.rows:
        return window
    over = Interval(window.interval.end - window.outcomes.interval.length, window.interval.end)
    before = Interval(over.start, window.interval.start) if over.start < window.interval.start else None
    due = replace(look, outcomes=over, without=broken_intervals(house, spec, before) if before else ())
    every = max(window.rows * (over.length // window.interval.length) // MOST, 1) if expectation.features else 1
    parts = _parts(house, spec, due, expectation, every)
    return replace(window, estimates=expectation.estimates(parts))


def _parts(
    house: House, spec: ModelSpec, due: Look, expectation: Expectation, every: int
) -> Iterator[tuple[Floats, pa.Table]]:
    """Answers with the columns that are needed beside them, of one record in `every`."""
    for table in house.predictions.answered(due, expectation.features):
        some = table.take(np.arange(0, table.num_rows, every)) if every > 1 else table
        yield answers_in(some, spec.problem, spec.classes), some

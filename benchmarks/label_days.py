"""Days of answered and labelled flights on which nothing drifts, and the same with labels turned round.

The model knows the departure delay, which the demo's may not, and is cross-validated over random days: every day is
answered by trees that have seen days of the same season, so that nothing but the days themselves differs.
"""

import math
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from sklearn.ensemble import HistGradientBoostingClassifier
from threadpoolctl import threadpool_limits

from examples.flights.source import CATEGORIES, FEATURES, Flights, departure_delays, labelled
from watchkeeper.domain.intervals import Interval
from watchkeeper.window import Floats, Outcomes

__all__ = ["Days", "label_days", "losses", "weeks"]

Days = Sequence[Outcomes]
FOLDS = 4
FIRST_MONDAY = 6
"""The seventh of January 2013."""


def label_days(folder: Path, within: Interval, flips: Sequence[float]) -> Mapping[float, Days]:
    """The 365 days, for each share of labels that is turned round; 0 is the truth.

    Args:
        folder: where the flights are cached.
        within: what the outcomes are said to be of.
        flips: shares; of two the larger one turns round what the smaller one does, and more.
    """
    joined = Flights(folder).year().join(departure_delays(), "_id")  # which leaves no order
    flights = labelled(joined.sort_by([("_at", "ascending"), ("_id", "ascending")]))
    day, truth = pc.day_of_year(flights["_at"]).to_numpy() - 1, flights["_label"].to_numpy()
    answers = _answers(flights, day, truth)
    chance = np.random.default_rng(1).random(truth.size)
    return {flip: _days(within, day, answers, np.where(chance < flip, 1 - truth, truth)) for flip in flips}


def _answers(flights: pa.Table, day: np.ndarray, truth: Floats) -> Floats:
    """Every flight answered by trees that have not seen its day."""
    frame = flights.select([*FEATURES, "dep_delay"]).to_pandas()
    frame = frame.astype(dict.fromkeys(CATEGORIES, "category"))
    fold, answers = np.random.default_rng(0).integers(0, FOLDS, 365)[day], np.empty(truth.size)
    for held in (fold == number for number in range(FOLDS)):
        trees = HistGradientBoostingClassifier(
            max_iter=150, learning_rate=0.08, l2_regularization=1.0, categorical_features=[*CATEGORIES], random_state=0
        )
        with threadpool_limits(1):
            answers[held] = trees.fit(frame[~held], truth[~held]).predict_proba(frame[held])[:, 1]
    return answers


def _days(within: Interval, day: np.ndarray, answers: Floats, labels: Floats) -> Days:
    days = [Outcomes(within, answers[day == n], labels[day == n], int((day == n).sum())) for n in range(365)]
    for outcomes in days:
        _ = outcomes.metrics, outcomes.counts  # computed once, for all streams
    return days


def losses(outcomes: Outcomes) -> Floats:
    """The log-loss of each record, shape (n,)."""
    sure = np.clip(outcomes.predictions, 1e-4, 1 - 1e-4)
    return -(outcomes.labels * np.log(sure) + (1 - outcomes.labels) * np.log1p(-sure))


def weeks(streams: int, days: int, seed: int) -> np.ndarray:
    """Streams of whole weeks drawn with replacement, as places of days in the year, shape (streams, days).

    Weather that lasts and weekdays stay together; no order of seasons is left.
    """
    starts = np.arange(FIRST_MONDAY, 365 - 6, 7)
    drawn = np.random.default_rng(seed).choice(starts, (streams, math.ceil(days / 7)))
    return (drawn[:, :, np.newaxis] + np.arange(7)).reshape(streams, -1)[:, :days]

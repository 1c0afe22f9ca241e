"""Launches on the flights of 2013: a challenger that is trained anew every month against a champion that stays.

The champion was trained on January and February, the challenger every month on the 60 days before it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow.compute as pc
from sklearn.ensemble import HistGradientBoostingClassifier
from threadpoolctl import threadpool_limits

from examples.flights.source import CATEGORIES, FEATURES, Flights, labelled
from watchkeeper.domain.judgements import Criterion
from watchkeeper.domain.problems import Problem
from watchkeeper.judge import bounds_of, log_losses

__all__ = ["DAYS", "EVERY", "FIRST", "Launch", "launches"]

FIRST, EVERY, DAYS, YEAR = 60, 3, 28, 365
TRAINED = 60
"""Days of which the challenger learns."""

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Launch:
    """One challenger's first days.

    Attributes:
        number: of the launch, from 0.
        canary, champion: log-losses of all flights of each day, in the same order.
        margin: in the same unit.
    """

    number: int
    canary: Sequence[Floats]
    champion: Sequence[Floats]
    margin: float

    @property
    def differences(self) -> Floats:
        """Of the means of every day."""
        return np.array([a.mean() - b.mean() for a, b in zip(self.canary, self.champion, strict=True)])

    @property
    def truth(self) -> float:
        """The harm that the canary really did."""
        return float(self.differences.mean())

    @property
    def criterion(self) -> Criterion:
        """What it is judged by."""
        return Criterion("loss", self.margin, bounds=bounds_of(Problem.BINARY), labelled=True)


def launches(folder: Path) -> list[Launch]:
    """All of them, oldest first."""
    flights = labelled(Flights(folder).year())
    day, truth = pc.day_of_year(flights["_at"]).to_numpy() - 1, flights["_label"].to_numpy()
    frame = flights.select(FEATURES).to_pandas().astype(dict.fromkeys(CATEGORIES, "category"))
    month = pc.month(flights["_at"]).to_numpy()
    old, new = (np.empty(truth.size) for _ in range(2))
    old[:] = _answers(frame, truth, month <= 2, month > 0)  # noqa: PLR2004 - January and February
    for number in range(3, 13):
        served = month == number
        first = day[served].min()
        new[served] = _answers(frame, truth, (day < first) & (day >= first - TRAINED), served)
    champion = log_losses(old, truth)
    ours, theirs = (_by_day(losses, day) for losses in (log_losses(new, truth), champion))
    starts = range(FIRST, YEAR - DAYS - 2, EVERY)
    margin = 0.01 * float(champion.mean())
    return [Launch(n, ours[s : s + DAYS], theirs[s : s + DAYS], margin) for n, s in enumerate(starts)]


def _answers(frame: object, truth: Floats, learned: npt.NDArray[np.bool_], served: npt.NDArray[np.bool_]) -> Floats:
    trees = HistGradientBoostingClassifier(
        max_iter=200, learning_rate=0.06, l2_regularization=1.0, categorical_features=[*CATEGORIES], random_state=0
    )
    with threadpool_limits(1):
        fitted = trees.fit(frame[learned], truth[learned])  # type: ignore[index]
        answers: Floats = fitted.predict_proba(frame[served])[:, 1]  # type: ignore[index]
    return answers


def _by_day(losses: Floats, day: npt.NDArray[np.int64]) -> list[Floats]:
    return [losses[day == number] for number in range(YEAR)]

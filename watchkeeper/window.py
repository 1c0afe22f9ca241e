"""What a check is asked about: the window, and the baseline it is held against."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import numpy as np
import numpy.typing as npt

from watchkeeper.domain.accounts import Accounts
from watchkeeper.domain.estimates import Estimate
from watchkeeper.domain.intervals import Interval
from watchkeeper.domain.problems import Problem
from watchkeeper.profiles import Kind, NumericColumn, Profile
from watchkeeper.profiles.metrics import metrics_of

__all__ = ["CONFIDENCE", "PREDICTION", "Baseline", "History", "Outcomes", "Window", "kinds_of_answers"]

PREDICTION = "prediction"
"""The name under which a model's answers are profiled and found beside its features."""

CONFIDENCE = "prediction_confidence"
"""The name under which the probability of the class that a multiclass model answers is profiled."""

History = Mapping[tuple[str, str, str], Sequence[tuple[datetime, float]]]
"""(check, subject, name of the measure) -> (end of window, value), oldest first."""

Floats = npt.NDArray[np.float64]


def kinds_of_answers(problem: Problem) -> dict[str, Kind]:
    """The columns as which answers are profiled; those of a multiclass model by class, and by how sure they are."""
    if problem is Problem.MULTICLASS:
        return {PREDICTION: Kind.CATEGORICAL, CONFIDENCE: Kind.NUMERIC}
    return {PREDICTION: Kind.NUMERIC}


@dataclass(frozen=True, slots=True, eq=False)
class Outcomes:
    """The labelled records of an interval that lies back by the labels' delay.

    Attributes:
        predictions: one entry a labelled record, shape (n,); of a multiclass model one row of probabilities, (n, k).
        labels: in the same order, shape (n,).
        expected: records in that interval, labelled or not.
        problem: what the predictions are.
        segments: those of parts of the records, by the names of the window's segments.
    """

    interval: Interval
    predictions: Floats
    labels: Floats
    expected: int
    problem: Problem = Problem.BINARY
    segments: Mapping[str, "Outcomes"] = field(default_factory=dict)
    _measured: dict[str, float] = field(default_factory=dict, init=False, repr=False)
    _counted: list[int] = field(default_factory=list, init=False, repr=False)

    @property
    def metrics(self) -> dict[str, float]:
        """Those of `metrics_of`, computed for the first check that asks."""
        if not self._measured:
            self._measured.update(metrics_of(self.problem, self.predictions, self.labels))
        return self._measured

    @property
    def counts(self) -> tuple[int, int]:
        """How many pairs are known, and how many of them have another label than the most frequent one.

        Numbers are no labels of which one is the most frequent: of a regression model all count.
        """
        if not self._counted:
            known = self.labels[np.isfinite(np.column_stack([self.predictions, self.labels])).all(axis=1)]
            regression = self.problem is Problem.REGRESSION or not known.size
            most = 0 if regression else np.unique(known, return_counts=True)[1].max()
            self._counted.extend((known.size, known.size - int(most)))
        return self._counted[0], self._counted[1]


@dataclass(frozen=True, slots=True)
class Window:
    """The records of one model in one interval, as counts and outcomes, never as rows.

    Attributes:
        rows: records in the window that are counted; of records that were kept with unequal chances as many as make
            every one of them stand for equally many.
        profile: of the features, of the answers (`kinds_of_answers`), and of the business columns.
        newest: time of the last record; None for an empty window.
        trouble: what could not be read, one sentence each, naming file and reason.
        metrics: what the functions among the model's metrics gave, by name; a sentence where one gave nothing.
        latency: of all records, in milliseconds; None where none was counted.
        estimates: what performance is expected to be, by the answers alone, over as long a time as the outcomes cover,
            up to the window's end.
        weight: for how many requests each counted record stands; 1 where hosts keep every record.
        accounts: what the hosts say became of the records they were handed.
    """

    model: str
    interval: Interval
    rows: int
    profile: Profile
    outcomes: Outcomes
    newest: datetime | None
    trouble: tuple[str, ...] = ()
    metrics: Mapping[str, float | str] = field(default_factory=dict)
    latency: NumericColumn | None = None
    estimates: tuple[Estimate, ...] = ()
    weight: float = 1.0
    accounts: Accounts = field(default_factory=Accounts)

    @property
    def requests(self) -> int:
        """How many requests the counted records stand for."""
        return round(self.rows * self.weight)


@dataclass(frozen=True, slots=True)
class Baseline:
    """What a window is held against.

    Attributes:
        anchor: profile of the records that the version was approved on; never rolls by itself.
        trailing: sum of the last 28 days' profiles without broken windows; None while there are none.
        history: raw measures of earlier windows, seeded from the training records.
        metrics: out-of-fold metrics of the version at training.
    """

    version: int
    digest: str
    anchor: Profile
    trailing: Profile | None
    history: History
    metrics: Mapping[str, float]

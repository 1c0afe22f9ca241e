"""A made-up world and the model that was trained on it, day by day, with a place for every mishap on the way.

What is becomes what is logged, what is logged is answered, what is answered comes true, and what came true is labelled:
a mishap changes one of these steps from one day on. Each world draws its own columns, weights, base rate and traffic.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pyarrow as pa

from benchmarks.worldly import CATEGORIES, KINDS, NUMBERS, SYMMETRIC, scaled, standard
from watchkeeper.domain.intervals import Interval
from watchkeeper.domain.versions import Version
from watchkeeper.ports import Anchor
from watchkeeper.profiles import Grid, Kind, NumericColumn, profile_batches
from watchkeeper.profiles.metrics import classification_metrics
from watchkeeper.serving.tables import MICROSECOND
from watchkeeper.spec import ModelSpec
from watchkeeper.story.anchors import make_anchor
from watchkeeper.window import PREDICTION, Floats, Outcomes, Window

__all__ = ["DAY", "FIRST", "Change", "Columns", "Day", "World", "window_of"]

DAY = timedelta(days=1)
FIRST = datetime(2024, 3, 4, tzinfo=UTC)
"""The first day after training, a Monday."""

TRAINED = 60
"""Days of training."""

Draw = np.random.Generator
Columns = dict[str, np.ndarray]

HARDLY_LEARNED = 1.25
"""In spreads: one in ten records lay beyond it in training."""

RESTLESS = 0.12
"""By so many of its spreads a column's mean differs from day to day."""


@dataclass(frozen=True, eq=False)
class Day:
    """One day on its way through the world; mishaps give another one back.

    Attributes:
        real: the columns as they are; `logged`: as they are logged and answered.
        odds: of the truth, in log-odds; `answers`: of the model, probabilities.
        labels: NaN where none has come.
        latency: in milliseconds.
    """

    number: int
    draw: Draw
    real: Columns
    logged: Columns
    odds: Floats
    answers: Floats
    labels: Floats = field(default_factory=lambda: np.empty(0))
    latency: Floats = field(default_factory=lambda: np.empty(0))

    @property
    def interval(self) -> Interval:
        """When it is."""
        return Interval(FIRST + self.number * DAY, FIRST + (self.number + 1) * DAY)


Change = Callable[[Day], Day]


@dataclass(frozen=True)
class World:
    """A world by its seed; the same at every call.

    Attributes:
        weights: of the standardised columns, in the truth.
        learned: the same in the model, which knows them nearly.
        sides: on which side the columns that matter bend.
        rate: the log-odds of the label 1 on average.
        rows: a day.
    """

    seed: int
    weights: Mapping[str, float]
    learned: Mapping[str, float]
    sides: Mapping[str, float]
    rate: float
    rows: int

    @classmethod
    def of(cls, seed: int) -> "World":
        """Draw a world: two columns matter much, two little, the others hardly."""
        draw = np.random.default_rng([seed, 7])
        sizes = draw.permutation([1.0, 0.8, 0.45, 0.35, 0.1, 0.05]) * draw.choice([-1, 1], 6)
        weights = dict(zip(NUMBERS, map(float, sizes), strict=True)) | {"channel": float(draw.choice([-0.5, 0.5]))}
        learned = {name: w + float(draw.normal(0, 0.03)) for name, w in weights.items()}
        ranked = sorted(NUMBERS, key=lambda name: -abs(weights[name]))
        sides = {name: float(draw.choice([-1, 1])) for name in ranked[:3]}
        return cls(seed, weights, learned, sides, float(draw.uniform(-2.2, -0.7)), int(draw.integers(800, 2_500)))

    @property
    def ranked(self) -> list[str]:
        """The numeric columns, those that matter most first."""
        return sorted(NUMBERS, key=lambda name: -abs(self.weights[name]))

    def begin(self, number: int, times: int = 1) -> Day:
        """A day as it begins, before anything is answered; or so many times as many records of its kind."""
        draw = np.random.default_rng([self.seed, number + 1_000])
        rows = times * int(self.rows * draw.normal(1, 0.05) * (0.7 if number % 7 >= 5 else 1.0))  # noqa: PLR2004 - weekend
        real: Columns = {}
        for name, shape in NUMBERS.items():
            values = shape(draw, rows)
            by = values.std() * draw.normal(0, RESTLESS)
            real[name] = values + by if name in SYMMETRIC else scaled(values, 1 + by / values.mean())
        for name, levels in CATEGORIES.items():
            shares = draw.dirichlet(np.arange(len(levels), 0, -1) * 60)
            real[name] = draw.choice(levels, rows, p=shares)
        return Day(number, draw, real, dict(real), np.empty(0), np.empty(0))

    def scores(self, columns: Columns, weights: Mapping[str, float]) -> Floats:
        """The weighted sum of the standardised columns, missing values as their means."""
        total = np.full(len(columns["channel"]), self.rate)
        for name in NUMBERS:
            values = np.nan_to_num(standard(name, columns[name]), nan=0.0)
            total += weights[name] * np.clip(values, -6, 6)
        return total + weights["channel"] * (columns["channel"] == "app")

    def truth(self, day: Day) -> Day:
        """With the odds of what will come true."""
        return replace(day, odds=self.scores(day.real, self.weights) + self._bends(day.real))

    def _bends(self, columns: Columns) -> Floats:
        """Where the columns that matter lie far on one side their weight turns, of which the model knows nothing."""
        total = np.zeros(len(columns["channel"]))
        for name, side in self.sides.items():
            beyond = np.clip(side * standard(name, columns[name]) - HARDLY_LEARNED, 0, 3)
            total -= 2 * self.weights[name] * side * beyond
        return total

    def answered(self, day: Day) -> Day:
        """With the model's answers to what was logged."""
        latency = day.draw.gamma(8, 3, len(day.odds))
        return replace(day, answers=_probability(self.scores(day.logged, self.learned)), latency=latency)

    def labelled(self, day: Day) -> Day:
        """With what came true."""
        truth = day.draw.random(day.odds.size) < _probability(day.odds)
        return replace(day, labels=truth.astype(float))

    def training(self, spec: ModelSpec) -> tuple[Version, Anchor]:
        """The version that was trained on the sixty days before the first, and its baseline."""
        days = [self.labelled(self.answered(self.truth(self.begin(n)))) for n in range(-TRAINED, 0)]
        records = pa.concat_tables([_table(day) for day in days])
        metrics = classification_metrics(records["_prediction"].to_numpy(), records["_label"].to_numpy())
        trained = Interval(days[0].interval.start, FIRST)
        version = Version(spec.model, 1, f"sha256:{self.seed:064x}", FIRST, trained, "made up", metrics)
        return version, make_anchor(spec, records)


def window_of(day: Day, judged: Day | None, grids: Mapping[str, Grid]) -> Window:
    """A day as a window, with the outcomes of the day whose labels are due; None when its records were broken."""
    table = pa.table({**{n: _arrow(v) for n, v in day.logged.items()}, PREDICTION: day.answers})
    profile = profile_batches([table], KINDS | {PREDICTION: Kind.NUMERIC}, grids)
    slow = profile_batches([pa.table({"ms": day.latency})], {"ms": Kind.NUMERIC}, {}).columns["ms"]
    newest = day.interval.end - timedelta(minutes=3)
    latency = slow if isinstance(slow, NumericColumn) and slow.finite else None
    outcomes = _outcomes(day, judged)
    return Window("made-up", day.interval, table.num_rows, profile, outcomes, newest, latency=latency)


def _outcomes(day: Day, judged: Day | None) -> Outcomes:
    due = day.interval.shifted(-DAY)
    if judged is None:
        return Outcomes(due, np.empty(0), np.empty(0), 0)
    known = np.isfinite(judged.labels) & np.isfinite(judged.answers)
    return Outcomes(due, judged.answers[known], judged.labels[known], judged.labels.size)


def _table(day: Day) -> pa.Table:
    step = 86_400_000_000 // max(day.odds.size, 1)
    at = int(day.interval.start.timestamp()) * 1_000_000 + np.arange(day.odds.size, dtype=np.int64) * step
    own = {"_at": pa.array(at).cast(MICROSECOND), "_label": day.labels, "_prediction": day.answers}
    return pa.table({**own, **{name: _arrow(values) for name, values in day.logged.items()}})


def _arrow(values: np.ndarray) -> pa.Array:
    return pa.array(values, from_pandas=True)


def _probability(odds: Floats) -> Floats:
    return 1 / (1 + np.exp(-odds))

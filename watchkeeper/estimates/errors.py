"""What features let one expect of a regression's errors: DLE, direct loss estimation.

Source: NannyML's documentation, "How it works: performance estimation" (DLE): a second model learns the absolute, and
another the squared error of the first from its features and its answer; gradient-boosted trees, as there.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from watchkeeper.domain.estimates import Estimate
from watchkeeper.profiles import Kind
from watchkeeper.profiles.numbers import decoded, numbers_of
from watchkeeper.window import Floats

__all__ = ["ErrorExpectation", "expect_errors"]

MOST_LEARNT = 50_000
"""Records that the second models learn from, evenly spread: more make them slower, hardly better."""

MOST_CATEGORIES = 254
"""What scikit-learn's boosted trees tell apart; rarer ones count as missing."""

CATEGORIES = (Kind.CATEGORICAL, Kind.BOOLEAN)

SEED = 0


@dataclass(frozen=True, slots=True)
class ErrorExpectation:
    """What is known of a regression model's errors.

    Attributes:
        kinds: the features by name, in order.
        categories: those told apart of each categorical feature.
        absolute, squared: models of the errors, on `kinds` and the answer.
        spreads: the standard deviations of the absolute and of the squared errors in training.
    """

    kinds: Mapping[str, Kind]
    categories: Mapping[str, tuple[str, ...]]
    absolute: Any
    squared: Any
    spreads: tuple[float, float]

    @property
    def features(self) -> tuple[str, ...]:
        """Columns that it needs beside the answers."""
        return tuple(self.kinds)

    def estimates(self, parts: Iterable[tuple[Floats, pa.Table]]) -> tuple[Estimate, ...]:
        """The metrics to be expected of answers (n,) with their features, given part by part; NaN are left out."""
        rows, absolute, squared = 0, 0.0, 0.0
        for answers, features in parts:
            known = np.isfinite(answers)
            if known.any():
                seen = _matrix(features, answers, self.kinds, self.categories)[known]
                rows += len(seen)
                absolute += _predicted(self.absolute, seen)
                squared += _predicted(self.squared, seen)
        return self._told(rows, absolute / rows, squared / rows) if rows else ()

    def recalibrated(self) -> "ErrorExpectation":
        """What is expected under a layer that takes away what the errors have in common: what training had."""
        return self

    def _told(self, rows: int, mae: float, mse: float) -> tuple[Estimate, ...]:
        """The error of a mean is its spread over the root of its size; that of a root follows from its slope."""
        rmse = math.sqrt(mse)
        of_mae, of_mse = (spread / math.sqrt(rows) for spread in self.spreads)
        of_rmse = of_mse / (2 * rmse) if rmse else 0.0
        return Estimate("mae", mae, of_mae, rows), Estimate("rmse", rmse, of_rmse, rows)


def expect_errors(answers: Floats, labels: Floats, table: pa.Table, kinds: Mapping[str, Kind]) -> ErrorExpectation:
    """Learn from answers that were made out of fold.

    Args:
        answers, labels: finite, shape (n,).
        table: their features, n rows.
        kinds: of the features, those that the table has.
    """
    errors = np.abs(answers - labels)
    even = np.linspace(0, len(errors) - 1, min(len(errors), MOST_LEARNT)).astype(np.int64)
    categories = {name: _categories(table.column(name)) for name, kind in kinds.items() if kind in CATEGORIES}
    seen = _matrix(table.take(even), answers[even], kinds, categories)
    coded = [kind in CATEGORIES for kind in kinds.values()] + [False]
    absolute, squared = (_learnt(seen, target[even], coded) for target in (errors, errors**2))
    spreads = float(errors.std()), float((errors**2).std())
    return ErrorExpectation(dict(kinds), categories, absolute, squared, spreads)


def _learnt(seen: Floats, target: Floats, coded: list[bool]) -> Any:  # noqa: ANN401 - scikit-learn publishes no types
    """One thread: beside other busy processes two would wait for each other ten times longer than they work."""
    from sklearn.ensemble import HistGradientBoostingRegressor  # noqa: PLC0415 - scikit-learn takes a second to import
    from threadpoolctl import threadpool_limits  # noqa: PLC0415 - comes with scikit-learn

    with threadpool_limits(1):
        return HistGradientBoostingRegressor(categorical_features=coded, random_state=SEED).fit(seen, target)


def _predicted(model: Any, seen: Floats) -> float:  # noqa: ANN401 - the same
    """The sum of the errors that are to be expected, none of which is below 0."""
    from threadpoolctl import threadpool_limits  # noqa: PLC0415 - the same

    with threadpool_limits(1):
        return float(np.maximum(model.predict(seen), 0.0).sum())


def _matrix(
    table: pa.Table, answers: Floats, kinds: Mapping[str, Kind], categories: Mapping[str, tuple[str, ...]]
) -> Floats:
    """The features as numbers and the answer last, shape (n, k + 1); NaN where one is missing or of a wrong type."""
    columns = [_numbers(table, name, kind, categories.get(name, ())) for name, kind in kinds.items()]
    whole = np.column_stack([*columns, answers])
    return np.where(np.isfinite(whole), whole, math.nan)


def _numbers(table: pa.Table, name: str, kind: Kind, categories: tuple[str, ...]) -> Floats:
    if name not in table.column_names:
        return np.full(table.num_rows, math.nan)
    if kind in CATEGORIES:
        places = pc.index_in(_texts(table.column(name)), value_set=pa.array(categories, pa.string()))
        codes: Floats = places.cast(pa.float64()).fill_null(math.nan).to_numpy()
        return codes
    found = numbers_of(table.column(name), kind)
    return np.full(table.num_rows, math.nan) if found is None else found.astype(np.float64)


def _categories(column: pa.ChunkedArray) -> tuple[str, ...]:
    """The most frequent ones, in a stable order."""
    counted = pc.value_counts(_texts(column).drop_null())
    ranked = sorted((-entry["counts"].as_py(), entry["values"].as_py()) for entry in counted)
    return tuple(name for _, name in ranked[:MOST_CATEGORIES])


def _texts(column: pa.ChunkedArray) -> pa.ChunkedArray:
    try:
        return decoded(column).cast(pa.string())
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        return pa.chunked_array([pa.nulls(len(column), pa.string())])

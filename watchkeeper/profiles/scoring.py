"""Every distance of every column at once, from a reference whose part is computed once.

The measures are those of `distances` and `shares`; only the work is shared.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import pyarrow as pa

from watchkeeper.profiles.cells import NumberCells, by_category
from watchkeeper.profiles.counting import fit_grids, profile_batches
from watchkeeper.profiles.distances import divergence, stability, variation
from watchkeeper.profiles.profile import CategoricalColumn, Column, Grid, Kind, NumericColumn, Profile
from watchkeeper.profiles.shares import infinite_share, null_share, unseen_share, wrong_share
from watchkeeper.profiles.steps import Steps

__all__ = ["Reference", "Scores", "scores"]

Distances = tuple[float, float, float, float]
UNKNOWN: Distances = (math.nan, math.nan, math.nan, math.nan)


@dataclass(frozen=True, slots=True)
class Scores:
    """How far one column of a window is from the reference; NaN where that cannot be said.

    Attributes:
        ks, js, psi, wasserstein: as the functions of `distances` of these names.
        nulls, infinite, wrong, unseen: shares of the column's values, as the functions of `shares`.
    """

    ks: float
    js: float
    psi: float
    wasserstein: float
    nulls: float
    infinite: float
    wrong: float
    unseen: float


@dataclass(frozen=True, slots=True, eq=False)
class FittedNumbers:
    """What a numeric column of the reference brings to every comparison."""

    column: NumericColumn
    cells: NumberCells
    steps: Steps

    @classmethod
    def of(cls, column: NumericColumn) -> "FittedNumbers":
        """Computed once."""
        return cls(column, NumberCells.of(column), Steps.of(column))

    def distances(self, column: NumericColumn) -> Distances:
        """KS, JS, PSI and Wasserstein."""
        bins, counts = column.on(self.column.grid)
        ks, area = self.steps.gaps(bins, counts)
        if not (self.column.size and column.size):
            return UNKNOWN
        cells = self.cells.counts, self.cells.count(column, bins, counts)
        return ks, divergence(*cells), stability(*cells), area


Fitted = FittedNumbers | CategoricalColumn


@dataclass(frozen=True, slots=True, eq=False)
class Reference:
    """What windows are scored against.

    Attributes:
        profile: of the reference.
        kinds: of its columns.
    """

    profile: Profile
    kinds: Mapping[str, Kind]
    _fitted: Mapping[str, Fitted]

    @classmethod
    def of(cls, profile: Profile, kinds: Mapping[str, Kind]) -> "Reference":
        """A profile that was made before, such as a version's anchor."""
        return cls(profile, kinds, {name: _fitted(column) for name, column in profile.columns.items()})

    @classmethod
    def fit(cls, table: pa.Table, kinds: Mapping[str, Kind]) -> "Reference":
        """The profile of a table's rows, on grids fitted to them."""
        return cls.of(profile_batches([table], kinds, fit_grids(table, kinds)), kinds)

    @property
    def grids(self) -> dict[str, Grid]:
        """The bins of the numeric columns, on which windows are best counted."""
        return {name: c.grid for name, c in self.profile.columns.items() if isinstance(c, NumericColumn)}

    def profile_of(self, batches: Iterable[pa.RecordBatch | pa.Table]) -> Profile:
        """A window's profile, counted in the same bins; rows are read once, in bounded memory."""
        return profile_batches(batches, self.kinds, self.grids)

    def scores(self, profile: Profile) -> dict[str, Scores]:
        """The scores of every column that both sides have, in the reference's order."""
        columns = profile.columns
        return {name: _scores(fitted, columns[name]) for name, fitted in self._fitted.items() if name in columns}


def scores(reference: Reference, window: pa.Table) -> dict[str, Scores]:
    """The scores of a window's rows: they are counted once, and all distances come from the counts."""
    return reference.scores(reference.profile_of([window]))


def _fitted(column: Column) -> Fitted:
    return FittedNumbers.of(column) if isinstance(column, NumericColumn) else column


def _scores(fitted: Fitted, column: Column) -> Scores:
    return Scores(
        *_distances(fitted, column),
        null_share(column),
        infinite_share(column),
        wrong_share(column),
        _unseen(fitted, column),
    )


def _distances(fitted: Fitted, column: Column) -> Distances:
    if isinstance(fitted, FittedNumbers):
        return fitted.distances(column) if isinstance(column, NumericColumn) else UNKNOWN
    if isinstance(column, NumericColumn) or not (fitted.size and column.size):
        return UNKNOWN
    cells = by_category(fitted, column)
    return variation(*cells), divergence(*cells), stability(*cells), math.nan


def _unseen(fitted: Fitted, column: Column) -> float:
    if isinstance(fitted, CategoricalColumn) and isinstance(column, CategoricalColumn):
        return unseen_share(column, fitted)
    return math.nan

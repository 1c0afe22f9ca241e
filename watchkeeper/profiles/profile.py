"""What a profile is made of; `counting` makes it from rows, `distances` compares, `storage` keeps."""

import itertools
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from watchkeeper.profiles import merging

__all__ = ["CategoricalColumn", "Column", "Grid", "Kind", "NumericColumn", "Profile"]

Counts = npt.NDArray[np.int64]

LEAST_SCALE, MOST_SCALE = 1e-300, 1e300
"""A grid's scale can be divided by, and divided into 1, within these."""
TOGETHER = 64
"""How many profiles are added in one go: enough to be fast, few enough to fit in memory."""


class Kind(StrEnum):
    """What a column holds, and so how it is counted.

    Datetimes are counted as seconds since 1970, texts by their length in characters, booleans as categories.
    """

    NUMERIC = "numeric"
    CATEGORICAL = "categorical"
    BOOLEAN = "boolean"
    DATETIME = "datetime"
    TEXT = "text"


@dataclass(frozen=True, slots=True, order=True)
class Grid:
    """Where a numeric column's bins are finest: around `center`, in units of `scale`.

    Chosen once for a column of a model and kept, so that profiles of different versions and days can be added.
    """

    center: float = 0.0
    scale: float = 1.0

    def __post_init__(self) -> None:
        if not (math.isfinite(self.center) and LEAST_SCALE <= self.scale <= MOST_SCALE):
            raise ValueError(f"a grid needs a finite center and a positive, finite scale: {self.center}, {self.scale}")


@dataclass(frozen=True, slots=True, eq=False)
class NumericColumn:
    """Counts of a numeric column.

    Attributes:
        bins: filled bins (see `codes`) in growing order of their values, shape (k,).
        counts: how many finite values each holds, shape (k,).
        nulls, infinite, wrong: values that are missing, infinite, or not numbers at all.
        low, high: the smallest and largest finite value; NaN while there is none.
        total: sum of the finite values.
    """

    grid: Grid
    bins: npt.NDArray[np.uint16]
    counts: Counts
    nulls: int = 0
    infinite: int = 0
    wrong: int = 0
    low: float = math.nan
    high: float = math.nan
    total: float = 0.0

    @classmethod
    def empty(cls, grid: Grid, *, nulls: int = 0, wrong: int = 0) -> "NumericColumn":
        """A column without a single number."""
        return cls(grid, np.empty(0, np.uint16), np.empty(0, np.int64), nulls, 0, wrong)

    @property
    def finite(self) -> int:
        """How many values are finite numbers."""
        return int(self.counts.sum())

    @property
    def size(self) -> int:
        """How many values were counted, the missing and the wrong ones too."""
        return self.finite + self.nulls + self.infinite + self.wrong

    def on(self, grid: Grid) -> tuple[npt.NDArray[np.uint16], Counts]:
        """The filled bins and their counts on this grid, which may be another than the column's own."""
        if grid == self.grid:
            return self.bins, self.counts
        old, new = (self.grid.center, self.grid.scale), (grid.center, grid.scale)
        return merging.regrid(self.bins, self.counts, old, new, (self.low, self.high))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, NumericColumn) and self._facts() == other._facts()

    def __hash__(self) -> int:
        return hash(self._facts())

    def _facts(self) -> tuple[object, ...]:
        numbers = (self.low.hex(), self.high.hex(), self.total.hex())
        return self.grid, self.bins.tobytes(), self.counts.tobytes(), self.nulls, self.infinite, self.wrong, numbers


@dataclass(frozen=True, slots=True)
class CategoricalColumn:
    """Counts of a categorical column.

    Attributes:
        counts: by category, at most `MOST_CATEGORIES` of them.
        other: values of all categories beyond those.
    """

    counts: Mapping[str, int]
    other: int = 0
    nulls: int = 0
    wrong: int = 0

    @property
    def size(self) -> int:
        """How many values were counted, the missing and the wrong ones too."""
        return sum(self.counts.values()) + self.other + self.nulls + self.wrong


Column = NumericColumn | CategoricalColumn


@dataclass(frozen=True, slots=True)
class Profile:
    """Counts of every column of a set of records; adding is associative and commutative.

    Exactly so for all counts of columns with one grid and at most `MOST_CATEGORIES` categories; sums of values agree up
    to rounding. What holds beyond that stands in `merging`.

    Attributes:
        absent: by column, how many of the rows came from files that do not have the column at all.
        segments: the profiles of parts of the rows (see `Segments`), by name; empty where they are not told apart.
    """

    rows: int = 0
    columns: Mapping[str, Column] = field(default_factory=dict)
    absent: Mapping[str, int] = field(default_factory=dict)
    segments: Mapping[str, "Profile"] = field(default_factory=dict)

    def __add__(self, other: "Profile") -> "Profile":
        return Profile.total((self, other))

    @classmethod
    def total(cls, profiles: Iterable["Profile"]) -> "Profile":
        """The profile of all records of these profiles; of none, the empty one."""
        rest = iter(profiles)
        whole = cls()
        while part := tuple(itertools.islice(rest, TOGETHER)):
            whole = _added((whole, *part))
        return whole


def _added(profiles: tuple[Profile, ...]) -> Profile:
    names = dict.fromkeys(name for p in profiles for name in p.columns)
    columns = {name: _column_sum([p.columns[name] for p in profiles if name in p.columns]) for name in names}
    absent = merging.add_counts([p.absent for p in profiles])
    parts = dict.fromkeys(name for p in profiles for name in p.segments)
    segments = {name: Profile.total(p.segments[name] for p in profiles if name in p.segments) for name in parts}
    return Profile(sum(p.rows for p in profiles), columns, absent, segments)


def _column_sum(columns: list[Column]) -> Column:
    """One column; where a column was numeric in some and categorical in others, categories are no numbers: wrong."""
    if len(columns) == 1:
        return columns[0]
    numeric = [c for c in columns if isinstance(c, NumericColumn)]
    categorical = [c for c in columns if isinstance(c, CategoricalColumn)]
    if not numeric:
        return _categorical_sum(categorical)
    strangers = [NumericColumn.empty(numeric[0].grid, nulls=c.nulls, wrong=c.size - c.nulls) for c in categorical]
    return _numeric_sum(numeric + strangers)


def _numeric_sum(columns: list[NumericColumn]) -> NumericColumn:
    grid = min([c.grid for c in columns if c.bins.size] or [c.grid for c in columns])
    bins, counts = merging.add_bins([c.on(grid) for c in columns])
    return NumericColumn(
        grid,
        bins,
        counts,
        nulls=sum(c.nulls for c in columns),
        infinite=sum(c.infinite for c in columns),
        wrong=sum(c.wrong for c in columns),
        low=float(np.fmin.reduce([c.low for c in columns])),
        high=float(np.fmax.reduce([c.high for c in columns])),
        total=sum(c.total for c in columns),
    )


def _categorical_sum(columns: list[CategoricalColumn]) -> CategoricalColumn:
    counts, beyond = merging.capped(merging.add_counts([c.counts for c in columns]))
    nulls, wrong = sum(c.nulls for c in columns), sum(c.wrong for c in columns)
    return CategoricalColumn(counts, beyond + sum(c.other for c in columns), nulls, wrong)

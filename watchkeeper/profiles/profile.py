"""What a profile is made of; `counting` makes it from rows, `distances` compares, `storage` keeps."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np
import numpy.typing as npt

__all__ = ["CategoricalColumn", "Column", "Grid", "Kind", "NumericColumn", "Profile"]

Counts = npt.NDArray[np.int64]


class Kind(StrEnum):
    """What a column holds, and so how it is counted.

    Datetimes are counted as seconds since 1970, texts by their length in characters, booleans as categories.
    """

    NUMERIC = "numeric"
    CATEGORICAL = "categorical"
    BOOLEAN = "boolean"
    DATETIME = "datetime"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class Grid:
    """Where a numeric column's bins are finest: around `center`, in units of `scale`.

    Chosen once for a column of a model and kept, so that profiles of different versions and days can be added.
    """

    center: float = 0.0
    scale: float = 1.0


@dataclass(frozen=True, slots=True)
class NumericColumn:
    """Counts of a numeric column.

    Attributes:
        bins: codes of the filled bins in growing order of their values, shape (k,).
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


Column = NumericColumn | CategoricalColumn


@dataclass(frozen=True, slots=True)
class Profile:
    """Counts of every column of a set of records; adding is associative and commutative.

    Attributes:
        absent: by column, how many of the rows came from files that do not have the column at all.
    """

    rows: int = 0
    columns: Mapping[str, Column] = field(default_factory=dict)
    absent: Mapping[str, int] = field(default_factory=dict)

"""What a fault is, and where it is planted."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import pyarrow as pa

from watchkeeper.profiles import Kind

__all__ = ["Fault", "Place", "Touches", "chosen", "numbers", "replaced"]


class Touches(StrEnum):
    """What a fault breaks; a model answers broken features as it would in production."""

    FEATURES = "features"
    ANSWERS = "answers"
    LABELS = "labels"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a fault is planted.

    Attributes:
        columns: the features it may touch, the one it is planted in first.
        seed: of whatever is drawn, so that planting twice is planting the same.
    """

    columns: tuple[str, ...]
    seed: int

    @property
    def column(self) -> str:
        """The feature it is planted in; empty when the fault is about no column."""
        return self.columns[0] if self.columns else ""

    @property
    def draw(self) -> np.random.Generator:
        """A fresh generator."""
        return np.random.default_rng(self.seed)


@dataclass(frozen=True, slots=True)
class Fault:
    """One way in which things break.

    Attributes:
        what: what happens, a clause that people understand.
        plant: the table as it is with the fault; pure.
        kinds: of the columns it can be planted in; none when it is not about a column.
    """

    name: str
    what: str
    plant: Callable[[pa.Table, Place], pa.Table]
    touches: Touches = Touches.FEATURES
    kinds: tuple[Kind, ...] = ()

    def place(self, features: Mapping[str, Kind], turn: int, turns: int = 1) -> Place | None:
        """Where it is planted in one of so many turns: columns spread over those that fit; None when none does."""
        fitting = [name for name, kind in features.items() if kind in self.kinds]
        if self.kinds and not fitting:
            return None
        first = (2 * turn + 1) * len(fitting) // (2 * turns)
        return Place((*fitting[first:], *fitting[:first]), seed=turn)


def chosen(place: Place, rows: int, share: float) -> np.ndarray:
    """A share of the rows, drawn at random, as a mask of shape (rows,)."""
    return place.draw.random(rows) < share


def numbers(table: pa.Table, column: str) -> np.ndarray:
    """A column as float64, NaN where nothing is, shape (n,)."""
    values: np.ndarray = table.column(column).cast(pa.float64(), safe=False).fill_null(np.nan).to_numpy()
    return values.copy()


def replaced(table: pa.Table, column: str, values: object) -> pa.Table:
    """The table with other values in one column; NaN is missing."""
    array = pa.array(values, from_pandas=True) if isinstance(values, np.ndarray) else values
    return table.set_column(table.column_names.index(column), column, array)

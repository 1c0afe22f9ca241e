"""Rows told apart by one of their columns."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from watchkeeper.profiles.categories import category_names
from watchkeeper.profiles.profile import CategoricalColumn, Kind, Profile

__all__ = ["OTHER", "Segments"]

OTHER = "other"
"""The segment of the rows with any other value, or none; a value of this very name counts there too."""


@dataclass(frozen=True, slots=True)
class Segments:
    """How rows are told apart: by the values of a column, and what remains.

    Attributes:
        column: a categorical or boolean one.
        values: each is a segment of its own; the others together are `other`.
        kind: of the column.
    """

    column: str
    values: tuple[str, ...]
    kind: Kind = Kind.CATEGORICAL

    @classmethod
    def most_frequent(cls, column: str, most: int, profile: Profile, kind: Kind = Kind.CATEGORICAL) -> "Segments":
        """The most frequent values of a column, among equals the first by name."""
        counted = profile.columns.get(column)
        counts = counted.counts if isinstance(counted, CategoricalColumn) else {}
        ranked = sorted(counts, key=lambda value: (-counts[value], value))
        return cls(column, tuple(sorted(ranked[:most])), kind)

    @property
    def names(self) -> tuple[str, ...]:
        """Of every segment, `other` last: `origin=JFK`."""
        return tuple(f"{self.column}={value}" for value in dict.fromkeys((*self.values, OTHER)))

    def places(self, table: pa.Table) -> npt.NDArray[np.int64]:
        """The place of each row's segment in `names`, shape (n,); rows of a table without the column are `other`."""
        place_of: dict[str | None, int] = {value: place for place, value in enumerate(self.values)}
        other = self.names.index(f"{self.column}={OTHER}")
        column = _coded(table.column(self.column)) if self.column in table.column_names else None
        if column is None:
            return np.full(table.num_rows, other)
        found = [np.empty(0, np.int64)]
        for chunk in column.chunks:
            names = [*category_names(chunk.dictionary, self.kind), None]
            place = np.array([place_of.get(name, other) for name in names])
            found.append(place[chunk.indices.fill_null(len(names) - 1).to_numpy(zero_copy_only=False)])
        return np.concatenate(found)

    def split(self, table: pa.Table) -> Iterator[tuple[str, pa.Table]]:
        """The rows of every segment, those without a row too."""
        places = self.places(table)
        ordered = table.take(np.argsort(places, kind="stable"))
        edges = np.concatenate([[0], np.cumsum(np.bincount(places, minlength=len(self.names)))])
        for name, start, end in zip(self.names, edges[:-1], edges[1:], strict=True):
            yield name, ordered.slice(start, end - start)


def _coded(column: pa.ChunkedArray) -> pa.ChunkedArray | None:
    """The column with its values in a dictionary; None when they can be in none."""
    if pa.types.is_dictionary(column.type):
        return column
    try:
        return column.dictionary_encode()
    except pa.ArrowNotImplementedError:  # a list, for example, is no category
        return None

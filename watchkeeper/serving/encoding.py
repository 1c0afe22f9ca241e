"""Rows of one kind as files. Imports pyarrow only when there is something to write."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from watchkeeper.serving.layout import LABELS, SHADOWS, rows_like
from watchkeeper.serving.privacy import Privacy

if TYPE_CHECKING:
    import pyarrow as pa

    from watchkeeper.serving.tables import Parcel

__all__ = ["Encoding"]


@dataclass(frozen=True, slots=True)
class Encoding:
    """How a logger's rows become files.

    Attributes:
        model: below whose folder they lie.
        classes: of a multiclass model.
        privacy: what is left out or hashed.
        weight: for how many records one of them stands.
    """

    model: str
    classes: tuple[str, ...]
    privacy: Privacy
    weight: float

    def files(self, kind: str, fields: Sequence[Sequence[Any]]) -> "list[Parcel]":
        """The files of rows of one kind, which come as one sequence of values for each field.

        Raises:
            ValueError: they cannot be kept; it says nothing of their values when some of them are private.
        """
        # Here and not above: Arrow takes a third of a second to load, which the writing thread has, a host's start not.
        from watchkeeper.serving.tables import parcels  # noqa: PLC0415

        try:
            found = list(parcels(kind, self._table(kind, fields)))
        except Exception as error:
            if self.privacy:
                raise ValueError(f"{type(error).__name__} while private columns were written") from None
            raise
        return [replace(parcel, path=f"{self.model}/{parcel.path}") for parcel in found]

    def _table(self, kind: str, fields: Sequence[Sequence[Any]]) -> "pa.Table":
        from watchkeeper.serving.columns import labels_table, records_table, shadows_table  # noqa: PLC0415

        if rows_like(kind) == LABELS:
            return labels_table(fields, self.classes if kind == LABELS else (), self.privacy)
        if kind == SHADOWS:
            return shadows_table(fields, self.classes, self.privacy)
        return records_table(fields, self.classes, self.privacy, self.weight)

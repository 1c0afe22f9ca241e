"""The way of rows to their sink: made into files at once, and put until they are there."""

from collections import deque
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

from watchkeeper.serving.counts import DELIVERED, DROPPED, REASONS, UNUSABLE
from watchkeeper.serving.forks import UNFORKED
from watchkeeper.serving.layout import LABELS, PREDICTIONS, SHADOWS, rows_like
from watchkeeper.serving.ledger import Ledger
from watchkeeper.serving.sinks import Sink

if TYPE_CHECKING:
    from watchkeeper.serving.tables import Parcel

__all__ = ["FIELDS", "Delivery", "Encode"]

Encode = Callable[[str, Sequence[Sequence[Any]]], "Iterable[Parcel]"]
"""Makes files of one kind of rows; they come as one sequence of values for each field."""

CANNOT_BE_KEPT, SINK_FAILED = (DROPPED + REASONS.index(reason) for reason in ("cannot be kept", "sink failed"))

FIELDS = {PREDICTIONS: 9, SHADOWS: 7, LABELS: 4}
"""Values of a row of a kind."""

PATIENCE = 2
"""Parcels that a sink refuses in one turn before the others are not tried: one may be refused for its own sake."""

LARGEST = 20_000
"""Rows that are made into one file at most, when many have waited."""


class Delivery:
    """Rows on their way: what the sink refuses is kept as it will be written, a tenth of its size, and tried again.

    Args:
        encode: makes files of rows of one kind, the same files of the same rows; what it raises costs these rows.
        sink: takes the files.
        settle: is told how many rows came to which of the ledger's slots.

    Attributes:
        failed_writes: attempts that did not succeed.
        last_error: what the newest of them said.
    """

    def __init__(self, encode: Encode, sink: Sink, settle: Callable[[int, int], None]) -> None:
        self._encode, self._sink, self._settle = encode, sink, settle
        self._waiting: deque[Parcel] = deque()
        self._lost = False
        self.failed_writes = 0
        self.last_error = ""

    @property
    def waits(self) -> bool:
        """Whether the sink refused something that will be tried again."""
        return bool(self._waiting)

    def take(self, kind: str, values: Sequence[Any]) -> None:
        """Make files of rows, whose values come one row after the other."""
        width = FIELDS[rows_like(kind)]
        most = LARGEST * width
        for start in range(0, len(values), most):
            part = values if len(values) <= most else values[start : start + most]
            try:
                with UNFORKED:
                    self._waiting.extend(self._encode(kind, [part[field::width] for field in range(width)]))
            except Exception as error:  # noqa: BLE001 - the thread must live, and the loss be counted
                self.note(error)
                self._settle(CANNOT_BE_KEPT, len(part) // width)
                self._lost = True

    def go(self, ledger: Ledger) -> bool:
        """Put what waits, the oldest first; whether all was put, and nothing was lost since the last time."""
        lost, self._lost = self._lost, False
        refused: list[Parcel] = []
        while self._waiting and len(refused) < PATIENCE:
            parcel = self._waiting.popleft()
            try:
                self._put(parcel, ledger)
            except Exception as error:  # noqa: BLE001 - whatever a sink says, the thread must live
                self.note(error)
                refused.append(parcel)
        self._waiting.extend(refused)
        return not (lost or self._waiting)

    def give_up(self) -> None:
        """Drop what waits."""
        self._settle(SINK_FAILED, sum(parcel.rows for parcel in self._waiting))
        self._waiting.clear()

    def _put(self, parcel: "Parcel", ledger: Ledger) -> None:
        ledger.depart(parcel.path, parcel.rows)
        self._sink.put(parcel.path, parcel.content)
        self._settle(DELIVERED, parcel.rows)
        self._settle(UNUSABLE, parcel.unusable)

    def note(self, error: Exception) -> None:
        """Count an attempt that failed."""
        self.failed_writes += 1
        self.last_error = f"{type(error).__name__}: {error}"

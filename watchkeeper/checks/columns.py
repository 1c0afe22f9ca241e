"""What checks that ask about every column have in common."""

from abc import abstractmethod
from dataclasses import dataclass
from typing import ClassVar

from watchkeeper.checks.base import Check
from watchkeeper.domain.findings import Finding
from watchkeeper.profiles import Column
from watchkeeper.window import Baseline, Window

__all__ = ["ColumnCheck", "reference"]


@dataclass(frozen=True, kw_only=True)
class ColumnCheck(Check, asks=False):
    """Asks about one column after the other.

    Attributes:
        ignore: columns that are not judged; they are still answered for, so that their incidents can end.
        least: fewer offending values than this say nothing, and a window of fewer records cannot be judged.
    """

    of_columns: ClassVar[bool] = True

    ignore: tuple[str, ...] = ()
    least: int = 5

    def examine(self, baseline: Baseline, window: Window) -> list[Finding]:
        """One finding a column."""
        return [self._answer(name, baseline, window) for name in self.subjects(baseline, window)]

    def subjects(self, baseline: Baseline, window: Window) -> list[str]:
        """The columns asked about: all of the anchor's and the window's."""
        return sorted(baseline.anchor.columns.keys() | window.profile.columns.keys())

    @abstractmethod
    def judge(self, name: str, column: Column, baseline: Baseline, window: Window) -> Finding:
        """The answer for a column that has at least one value in the window."""

    def _answer(self, name: str, baseline: Baseline, window: Window) -> Finding:
        if name in self.ignore:
            return self.not_judged(name, f"{name}: not judged, because the spec ignores it.")
        column = window.profile.columns.get(name)
        if column is None or not column.size:
            return self.unknown(name, f"{name}: there is no value among the window's {window.rows:,} records.")
        if column.size < self.least:
            return self.unknown(name, f"{name}: {column.size} values are too few to judge; {self.least} are needed.")
        return self.judge(name, column, baseline, window)


def reference(baseline: Baseline, name: str) -> tuple[Column | None, str]:
    """The column as it was before, and when that was: in the training data, else the last 28 days; None when new."""
    trailing = baseline.trailing.columns if baseline.trailing else {}
    for columns, when in ((baseline.anchor.columns, "the training data"), (trailing, "the last 28 days")):
        column = columns.get(name)
        if column is not None and column.size:
            return column, when
    return None, "nothing before"

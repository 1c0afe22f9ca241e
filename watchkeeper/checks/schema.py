"""Are the columns there, and of the right type?"""

import math
from dataclasses import dataclass
from typing import ClassVar

from watchkeeper.checks.base import Check, percent
from watchkeeper.domain.findings import Family, Finding
from watchkeeper.domain.levels import Level
from watchkeeper.profiles.shares import wrong_share
from watchkeeper.window import Baseline, Window

__all__ = ["Schema"]

TOLD = 3
"""So many unreadable files are named in the sentence."""


@dataclass(frozen=True, kw_only=True)
class Schema(Check):
    """The share of records whose column is absent or of a wrong type, and the window's unreadable files.

    Wrong types that the training data had too are subtracted. Unreadable files are UNKNOWN while other records could
    be read, CRITICAL when none could.

    Attributes:
        ignore: columns that are not judged.
    """

    family: ClassVar[Family] = Family.INTEGRITY
    runbook: ClassVar[str] = "schema.md"
    of_columns: ClassVar[bool] = True
    of_segments: ClassVar[bool] = False

    critical: float = 0.01
    ignore: tuple[str, ...] = ()

    def examine(self, baseline: Baseline, window: Window) -> list[Finding]:
        """One finding a column, and one for the files."""
        names = sorted(baseline.anchor.columns.keys() | window.profile.columns.keys())
        return [self._files(window), *(self._column(name, baseline, window) for name in names)]

    def _files(self, window: Window) -> Finding:
        count = len(window.trouble)
        if not count:
            return self.not_judged("*", f"All files of the window could be read: {window.rows:,} records.")
        more = f" ({count - TOLD} more)" if count > TOLD else ""
        sentence = f"{count} files of the window could not be read: {'; '.join(window.trouble[:TOLD])}{more}."
        level = Level.UNKNOWN if window.rows else Level.CRITICAL
        return self.answer("*", level, float(count), sentence, limit=math.nan)

    def _column(self, name: str, baseline: Baseline, window: Window) -> Finding:
        if name in self.ignore:
            return self.not_judged(name, f"{name}: not judged, because the spec ignores it.")
        column, absent = window.profile.columns.get(name), window.profile.absent.get(name, 0)
        if column is None or not window.profile.rows:
            return self.unknown(name, f"{name}: was not read, or from no record at all.")
        anchor = baseline.anchor.columns.get(name)
        usual = wrong_share(anchor) if anchor and anchor.size else 0.0
        wrong = max(0.0, (wrong_share(column) if column.size else 0.0) - usual)
        share = (absent + wrong * column.size) / window.profile.rows
        return self.judged(name, share, _sentence(name, absent, column.wrong, window.profile.rows))


def _sentence(name: str, absent: int, wrong: int, rows: int) -> str:
    if not absent and not wrong:
        return f"{name}: present and of the right type in all {rows:,} records."
    told = [f"the column is absent from {percent(absent / rows)} of {rows:,} records"] if absent else []
    told += [f"{percent(wrong / rows)} of {rows:,} values are of a wrong type"] if wrong else []
    return f"{name}: {', and '.join(told)}."

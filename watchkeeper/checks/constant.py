"""Does a column that used to vary have one single value?"""

from dataclasses import dataclass
from typing import ClassVar

from watchkeeper.checks.base import percent
from watchkeeper.checks.columns import ColumnCheck, reference
from watchkeeper.checks.history import SCORE, unspoilt
from watchkeeper.domain.findings import Family, Finding, Measure
from watchkeeper.profiles import CategoricalColumn, Column
from watchkeeper.profiles.shares import is_single_valued
from watchkeeper.window import Baseline, Window

__all__ = ["Constant"]


@dataclass(frozen=True, kw_only=True)
class Constant(ColumnCheck):
    """How sure it is that a column's single value is a fault: 1 minus the share of earlier windows that had one too.

    The share is (k + 1) / (n + 2) when k of n earlier windows had a single value (Laplace's rule), so that a column
    which is constant within a window by nature (the day of the week, no rain) is never a fault, and a short history
    never makes sure.

    Attributes:
        least: fewer values than this may be the same by accident.
        learns: with fewer earlier windows than this nothing is judged.
        remembers: how many windows are looked back.
    """

    family: ClassVar[Family] = Family.INTEGRITY
    runbook: ClassVar[str] = "constant.md"

    critical: float = 0.95
    least: int = 20
    learns: int = 7
    remembers: int = 90

    def judge(self, name: str, column: Column, baseline: Baseline, window: Window) -> Finding:
        """Judged when the column varied in the baseline and has enough values that are all the same."""
        known, present = reference(baseline, name)[0], _present(column)
        if present < self.least:
            return self.not_judged(name, f"{name}: {present} values that are there are too few to call it constant.")
        single = is_single_valued(column)
        measures = (self.measure(name, "single", float(single), window),)
        if known is None or is_single_valued(known):
            return self.not_judged(name, f"{name}: never varied before either.", measures)
        if not single:
            return self.allowed(name, 0.0, f"{name}: varies among its {present:,} values.", self._with(measures, 0.0))
        return self._single(name, measures, baseline, window)

    def _single(self, name: str, measures: tuple[Measure, ...], baseline: Baseline, window: Window) -> Finding:
        key, end = (self.kind, name, "single"), window.interval.end
        past = unspoilt(baseline.history, key, end, self.remembers, self.critical)
        if len(past) < self.learns:
            learning = f"it is not judged yet, after {len(past)} of {self.learns} windows"
            return self.not_judged(name, f"{name}: has one single value; {learning}.", measures)
        before = int(sum(past.values()))
        sure = 1 - (before + 1) / (len(past) + 2)
        sentence = (
            f"{name}: has one single value, as in {before} of {len(past)} earlier windows ({percent(sure)} sure)."
        )
        return self.judged(name, sure, sentence, self._with(measures, sure))

    def _with(self, measures: tuple[Measure, ...], score: float) -> tuple[Measure, ...]:
        last = measures[0]
        return (*measures, Measure(self.kind, last.subject, SCORE, score, last.at))


def _present(column: Column) -> int:
    """How many values are there and of the right type."""
    if isinstance(column, CategoricalColumn):
        return sum(column.counts.values()) + column.other
    return column.finite

"""Are there categories that were never seen before?"""

from dataclasses import dataclass
from typing import ClassVar

from watchkeeper.checks.base import percent
from watchkeeper.checks.columns import ColumnCheck
from watchkeeper.domain.findings import Family, Finding
from watchkeeper.profiles import CategoricalColumn, Column
from watchkeeper.profiles.shares import unseen
from watchkeeper.window import Baseline, Window

__all__ = ["Unseen"]

TOLD = 3
"""So many new categories are named in the sentence, the most frequent ones."""


@dataclass(frozen=True, kw_only=True)
class Unseen(ColumnCheck):
    """The share of values whose category is neither in the training data nor in the last 28 days."""

    family: ClassVar[Family] = Family.INTEGRITY
    runbook: ClassVar[str] = "unseen.md"

    critical: float = 0.05

    def subjects(self, baseline: Baseline, window: Window) -> list[str]:
        """The categorical columns."""
        every = {**window.profile.columns, **baseline.anchor.columns}
        return sorted(name for name, column in every.items() if isinstance(column, CategoricalColumn))

    def judge(self, name: str, column: Column, baseline: Baseline, window: Window) -> Finding:  # noqa: ARG002 - every column is asked alike
        """The share of new categories; a column without earlier ones has nothing to compare with yet."""
        known = _earlier(baseline, name)
        if not isinstance(column, CategoricalColumn):
            return self.unknown(name, f"{name}: was categorical and is not, so that its categories cannot be compared.")
        if not known:
            return self.not_judged(name, f"{name}: has no earlier categories to compare with yet.")
        values = sum(column.counts.values()) + column.other
        if not values:
            return self.unknown(name, f"{name}: there is no category among its {column.size:,} values.")
        strange = unseen(column, *known)
        sentence = f"{name}: {percent(strange / values)} of {values:,} values are new{_names(column, known)}."
        few = strange < self.least
        return self.allowed(name, strange / values, sentence) if few else self.judged(name, strange / values, sentence)


def _earlier(baseline: Baseline, name: str) -> list[CategoricalColumn]:
    profiles = [baseline.anchor, *([baseline.trailing] if baseline.trailing else [])]
    columns = [profile.columns.get(name) for profile in profiles]
    return [column for column in columns if isinstance(column, CategoricalColumn) and column.counts]


def _names(column: CategoricalColumn, known: list[CategoricalColumn]) -> str:
    new = [name for name in column.counts if all(name not in c.counts for c in known)]
    first = sorted(new, key=lambda name: (-column.counts[name], name))[:TOLD]
    return f" ({', '.join(repr(name) for name in first)})" if first else ""

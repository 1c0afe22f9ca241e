"""Do two columns have each other's values?"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from watchkeeper.checks.columns import ColumnCheck
from watchkeeper.domain.findings import Family, Finding
from watchkeeper.profiles import Column
from watchkeeper.profiles.distances import js
from watchkeeper.window import Baseline, Window

__all__ = ["Swapped"]

FAR = 0.15
"""A Jensen-Shannon distance of less than this from its own past is no column that lost its place, and one of more than
this from another's past no column that has come to it."""


@dataclass(frozen=True, kw_only=True)
class Swapped(ColumnCheck):
    """How much better a column and another fit each other's last 28 days than their own.

    The value is 1 minus what they are away from each other's past over what they are away from their own
    (Jensen-Shannon, both added): 0 or less for columns in their place, 1 for two that are exactly exchanged.
    Only columns that are both far from their own past are compared.

    Attributes:
        least: a column with fewer values than this is not compared.
    """

    family: ClassVar[Family] = Family.INTEGRITY
    runbook: ClassVar[str] = "swapped.md"

    critical: float = 0.5
    least: int = 50

    def judge(self, name: str, column: Column, baseline: Baseline, window: Window) -> Finding:
        """The best exchange with any other column; OK where there is none to think of."""
        past = baseline.trailing.columns if baseline.trailing else {}
        if name not in past or not past[name].size:
            return self.not_judged(name, f"{name}: has no earlier windows to compare with yet.")
        if not js(past[name], column) >= FAR:
            return self.allowed(name, 0.0, f"{name}: has the values of its own last 28 days.")
        fits = {other: self._fit(name, other, past, window) for other in window.profile.columns if other != name}
        partner = max(fits, key=lambda other: fits[other], default=None)
        if partner is None or fits[partner] <= 0:
            return self.allowed(name, 0.0, f"{name}: has other values than in the last 28 days, and no other column's.")
        sentence = (
            f"{name}: its values fit those of {partner} in the last 28 days better than its own, and the reverse."
        )
        return self.judged(name, fits[partner], sentence)

    def _fit(self, one: str, other: str, past: Mapping[str, Column], window: Window) -> float:
        now = window.profile.columns
        if other not in past or now[other].size < self.least or not js(past[other], now[other]) >= FAR:
            return 0.0
        own = js(past[one], now[one]) + js(past[other], now[other])
        exchanged = js(past[one], now[other]), js(past[other], now[one])
        return 1 - sum(exchanged) / own if max(exchanged) < FAR else 0.0

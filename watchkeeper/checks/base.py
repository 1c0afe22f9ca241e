"""What every check is.

A new check is one new file in this folder and one page in `docs/runbooks`: the file's name is the check's kind, its
fields are the words that a spec may set under `[checks.<kind>]`.
"""

import math
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from watchkeeper.domain.findings import Family, Finding, Measure
from watchkeeper.domain.levels import Level, Limit
from watchkeeper.domain.problems import Problem
from watchkeeper.window import Baseline, Window

__all__ = ["Check", "percent"]


@dataclass(frozen=True, kw_only=True)
class Check(ABC):
    """A pure question asked of a baseline and a window; answers for all its subjects, the quiet ones too.

    Attributes:
        family: what kind of question it asks; the likely cause is read from it.
        runbook: the page in `docs/runbooks` that says what a person does; a check without one does not load.
        problems: of what kind of models it is asked.
        of_columns: whether its subjects are columns (and `*`).
        of_segments: whether it asks about each segment of the records too, where they are monitored apart.
        judges_few: whether it does so however few records a segment has.
        thins: whether of windows shorter than a quarter of an hour it is given those of the last hour and, of older
            ones, one an hour.
        critical: a value that reaches this is critical.
        warning: a value that reaches this is a warning; 90 % of `critical` when it is not given.
    """

    __pydantic_config__: ClassVar[Mapping[str, str]] = {"extra": "forbid"}
    family: ClassVar[Family]
    runbook: ClassVar[str]
    problems: ClassVar[frozenset[Problem]] = frozenset(Problem)
    of_columns: ClassVar[bool] = False
    of_segments: ClassVar[bool] = True
    judges_few: ClassVar[bool] = False
    thins: ClassVar[bool] = True

    critical: float | None
    warning: float | None = None

    def __init_subclass__(cls, *, asks: bool = True) -> None:
        """Refuse a check without family and runbook; `asks=False` is said by what several checks have in common."""
        super().__init_subclass__()
        if asks and not (cls.__dict__.get("runbook") and hasattr(cls, "family")):
            raise TypeError(f"{cls.__name__} names no runbook or no family: a person would not know what to do")

    def __post_init__(self) -> None:
        if self.critical is not None and not (math.isfinite(self.critical) and self.critical > 0):
            raise ValueError(f"critical is a positive number, not {self.critical}")
        if self.warning is not None and not (self.critical and 0 < self.warning <= self.critical):
            raise ValueError(f"warning lies above 0 and not above critical = {self.critical}, not at {self.warning}")

    @property
    def kind(self) -> str:
        """The name of the file it is written in."""
        return type(self).__module__.rpartition(".")[2]

    @property
    def limit(self) -> Limit:
        """Where its values become a warning and where they become critical; none of both while it is calibrated."""
        return Limit.at(math.inf if self.critical is None else self.critical, self.warning)

    @property
    def looks_back(self) -> int | None:
        """How many windows of its own measures it is to be given, the newest; None for all that are remembered."""
        return getattr(self, "remembers", None)

    @abstractmethod
    def examine(self, baseline: Baseline, window: Window) -> list[Finding]:
        """One finding a subject: UNKNOWN where the evidence is missing, OK where nothing is wrong."""

    def judged(self, subject: str, value: float, sentence: str, measures: tuple[Measure, ...] = ()) -> Finding:
        """A finding whose level follows from its value; NaN is UNKNOWN."""
        return self.answer(subject, self.limit.level(value), value, sentence, measures)

    def allowed(self, subject: str, value: float, sentence: str, measures: tuple[Measure, ...] = ()) -> Finding:
        """OK although a value was measured that may reach the limit: the sentence says why."""
        return self.answer(subject, Level.OK, value, sentence, measures)

    def not_judged(self, subject: str, sentence: str, measures: tuple[Measure, ...] = ()) -> Finding:
        """OK without a value: nothing is wrong with the evidence, there is no question yet; the sentence says why."""
        return self.answer(subject, Level.OK, math.nan, sentence, measures)

    def unknown(self, subject: str, sentence: str) -> Finding:
        """The evidence is missing."""
        return self.answer(subject, Level.UNKNOWN, math.nan, sentence)

    def measure(self, subject: str, name: str, value: float, window: Window) -> Measure:
        """A number of this window, to be remembered for later ones."""
        return Measure(self.kind, subject, name, value, window.interval.end)

    def answer(
        self,
        subject: str,
        level: Level,
        value: float,
        sentence: str,
        measures: tuple[Measure, ...] = (),
        limit: float | None = None,
    ) -> Finding:
        """A finding with a level of its own; `limit` is the critical limit where that is not the check's."""
        own = math.nan if self.critical is None else self.critical
        held_against = own if limit is None else limit
        family, page = self.family, self.runbook
        return Finding(self.kind, subject, family, level, value, held_against, sentence, page, measures)


def percent(share: float) -> str:
    """A share as people write it: `62 %`, `0.4 %`."""
    return f"{100 * share:.3g} %"

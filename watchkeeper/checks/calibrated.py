"""What checks have in common whose limit follows from history and from the budget of false alarms."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum, auto

from watchkeeper.checks.base import Check
from watchkeeper.checks.calibrating import corrected, limit_of, normal_tail
from watchkeeper.checks.history import CALM, accepted, earlier
from watchkeeper.domain.findings import Finding
from watchkeeper.domain.levels import Level
from watchkeeper.window import Baseline, Window

__all__ = ["CORRECTION", "LIMIT", "TOP", "Calibrated", "Calibration"]

TOP, LIMIT, CORRECTION = "top", "limit", "correction"
"""Under these names a calibrated check remembers, about `*`, its largest value, the limit and the correction."""

WHOLE = "*"


@dataclass(frozen=True, slots=True)
class Calibration:
    """The critical limit of one window.

    Attributes:
        limit: what the check's largest value is held against.
        correction: what earlier pages have taught, in scales of the tail; 0 for a fixed limit.
        windows: how many earlier windows it was learned from.
    """

    limit: float
    correction: float = 0.0
    windows: int = 0


@dataclass(frozen=True, kw_only=True)
class Calibrated(Check, asks=False):
    """Speaks when a window is so unusual among earlier ones that it would be so by chance only as often as is allowed.

    A check asks for its `calibration`, judges all its subjects with that one limit, and adds `about_all` to its
    answers, which remembers what the next windows' calibration needs. As the limit says how often it is reached by
    chance, one critical window opens an incident; a warning needs the model's `confirm.opens`.

    Attributes:
        critical: a fixed limit on the check's own value, for who has a business requirement; None calibrates.
        false_alarms: expected false pages a window that this check may cause, over all its subjects together; a spec
            gives every calibrated check its share of the model's budget.
    """

    critical: float | None = None
    false_alarms: float = 1 / 150

    def __post_init__(self) -> None:
        super().__post_init__()
        if not 0 < self.false_alarms < 1:
            raise ValueError(f"false_alarms is the chance of a false page a window, not {self.false_alarms}")

    @property
    def shares_budget(self) -> bool:
        """Whether its limit is learned, so that it may cause false pages as often as the budget says."""
        return self.critical is None

    def calibration(self, baseline: Baseline, window: Window, questions: int) -> Calibration:
        """The limit for this window.

        Args:
            questions: how many independent, nearly normal values the check's largest one is the largest of.
        """
        if self.critical is not None:
            return Calibration(self.critical)
        past = _Past.of(self, baseline, window)
        quiet, spoken = past.quiet_and_spoken()
        correction = past.correction(self.false_alarms)
        prior = normal_tail(questions, self.false_alarms)
        limit = limit_of(quiet, self.false_alarms, prior, spoken, correction)
        return Calibration(limit, correction, len(quiet) + len(spoken))

    def about_all(self, top: float, calibration: Calibration, sentence: str, window: Window) -> Finding:
        """The answer about the window as a whole: OK, as every subject speaks for itself, with what is remembered.

        Args:
            top: the largest value of all subjects.
            calibration: the one that the subjects were held against.
        """
        known = {TOP: top, LIMIT: calibration.limit, CORRECTION: calibration.correction}
        measures = tuple(self.measure(WHOLE, name, value, window) for name, value in known.items())
        return self.answer(WHOLE, Level.OK, top, sentence, measures, calibration.limit)

    @property
    def allowance(self) -> str:
        """The budget in words: `at most 1 false page in 150 windows`."""
        return f"at most 1 false page in {1 / self.false_alarms:,.0f} windows"


@dataclass(frozen=True, slots=True)
class _Past:
    """What a check remembers about earlier windows, oldest first: their ends, largest values and limits.

    A trouble begins with a window that speaks, which may page, and lasts until three windows in a row were quiet; its
    later windows say nothing about what is usual. When more than half of the last 28 days were trouble it has become
    the rule, and all windows count as they are.
    """

    ends: tuple[datetime, ...]
    tops: tuple[float, ...]
    limits: tuple[float, ...]
    last_correction: float
    is_accepted: bool

    @classmethod
    def of(cls, check: Calibrated, baseline: Baseline, window: Window) -> "_Past":
        before = window.interval.end
        tops, limits, corrections = (
            earlier(baseline.history, (check.kind, WHOLE, name), before, check.looks_back)
            for name in (TOP, LIMIT, CORRECTION)
        )
        ends = sorted(tops.keys() & limits.keys())
        spoke = {at for at in ends if tops[at] >= limits[at]}
        last = next(iter(corrections.values()), 0.0)
        values = tuple(tops[at] for at in ends), tuple(limits[at] for at in ends)
        return cls(tuple(ends), *values, last, accepted(ends, spoke, before))

    def quiet_and_spoken(self) -> tuple[list[float], list[float]]:
        """Values of quiet windows, and the limits reached by windows with which a trouble began."""
        if self.is_accepted:
            return list(self.tops), []
        parts = self._parts()
        quiet = [top for top, part in zip(self.tops, parts, strict=True) if part is _Part.QUIET]
        spoken = [limit for limit, part in zip(self.limits, parts, strict=True) if part is _Part.BEGINS]
        return quiet, spoken

    def correction(self, rate: float) -> float:
        """The correction for the next window; none before the first."""
        if not self.ends:
            return 0.0
        return corrected(self.last_correction, rate, paged=self._parts()[-1] is _Part.BEGINS)

    def _parts(self) -> list["_Part"]:
        parts, calm = [], CALM
        for top, limit in zip(self.tops, self.limits, strict=True):
            lasts = calm < CALM
            calm = 0 if top >= limit else calm + 1
            part = _Part.LASTS if lasts else _Part.BEGINS if calm == 0 else _Part.QUIET
            parts.append(part)
        return parts


class _Part(Enum):
    """What a window was to a trouble."""

    QUIET = auto()
    BEGINS = auto()
    LASTS = auto()

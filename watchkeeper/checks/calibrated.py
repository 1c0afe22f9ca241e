"""What checks have in common whose limit follows from history and from the budget of false alarms."""

from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

from watchkeeper.checks.base import Check
from watchkeeper.checks.calibrating import corrected, limit_of, normal_tail
from watchkeeper.checks.history import earlier
from watchkeeper.checks.troubles import Part, apart, lasts_on, parts_of
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
        of_every_column: whether it asks about each input of the model, and needs as large a share.
    """

    of_every_column: ClassVar[bool] = False

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
        usual, correction = past.usual(), past.correction(self.false_alarms)
        held = past.held()
        if held is None:
            prior = normal_tail(questions, self.false_alarms)
            held = limit_of(usual, self.false_alarms, prior, correction)
        return Calibration(held, correction, len(usual))

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
    """What a check remembers about earlier windows, oldest first: their largest values and limits.

    The first window of a trouble counts as the limit it reached, so that how far a fault lies out does not matter. The
    windows in which it lasts say nothing about what is usual, and leave the limit where it was, so that a fault does
    not fall below the limit that it raised; once it is the rule they count as they are.
    """

    tops: tuple[float, ...]
    limits: tuple[float, ...]
    last_correction: float
    apart: timedelta

    @classmethod
    def of(cls, check: Calibrated, baseline: Baseline, window: Window) -> "_Past":
        tops, limits, corrections = (
            earlier(baseline.history, (check.kind, WHOLE, name), window.interval.end, check.looks_back)
            for name in (TOP, LIMIT, CORRECTION)
        )
        ends = sorted(tops.keys() & limits.keys())
        last = next(iter(corrections.values()), 0.0)
        return cls(
            tuple(tops[at] for at in ends), tuple(limits[at] for at in ends), last, apart(window.interval.length)
        )

    def usual(self) -> list[float]:
        """The values from which the limit is learned."""
        seen = zip(self.tops, self.limits, parts_of(self._spoke, self.apart), strict=True)
        return [top if part is Part.RULE else min(top, limit) for top, limit, part in seen if part is not Part.LASTS]

    def correction(self, rate: float) -> float:
        """The correction for the next window; none before the first."""
        if not self.tops:
            return 0.0
        paged = parts_of(self._spoke, self.apart)[-1] is Part.BEGINS
        return corrected(self.last_correction, rate, paged=paged)

    def held(self) -> float | None:
        """The limit while a trouble lasts."""
        return self.limits[-1] if lasts_on(self._spoke, self.apart) else None

    @property
    def _spoke(self) -> list[bool]:
        return [top >= limit for top, limit in zip(self.tops, self.limits, strict=True)]

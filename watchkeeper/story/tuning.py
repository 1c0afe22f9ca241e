"""Limits from history, for a budget of false pages: what fixed ones would have cost, and where the learned ones are."""

import math
from bisect import bisect_left
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cache

from watchkeeper.checks.calibrated import Calibrated
from watchkeeper.domain.budgets import Budget
from watchkeeper.domain.incidents import Incident, Transition
from watchkeeper.domain.intervals import Interval
from watchkeeper.domain.verdicts import Verdict
from watchkeeper.spec import ModelSpec
from watchkeeper.spec.writing import SpecFile
from watchkeeper.story.backtesting import is_explained, right_ones
from watchkeeper.story.house import House
from watchkeeper.story.past import Past, Replay, Walk, replay, straight
from watchkeeper.story.probing import Cost, Probe

__all__ = ["Learned", "Proposal", "Tuning", "tune"]

MANTISSAS = (1.0, 1.2, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0)
LIMITS = tuple(float(f"{m * 10.0**power:.2g}") for power in range(-4, 4) for m in MANTISSAS)
"""Limits that people can remember; the next one is at most a third larger."""

MOST_STEPS = 20
"""So many lower limits are tried, down to a hundredth."""

WHOLE = "*"


@dataclass(frozen=True, slots=True)
class Proposal:
    """The fixed limit of one check, and another one where that serves people better.

    Attributes:
        new: the limit proposed; the old one where there is nothing to gain.
        before, after: what each would have cost, had this check asked alone.
        because: why, a sentence.
    """

    check: str
    old: float
    new: float
    before: Cost
    after: Cost
    because: str

    @property
    def is_change(self) -> bool:
        """Whether another limit is proposed."""
        return self.new != self.old


@dataclass(frozen=True, slots=True)
class Learned:
    """The limit of a calibrated check, which follows from history by itself.

    Attributes:
        now: the limit of the last window; NaN while it is learning.
        low, high: the smallest and the largest one in the period.
        allowance: windows in which the check may cause one false page.
        false: false pages in the period in which it had a part.
    """

    check: str
    now: float
    low: float
    high: float
    allowance: float
    false: int


@dataclass(frozen=True, slots=True)
class Tuning:
    """What was found.

    Attributes:
        allowed: false pages that the budget allows in the period.
        false: the false pages of all checks together, with the spec as it is.
        right: incidents that production paged for, which nobody called a false alarm.
    """

    spec: ModelSpec
    over: Interval
    windows: int
    allowed: float
    false: int
    right: tuple[Incident, ...]
    proposals: tuple[Proposal, ...]
    learned: tuple[Learned, ...]

    @property
    def changes(self) -> dict[str, float]:
        """The proposed limits by check, as far as they are others."""
        return {p.check: p.new for p in self.proposals if p.is_change}


def tune(
    house: House,
    file: SpecFile,
    past: Past,
    budget: Budget | None = None,
    false_alarms: Collection[str] = (),
    walk: Walk = straight,
) -> Tuning:
    """Propose limits for a budget. Writes nothing.

    A check with a fixed limit may use an even share of the budget: the limit is raised to the lowest at which history
    has no more false pages than that. It is lowered only where history is long enough to show that the lower one keeps
    the share, too: where the share allows at least one page in it.

    Args:
        budget: instead of the one in the spec.
        false_alarms: keys of production's incidents that were nothing.
        walk: shows progress.
    """
    spec = file.spec({"alerts": {**file.table.get("alerts", {}), "budget": str(budget)}} if budget else None)
    fixed = [c for c in spec.asked if c.critical is not None]
    right = right_ones(house, past, spec.model, false_alarms)
    seen = replay(house, ("replaying", spec), past, walk, remember={c.kind for c in fixed})
    allowed = spec.alerts.budget.per_window(spec.every) * len(past.windows)
    share = allowed / max(len(fixed), 1)
    probes = [(Probe(file, seen, right, c.kind), float(c.critical)) for c in fixed if c.critical]
    proposals = [_proposal(probe, limit, share) for probe, limit in walk(probes, "trying limits")]
    false = [page for page in seen.pages if not is_explained(page, right, spec)]
    learned = [_learned(c, seen, false) for c in spec.asked if isinstance(c, Calibrated) and c.shares_budget]
    return Tuning(spec, past.over, len(past.windows), allowed, len(false), right, tuple(proposals), tuple(learned))


def _proposal(probe: Probe, old: float, share: float) -> Proposal:
    """Keep, raise or lower a limit.

    Args:
        share: false pages that the check may cause in the period.
    """
    before = probe.cost(old)
    if before.false > share:
        return _raised(probe, old, before, share)
    kept = Proposal(probe.kind, old, old, before, before, "keeps its share")
    return (_lowered(probe, old, before, share) or kept) if share >= 1 else kept


def _lowered(probe: Probe, old: float, before: Cost, share: float) -> Proposal | None:
    """The highest of the next lower limits that finds more of what was right within the share; None when none does."""
    lower = [limit for limit in LIMITS if limit < old]
    for limit in reversed(lower[-MOST_STEPS:]):
        after = probe.cost(limit)
        if after.false > share:
            return None
        if after.right > before.right:
            because = f"pages for {after.right - before.right} more of what was right, within its share"
            return Proposal(probe.kind, old, limit, before, after, because)
    return None


def _raised(probe: Probe, old: float, before: Cost, share: float) -> Proposal:
    """The lowest of the higher limits that keeps the share."""
    cost, highest = cache(probe.cost), probe.highest()
    higher = [limit for limit in LIMITS if limit > old]
    place = bisect_left(higher, -share, key=lambda limit: -cost(limit).false)
    over = f"{before.false} false page{'s' if before.false > 1 else ''}, its share of the budget is {share:.2g}"
    if place == len(higher) or (highest <= 1 < higher[place]):
        because = f"{over}; no limit keeps to it, values go as far as they can"
        return Proposal(probe.kind, old, old, before, before, because)
    return Proposal(probe.kind, old, higher[place], before, cost(higher[place]), over)


def _learned(check: Calibrated, seen: Replay, false: Sequence[Transition]) -> Learned:
    """Where a calibrated check's limit is, and was."""
    limits = [limit for verdict in seen.verdicts if math.isfinite(limit := _limit(check.kind, verdict))]
    had_part = sum(any(mark.startswith(f"{check.kind}:") for mark in page.incident.marks) for page in false)
    low, high = (min(limits), max(limits)) if limits else (math.nan, math.nan)
    return Learned(check.kind, limits[-1] if limits else math.nan, low, high, 1 / check.false_alarms, had_part)


def _limit(kind: str, verdict: Verdict) -> float:
    """The limit of a window: the one about the whole, else the lowest; NaN while there is none."""
    limits = {f.subject: f.limit for f in verdict.findings if f.check == kind and math.isfinite(f.limit)}
    return limits.get(WHOLE, min(limits.values(), default=math.nan))

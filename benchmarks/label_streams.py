"""The performance channel over streams of labelled days: training, then serving, as production would."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import numpy as np
from rich.console import Console

from benchmarks.label_days import Days
from watchkeeper.checks import built_in, seed_outcomes
from watchkeeper.checks.outcomes import OutcomeCheck
from watchkeeper.domain.intervals import Interval
from watchkeeper.domain.versions import Version
from watchkeeper.ports import Anchor
from watchkeeper.profiles import Profile
from watchkeeper.spec import ModelSpec
from watchkeeper.story.replaying import Replayer
from watchkeeper.window import Outcomes, Window

__all__ = ["FAULT", "SERVING", "SOON", "TRAINING", "Alarms", "default_shares", "first_day", "only", "played"]

DAY = timedelta(days=1)
FIRST = datetime(2013, 1, 7, tzinfo=UTC)
TRAINING, SERVING, FAULT, SOON = 60, 120, 60, 7
"""Days: of training, of serving, of serving before the fault begins, and within which it is to be caught."""

SPEC = {"model": "bench", "features": {"numeric": ["x"]}, "training": {"function": "benchmarks.channel:never"}}

progress = Console(stderr=True)


@dataclass(frozen=True, slots=True)
class Alarms:
    """When a detector spoke, by the share of labels turned round, for each stream: the days it has served by then.

    Attributes:
        days: None for a stream on which an incident stands already when the fault begins.
        by_check: what the alarms without a fault were about.
    """

    days: Mapping[float, Sequence[Sequence[int] | None]]
    by_check: Mapping[str, int] = field(default_factory=dict)


def first_day() -> Interval:
    """The one that all streams begin with."""
    return _day(0)


def _day(place: int) -> Interval:
    return Interval(FIRST + place * DAY, FIRST + (place + 1) * DAY)


def only(shares: Mapping[str, float]) -> ModelSpec:
    """A model that only these checks ask about, each with its false alarms a window."""
    silent: dict[str, dict[str, object]] = {kind: {"enabled": False} for kind in built_in() if kind not in shares}
    return ModelSpec.model_validate(SPEC | {"checks": silent | {k: {"false_alarms": r} for k, r in shares.items()}})


def default_shares() -> dict[str, float]:
    """What the checks of the performance channel get of the default budget, one page in 30 days."""
    asked = ModelSpec.model_validate(SPEC).asked
    return {check.kind: check.false_alarms for check in asked if isinstance(check, OutcomeCheck)}


def played(spec: ModelSpec, days: Mapping[float, Days], streams: np.ndarray) -> Alarms:
    """The pages of every stream without a fault, and within a week of each fault."""
    found: dict[float, list[list[int] | None]] = {flip: [] for flip in days}
    about: Counter[str] = Counter()
    for place, stream in enumerate(streams):
        progress.print(f"stream {place + 1} of {len(streams)}", end="\r")
        calm = _replayer(spec, days[0.0], stream)
        before = [number for number in range(FAULT) if _paged(calm, days[0.0], stream, number)]
        stands = bool(calm.incidents and calm.incidents[-1].is_open)
        for flip in (flip for flip in days if flip):
            faulty, soon = calm.fork(), range(FAULT, FAULT + SOON)
            pages = [number for number in soon if _paged(faulty, days[flip], stream, number)]
            found[flip].append(None if stands else pages)
        after = [number for number in range(FAULT, SERVING) if _paged(calm, days[0.0], stream, number)]
        found[0.0].append(before + after)
        about.update(page.incident.marks[0].partition(":")[0] for page in calm.pages)
    return Alarms(found, dict(about))


def _replayer(spec: ModelSpec, days: Days, stream: np.ndarray) -> Replayer:
    """Production after training on the first days of a stream."""
    blocks = [_on(_day(number), days[stream[number]]) for number in range(TRAINING)]
    measures = seed_outcomes(spec.asked, blocks, DAY)
    trained_on = Interval(blocks[0].interval.start, blocks[-1].interval.end)
    anchor = Anchor(Profile(), ((_day(TRAINING - 1), Profile()),), measures, None)
    return Replayer(spec, Version("bench", 1, "sha256:0", trained_on.end, trained_on, "a benchmark", {}), anchor)


def _paged(replayer: Replayer, days: Days, stream: np.ndarray, number: int) -> bool:
    """Whether the next window pages somebody."""
    interval, outcomes = _day(TRAINING + number), days[stream[TRAINING + number]]
    window = Window("bench", interval, outcomes.expected, Profile(), _on(interval, outcomes), interval.end)
    return replayer.step(window).developed.paged


def _on(interval: Interval, outcomes: Outcomes) -> Outcomes:
    """The same outcomes in another interval; what was computed of them once stays."""
    moved = replace(outcomes, interval=interval)
    moved._measured.update(outcomes.metrics)  # noqa: SLF001 - so that each day is measured once, not once a stream
    moved._counted.extend(outcomes.counts)  # noqa: SLF001 - the same
    return moved

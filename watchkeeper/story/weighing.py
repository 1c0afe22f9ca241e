"""The evidence about a canary, read from the records: one a criterion, in blocks of one window each."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
import pyarrow as pa

from watchkeeper.domain.intervals import Interval, interval_ending
from watchkeeper.domain.judgements import ERRORS, LATENCY, Criterion
from watchkeeper.domain.rollouts import Rollout, Verb
from watchkeeper.judge import Block, Evidence
from watchkeeper.story.due import due_evidence
from watchkeeper.story.house import House
from watchkeeper.story.saying import (
    Said,
    blocks_of,
    ends_in,
    ends_of,
    numbers_in,
    picked,
    said_of_both,
    those_of,
    ticks_of,
)

__all__ = ["Weighed", "weigh"]

SOON = timedelta(hours=1)
"""What needs no label is looked at hour by hour where windows are longer, so that an outage is not lost in its day."""

OWN = (ERRORS, LATENCY)


@dataclass(frozen=True, slots=True)
class Weighed:
    """What the records say of a rollout at one look.

    Attributes:
        evidence: one a criterion.
        newest: the newest whole window since the candidate began to answer; None where none has ended yet.
        requests: how many there were in that window.
        asked: how many of them were for the candidate.
    """

    evidence: tuple[Evidence, ...]
    newest: Interval | None = None
    requests: int = 0
    asked: int = 0


def weigh(house: House, rollout: Rollout, at: datetime) -> Weighed:
    """All that was recorded by `at` since the candidate began to answer, or to soak. Raises OutsideError.

    What needs no label is known of the window that has not ended, too: nobody waits for its end with an outage.
    """
    spec, since = house.model(rollout.model), _since(rollout)
    newest, until = interval_ending(at, spec.every), interval_ending(at - spec.labels.delay, spec.every).end
    if at <= since:
        return Weighed(tuple(Evidence(c) for c in rollout.plan.asked))
    columns = [c.name for c in rollout.plan.asked if not c.labelled and c.name not in OWN]
    requests = house.predictions.records(spec.model, Interval(since, at), columns)
    due = due_evidence(house, rollout, requests, Interval(since, until), at) if until > since else {}
    evidence = [
        due.get(c.name, Evidence(c)) if c.labelled else Evidence(c, _unlabelled(c, requests, rollout, spec.every))
        for c in rollout.plan.asked
    ]
    seen = ends_of(requests, spec.every) == ticks_of(newest.end)
    mine = int((seen & picked(requests, rollout.candidate)).sum())
    return Weighed(tuple(evidence), newest if newest.start >= since else None, int(seen.sum()), mine)


def _since(rollout: Rollout) -> datetime:
    """When what is looked at began: the soak, or else the shadow or the first step."""
    if rollout.is_soaking:
        return rollout.since
    began = [m.at for m in rollout.history if m.verb in (Verb.SHADOW, Verb.ADVANCE)]
    return began[0] if began else rollout.since


def _unlabelled(criterion: Criterion, requests: pa.Table, rollout: Rollout, every: timedelta) -> tuple[Block, ...]:
    """What needs no label: whether a version failed, how long it took, what stands in a column."""
    ends = ends_in(rollout, requests, min(every, SOON))
    if criterion.name == ERRORS:
        versions = rollout.candidate, rollout.champion
        failed = (np.where(picked(requests, v), those_of(requests, "_failed", v), np.nan) for v in versions)
        return blocks_of(Said(ends, *failed))
    column = "_latency_ms" if criterion.name == LATENCY else criterion.name
    return blocks_of(said_of_both(rollout, requests, ends, numbers_in(requests, column)))

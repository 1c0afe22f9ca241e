"""The evidence about a canary, read from the records: one a criterion, in blocks of one window each."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
import pyarrow as pa

from watchkeeper.domain.intervals import Interval, interval_ending
from watchkeeper.domain.judgements import ERRORS, LATENCY, LOSS, Criterion
from watchkeeper.domain.problems import Problem
from watchkeeper.domain.rollouts import Rollout, Verb
from watchkeeper.judge import Block, Evidence, Pairs, losses_of
from watchkeeper.serving.answers import SCORES, answers_in
from watchkeeper.spec import ModelSpec
from watchkeeper.story.house import House
from watchkeeper.story.lateness import with_otherwise
from watchkeeper.story.saying import (
    Integers,
    Said,
    ends_of,
    moment_of,
    numbers_in,
    picked,
    those_of,
    ticks_in,
    ticks_of,
)
from watchkeeper.window import Floats

__all__ = ["Weighed", "weigh"]

SOON = timedelta(hours=1)
"""What needs no label is looked at hour by hour where windows are longer, so that an outage is not lost in its day."""

MOVES = (Verb.SHADOW, Verb.ADVANCE, Verb.PROMOTE)
"""What changes shares. Within a block they stay: else who got more of the afternoon is judged by its hours."""

OWN = (LOSS, ERRORS, LATENCY)


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
    columns = [c.name for c in rollout.plan.asked if c.name not in OWN and not c.labelled]
    requests = house.predictions.records(spec.model, Interval(since, at), columns)
    due = _due(house, spec, rollout, requests, Interval(since, until), at) if until > since else {}
    evidence = [
        due.get(c.name, Evidence(c)) if c.labelled else Evidence(c, _blocks(_unlabelled(c, requests, rollout, spec)))
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


def _unlabelled(criterion: Criterion, requests: pa.Table, rollout: Rollout, spec: ModelSpec) -> Said:
    """What needs no label: whether a version failed, how long it took, what stands in a column."""
    canary, champion = rollout.candidate, rollout.champion
    if criterion.name == ERRORS:
        failed = [np.where(picked(requests, v), those_of(requests, "_failed", v), np.nan) for v in (canary, champion)]
        return Said(_ends(rollout, requests, min(spec.every, SOON)), *failed)
    column = "_latency_ms" if criterion.name == LATENCY else criterion.name
    values = numbers_in(requests, column)
    return Said(
        _ends(rollout, requests, min(spec.every, SOON)),
        *(np.where(those_of(requests, "_version", v), values, np.nan) for v in (canary, champion)),
    )


def _due(
    house: House, spec: ModelSpec, rollout: Rollout, requests: pa.Table, due: Interval, at: datetime
) -> dict[str, Evidence]:
    """What comes as late as labels do, by criterion."""
    asked = [c for c in rollout.plan.asked if c.labelled and c.name != LOSS]
    loss = {c.name: _loss(house, spec, rollout, requests, due, at) for c in rollout.plan.asked if c.name == LOSS}
    return loss | _late(house, spec, rollout, asked, due, at)


def _late(
    house: House, spec: ModelSpec, rollout: Rollout, asked: Sequence[Criterion], due: Interval, at: datetime
) -> dict[str, Evidence]:
    """The values of late columns that have come for records whose labels are due."""
    if not asked:
        return {}
    requests = house.predictions.records(spec.model, due, [])
    came = house.predictions.late(spec.model, requests, [c.name for c in asked], at)
    records, ends = came.records, _ends(rollout, came.records, spec.every)
    mine = [those_of(records, "_version", v) for v in _both(rollout)]
    every = Said(ends, *(np.where(own, 1.0, np.nan) for own in mine)).counts
    found = {}
    for criterion in asked:
        otherwise = None if came.trouble else criterion.otherwise
        values = with_otherwise(numbers_in(records, criterion.name), ends, otherwise)
        said = Said(ends, *(np.where(own, values, np.nan) for own in mine))
        found[criterion.name] = Evidence(criterion, _blocks(said, _missing(every, said.counts, ticks_of(due.end))))
    return found


def _loss(house: House, spec: ModelSpec, rollout: Rollout, requests: pa.Table, due: Interval, at: datetime) -> Evidence:
    """The losses of the records whose labels are due, and of those that both versions answered."""
    labelled = house.predictions.labelled(spec.model, due, at, spec.answer_columns)
    losses, ends = _losses(house, spec, rollout, labelled, ""), _ends(rollout, labelled, spec.every)
    said = Said(ends, *(np.where(those_of(labelled, "_version", v), losses, np.nan) for v in _both(rollout)))
    asked = Said(
        _ends(rollout, requests, spec.every),
        *(np.where(those_of(requests, "_version", v), 1.0, np.nan) for v in _both(rollout)),
    )
    missing = _missing(asked.counts, said.counts, ticks_of(due.end))
    criterion = next(c for c in rollout.plan.asked if c.name == LOSS)
    return Evidence(criterion, _blocks(said, missing), _pairs(house, spec, rollout, due, at))


def _pairs(house: House, spec: ModelSpec, rollout: Rollout, due: Interval, at: datetime) -> tuple[Pairs, ...]:
    """The losses of the records that one of the two answered and the other one answered in the shadow."""
    if rollout.plan.shadow is None and (rollout.plan.soak is None or not rollout.plan.soak.shadow):
        return ()
    table = house.predictions.shadowed(spec.model, due, at, spec.answer_columns)
    canary, champion = _both(rollout)
    own, shadow = (_losses(house, spec, rollout, table, part) for part in ("", "_shadow"))
    forth = those_of(table, "_version", champion) & those_of(table, "_shadow_version", canary)
    back = those_of(table, "_version", canary) & those_of(table, "_shadow_version", champion)
    told = (forth | back) & np.isfinite(own) & np.isfinite(shadow)
    mine, theirs = np.where(forth, shadow, own), np.where(forth, own, shadow)
    said = Said(_ends(rollout, table, spec.every)[told], mine[told], theirs[told])
    return tuple(Pairs(a, b, moment_of(end)) for end, a, b in said.blocks)


def _losses(house: House, spec: ModelSpec, rollout: Rollout, records: pa.Table, part: str) -> Floats:
    """The loss of each record, or of its shadow; of a regression model in units of the champion's error at training.

    A label that is none of the classes says nothing.
    """
    names = {f"{part}_prediction": "_prediction", f"{part}{SCORES}": SCORES}
    told = pa.table({new: records[old] for old, new in names.items() if old in records.column_names})
    answers, labels = answers_in(told, spec.problem, spec.classes), records["_label"].to_numpy()
    if spec.problem is not Problem.REGRESSION:
        return losses_of(spec.problem, answers, labels, 1.0)
    champion = house.registry.version(rollout.model, rollout.champion)
    return losses_of(spec.problem, answers, labels, champion.metrics.get("mae", math.nan))


def _blocks(said: Said, missing: dict[int, tuple[int, int]] | None = None) -> tuple[Block, ...]:
    unlabelled = missing or {}
    known = {end: (a, b) for end, a, b in said.blocks}
    empty = np.empty(0)
    return tuple(
        Block(*known.get(end, (empty, empty)), moment_of(end), unlabelled.get(end, (0, 0)))
        for end in sorted(known.keys() | unlabelled.keys())
    )


def _missing(
    asked: dict[int, tuple[int, int]], labelled: dict[int, tuple[int, int]], until: int
) -> dict[int, tuple[int, int]]:
    """How many records of either version have no label yet, by window, of those whose labels are due.

    Records that came between two readings may be labelled and not counted as asked.
    """
    known = {end: labelled.get(end, (0, 0)) for end in asked if end <= until}
    return {end: (max(0, asked[end][0] - a), max(0, asked[end][1] - b)) for end, (a, b) in known.items()}


def _both(rollout: Rollout) -> tuple[int, int]:
    return rollout.candidate, rollout.champion


def _ends(rollout: Rollout, records: pa.Table, every: timedelta) -> Integers:
    """The end of each record's block: of its window, or of the step that ended within it, as shares differ."""
    at, ends = ticks_in(records), ends_of(records, every)
    for cut in (ticks_of(move.at) for move in rollout.history if move.verb in MOVES):
        ends = np.where((at < cut) & (cut < ends), cut, ends)
    return ends

"""The evidence about a canary that comes as late as labels do: its loss, and what came later of late columns."""

import math
from collections.abc import Sequence
from datetime import datetime

import numpy as np
import pyarrow as pa

from watchkeeper.domain.intervals import Interval
from watchkeeper.domain.judgements import LOSS, Criterion
from watchkeeper.domain.problems import Problem
from watchkeeper.domain.rollouts import Rollout
from watchkeeper.judge import Evidence, Pairs, losses_of
from watchkeeper.serving.answers import SCORES, answers_in
from watchkeeper.spec import ModelSpec
from watchkeeper.story.house import House
from watchkeeper.story.saying import (
    Said,
    blocks_of,
    ends_in,
    moment_of,
    numbers_in,
    said_of_both,
    those_of,
    ticks_in,
    ticks_of,
    with_otherwise,
)
from watchkeeper.window import Floats

__all__ = ["due_evidence"]


def due_evidence(
    house: House, rollout: Rollout, requests: pa.Table, due: Interval, at: datetime
) -> dict[str, Evidence]:
    """What has come by `at` of records whose labels are due, by criterion. Raises OutsideError.

    Args:
        requests: all records since the beginning of the interval that is due.
    """
    labelled = {c.name: c for c in rollout.plan.asked if c.labelled}
    loss, late = labelled.pop(LOSS, None), tuple(labelled.values())
    found = {LOSS: _loss(house, rollout, loss, requests, due, at)} if loss else {}
    return found | (_late(house, rollout, late, requests, due, at) if late else {})


def _late(
    house: House, rollout: Rollout, asked: Sequence[Criterion], requests: pa.Table, due: Interval, at: datetime
) -> dict[str, Evidence]:
    """The values of late columns."""
    spec, until = house.model(rollout.model), ticks_of(due.end)
    old_enough = requests.filter(pa.array(ticks_in(requests) < until))
    came = house.predictions.late(spec.model, old_enough, [c.name for c in asked], at)
    records, ends = came.records, ends_in(rollout, came.records, spec.every)
    every = said_of_both(rollout, records, ends, np.ones(records.num_rows)).counts
    found = {}
    for criterion in asked:
        otherwise = None if came.trouble else criterion.otherwise
        values = with_otherwise(numbers_in(records, criterion.name), ends, otherwise)
        said = said_of_both(rollout, records, ends, values)
        found[criterion.name] = Evidence(criterion, blocks_of(said, _missing(every, said.counts, until)))
    return found


def _loss(
    house: House, rollout: Rollout, criterion: Criterion, requests: pa.Table, due: Interval, at: datetime
) -> Evidence:
    """The losses of the labelled records, and of those that both versions answered."""
    spec = house.model(rollout.model)
    labelled = house.predictions.labelled(spec.model, due, at, spec.answer_columns)
    losses, ends = _losses(house, spec, rollout, labelled, ""), ends_in(rollout, labelled, spec.every)
    said = said_of_both(rollout, labelled, ends, losses)
    asked = said_of_both(rollout, requests, ends_in(rollout, requests, spec.every), np.ones(requests.num_rows))
    missing = _missing(asked.counts, said.counts, ticks_of(due.end))
    return Evidence(criterion, blocks_of(said, missing), _pairs(house, spec, rollout, due, at))


def _pairs(house: House, spec: ModelSpec, rollout: Rollout, due: Interval, at: datetime) -> tuple[Pairs, ...]:
    """The losses of the records that one of the two answered and the other one answered in the shadow."""
    if rollout.plan.shadow is None and (rollout.plan.soak is None or not rollout.plan.soak.shadow):
        return ()
    table = house.predictions.shadowed(spec.model, due, at, spec.answer_columns)
    canary, champion = rollout.candidate, rollout.champion
    own, shadow = (_losses(house, spec, rollout, table, part) for part in ("", "_shadow"))
    forth = those_of(table, "_version", champion) & those_of(table, "_shadow_version", canary)
    back = those_of(table, "_version", canary) & those_of(table, "_shadow_version", champion)
    told = (forth | back) & np.isfinite(own) & np.isfinite(shadow)
    mine, theirs = np.where(forth, shadow, own), np.where(forth, own, shadow)
    said = Said(ends_in(rollout, table, spec.every)[told], mine[told], theirs[told])
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


def _missing(
    asked: dict[int, tuple[int, int]], labelled: dict[int, tuple[int, int]], until: int
) -> dict[int, tuple[int, int]]:
    """How many records of either version have no label yet, by window, of those whose labels are due.

    Records that came between two readings may be labelled and not counted as asked.
    """
    known = {end: labelled.get(end, (0, 0)) for end in asked if end <= until}
    return {end: (max(0, asked[end][0] - a), max(0, asked[end][1] - b)) for end, (a, b) in known.items()}

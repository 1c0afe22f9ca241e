"""What the records say of a canary."""

import math
from datetime import datetime

import numpy as np
import pyarrow as pa

from watchkeeper.domain.intervals import Interval, interval_ending
from watchkeeper.domain.judgements import Judgement, Outcome
from watchkeeper.domain.problems import Problem
from watchkeeper.domain.rollouts import Rollout, Verb
from watchkeeper.judge import Block, judge, losses_of
from watchkeeper.serving.answers import answers_in
from watchkeeper.spec import ModelSpec
from watchkeeper.story.house import House
from watchkeeper.window import Floats

__all__ = ["judge_canary"]


def judge_canary(house: House, rollout: Rollout, at: datetime) -> Judgement:
    """What the labelled records since the canary's first traffic say, a window a block."""
    spec = house.model(rollout.model)
    moved = [m.at for m in rollout.history if m.verb is Verb.ADVANCE]
    until = interval_ending(at - spec.labels.delay, spec.every).end
    if not moved or until <= moved[0]:
        return Judgement(Outcome.UNKNOWN, "The canary has no labelled records yet.")
    return judge(_blocks(house, spec, rollout, Interval(moved[0], until), at), rollout.plan)


def _blocks(house: House, spec: ModelSpec, rollout: Rollout, over: Interval, at: datetime) -> list[Block]:
    """Losses by window and version, oldest first; a label that is none of the classes says nothing."""
    records = house.predictions.labelled(spec.model, over, at, spec.answer_columns)
    losses = _losses(house, spec, rollout, records)
    told = np.isfinite(losses)
    versions, losses = records["_version"].to_numpy()[told], losses[told]
    seconds = records["_at"].to_numpy().astype("datetime64[s]").astype(np.int64)[told]
    block = seconds // int(spec.every.total_seconds())
    return [
        Block(losses[here & (versions == rollout.candidate)], losses[here & (versions == rollout.champion)])
        for b in np.unique(block)
        for here in [block == b]
    ]


def _losses(house: House, spec: ModelSpec, rollout: Rollout, records: pa.Table) -> Floats:
    """The loss of each record; that of a regression model in units of the champion's error at training."""
    answers, labels = answers_in(records, spec.problem, spec.classes), records["_label"].to_numpy()
    if spec.problem is not Problem.REGRESSION:
        return losses_of(spec.problem, answers, labels, 1.0)
    champion = house.registry.version(rollout.model, rollout.champion)
    return losses_of(spec.problem, answers, labels, champion.metrics.get("mae", math.nan))

"""What the records say of a canary."""

from datetime import datetime

import numpy as np

from watchkeeper.domain.intervals import Interval, interval_ending
from watchkeeper.domain.judgements import Judgement, Outcome
from watchkeeper.domain.rollouts import Rollout, Verb
from watchkeeper.judge import Block, judge, log_losses
from watchkeeper.spec import ModelSpec
from watchkeeper.story.house import House

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
    """Losses by window and version, oldest first."""
    records = house.predictions.labelled(spec.model, over, at, [])
    versions = records["_version"].to_numpy()
    losses = log_losses(records["_prediction"].to_numpy(), records["_label"].to_numpy())
    seconds = records["_at"].to_numpy().astype("datetime64[s]").astype(np.int64)
    block = seconds // int(spec.every.total_seconds())
    return [
        Block(losses[here & (versions == rollout.candidate)], losses[here & (versions == rollout.champion)])
        for b in np.unique(block)
        for here in [block == b]
    ]

"""How often the judge is wrong when it looks after every block: simulations with fixed seeds.

Each stream has an effect of the day that both versions share and one of its own for each, so that records of a day are
no independent evidence; the canary answers a fifth of the traffic.
"""

from dataclasses import replace
from functools import cache

import numpy as np

from tests.builders import PLAN
from watchkeeper.domain.judgements import Criterion, Outcome
from watchkeeper.judge import Block, Evidence, judge

ALPHA = 0.1
STREAMS, BLOCKS = 200, 16
TRIAL_PLAN = replace(PLAN, alpha=ALPHA)
LOSS = Criterion("loss", 0.05)


def stream(seed: int, harm: float, own: float = 0.04) -> list[Block]:
    """One rollout's blocks.

    Args:
        seed: the same stream at every run.
        harm: what the canary loses above the champion.
        own: standard deviation of what a day does to one version alone.
    """
    draw = np.random.default_rng(seed)
    blocks = []
    for _ in range(BLOCKS):
        day = draw.normal(0, 0.2)
        canary = draw.exponential(0.5, 40) + day + draw.normal(harm, own)
        blocks.append(Block(canary, draw.exponential(0.5, 160) + day + draw.normal(0, own)))
    return blocks


@cache
def ends(harm: float) -> dict[Outcome, float]:
    """How the streams of this harm end, as shares: a look after every block, the first decision ends it."""
    told = []
    for seed in range(STREAMS):
        looks = (s.outcome for s in judge([Evidence(LOSS, stream(seed, harm))], TRIAL_PLAN).readings[0].path)
        told.append(next((o for o in looks if o in {Outcome.WORSE, Outcome.NO_WORSE}), Outcome.UNDECIDED))
    return {outcome: told.count(outcome) / STREAMS for outcome in Outcome}


def test_a_canary_as_good_as_the_champion_is_seldom_rolled_back() -> None:
    assert ends(0.0)[Outcome.WORSE] <= ALPHA


def test_a_clearly_worse_canary_is_found() -> None:
    assert ends(0.35)[Outcome.WORSE] >= 0.95
    assert ends(0.35)[Outcome.NO_WORSE] == 0.0


def test_a_clearly_better_canary_is_no_worse() -> None:
    assert ends(-0.2)[Outcome.NO_WORSE] >= 0.95
    assert ends(-0.2)[Outcome.WORSE] == 0.0


def test_a_canary_that_is_worse_by_the_margin_is_seldom_promoted() -> None:
    assert ends(LOSS.margin)[Outcome.NO_WORSE] <= ALPHA


def test_what_lies_between_is_often_left_undecided() -> None:
    assert ends(0.0)[Outcome.UNDECIDED] > ends(-0.2)[Outcome.UNDECIDED]

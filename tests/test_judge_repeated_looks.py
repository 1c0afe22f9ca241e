"""How often the judge is wrong when it looks after every block: simulations with fixed seeds.

Each stream has an effect of the day that both versions share and one of its own for each, so that records of a day are
no independent evidence; the canary answers a fifth of the traffic.
"""

import math
from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from tests.builders import PLAN
from watchkeeper.domain.judgements import Outcome
from watchkeeper.judge import Block, judge, log_t_mixture, row_guardrail

ALPHA = 0.1
STREAMS, BLOCKS = 160, 16
TRIAL_PLAN = replace(PLAN, alpha=ALPHA, margin=0.05)


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
        blocks = stream(seed, harm)
        looks = (judge(blocks[: n + 1], TRIAL_PLAN).outcome for n in range(BLOCKS))
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
    assert ends(TRIAL_PLAN.margin)[Outcome.NO_WORSE] <= ALPHA / 2


def test_what_lies_between_is_often_left_undecided() -> None:
    assert ends(0.0)[Outcome.UNDECIDED] > ends(-0.2)[Outcome.UNDECIDED]


def test_the_t_mixture_is_not_fooled_by_looking_often_where_a_t_test_is() -> None:
    draw = np.random.default_rng(7)
    fooled = fooled_t_test = 0
    for _ in range(400):
        x = draw.normal(0, 1, 60)
        n = np.arange(2, x.size + 1)
        mean, deviation = np.cumsum(x)[1:] / n, np.array([x[:k].std(ddof=1) for k in n])
        fooled += any(log_t_mixture(x[:k]) >= math.log(1 / ALPHA) for k in n)
        fooled_t_test += bool((np.abs(mean) * np.sqrt(n) > 1.98 * deviation)[10:].any())
    assert fooled / 400 <= ALPHA
    assert fooled_t_test / 400 > 2 * ALPHA


@pytest.mark.parametrize("harm", [0.0, 0.2])
def test_the_guardrails_bound_holds_at_every_look(harm: float) -> None:
    """Where records are independent, as it assumes."""
    above = 0
    for seed in range(STREAMS):
        blocks = stream(1_000 + seed, harm, own=0.0)
        above += any(row_guardrail(blocks[: n + 1], ALPHA) > harm for n in range(5, BLOCKS))
    assert above / STREAMS <= ALPHA


def test_the_guardrail_finds_great_harm_early() -> None:
    first = [row_guardrail(stream(seed, 1.5)[:6], ALPHA / 2) for seed in range(20)]
    assert min(first) > TRIAL_PLAN.margin

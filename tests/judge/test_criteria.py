"""What each criterion makes of its evidence, and what a judgement makes of several."""

import math
from dataclasses import replace

import numpy as np
import pytest

from tests.builders import DAY, NOON, PLAN
from watchkeeper.domain.business import Direction
from watchkeeper.domain.judgements import Criterion, Judgement, Outcome, Role
from watchkeeper.judge import Block, Evidence, Pairs, judge

LOSS = Criterion("loss", 0.01, bounds=(0.0, 4.6), labelled=True)
ERRORS = Criterion("errors", 0.001, role=Role.GUARD)
LATENCY = Criterion("latency", 0.25, role=Role.GUARD)


def judged(blocks: list[Block], criterion: Criterion = LOSS) -> Judgement:
    return judge([Evidence(criterion, blocks)], PLAN)


def block(harm: float = 0.0, seed: int = 0, canary: int = 60, champion: int = 240) -> Block:
    """One block of exponential losses around 0.5, the canary's shifted by its harm."""
    draw = np.random.default_rng(seed)
    return Block(draw.exponential(0.5, canary) + harm, draw.exponential(0.5, champion))


def failing(canary: float, champion: float, size: int = 20, seed: int = 0) -> Block:
    draw = np.random.default_rng(seed)
    return Block((draw.random(size) < canary) * 1.0, (draw.random(9 * size) < champion) * 1.0)


def slow(times: float, size: int = 20, seed: int = 0) -> Block:
    draw = np.random.default_rng(seed)
    return Block(times * draw.lognormal(3, 0.5, size), draw.lognormal(3, 0.5, 9 * size))


def test_a_canary_that_fails_is_worse_with_a_few_records() -> None:
    assert judged([failing(1.0, 0.0, size=5)], ERRORS).outcome is Outcome.WORSE
    assert judged([failing(0.5, 0.0)], ERRORS).outcome is Outcome.WORSE
    assert judged([failing(0.0, 0.0)], ERRORS).outcome is Outcome.UNDECIDED


def test_one_failure_is_no_proof() -> None:
    one = Block(np.repeat([1.0, 0.0], [1, 199]), np.zeros(1_800))
    assert judged([one], ERRORS).outcome is Outcome.UNDECIDED


def test_ten_times_the_latency_is_worse_with_a_few_records_and_a_little_more_is_not() -> None:
    assert judged([slow(10.0, size=5)], LATENCY).outcome is Outcome.WORSE
    assert judged([slow(1.1, seed=s) for s in range(20)], LATENCY).outcome is not Outcome.WORSE
    told = judged([slow(2.0, seed=s) for s in range(20)], LATENCY)
    assert told.outcome is Outcome.WORSE
    assert 0.8 < told.harm < 1.2
    assert "latency +" in told.sentence


def test_no_failures_pass_the_gate_of_errors_by_the_rule_of_three() -> None:
    """None in n records rules out one in n / 3, about; five blocks alone rule out nothing."""
    gate = replace(ERRORS, margin=0.01, role=Role.GATE)
    few, many = ([failing(0.0, 0.0, size=size)] * 6 for size in (30, 300))
    assert judged(few, gate).outcome is Outcome.UNDECIDED
    assert judged(many, gate).outcome is Outcome.NO_WORSE


def test_a_shadow_that_differs_seldom_and_badly_is_not_promoted_by_its_zeros() -> None:
    """One pair in a thousand is 4.6 worse, and none of those is among the first six hundred."""
    same = Pairs(np.full(100, 0.3), np.full(100, 0.3))
    judgement = judge([Evidence(LOSS, pairs=[same] * 6)], PLAN)
    assert judgement.outcome is Outcome.UNDECIDED
    assert (judgement.pairs, judgement.records) == (600, 0)
    assert judge([Evidence(LOSS, pairs=[same] * 200)], PLAN).outcome is Outcome.NO_WORSE


def test_pairs_decide_where_split_traffic_cannot() -> None:
    draw = np.random.default_rng(3)
    pairs, blocks = [], []
    for n in range(12):
        champion = draw.exponential(0.5, 400) + draw.normal(0, 0.3) ** 2
        canary = np.maximum(champion + draw.normal(-0.01, 0.05, 400), 0)
        pairs.append(Pairs(canary, champion, NOON + n * DAY))
        blocks.append(Block(canary[:80], champion[80:], NOON + n * DAY))
    assert judge([Evidence(LOSS, blocks)], PLAN).outcome is Outcome.UNDECIDED
    both = judge([Evidence(LOSS, blocks, pairs)], PLAN)
    assert both.outcome is Outcome.NO_WORSE
    assert both.pairs == 4_800
    assert [s.at for s in both.readings[0].path] == [NOON + n * DAY for n in range(12)]


def test_pairs_are_of_the_same_records() -> None:
    with pytest.raises(ValueError, match="2 and 3"):
        Pairs(np.ones(2), np.ones(3))


def test_alpha_is_shared_by_all_that_may_roll_back() -> None:
    alone = judged([block()]).readings[0]
    among = judge([Evidence(LOSS, [block()]), Evidence(ERRORS, [failing(0, 0)])], PLAN).readings[0]
    assert (alone.needed_worse, among.needed_worse) == (20, 40)
    assert alone.needed_no_worse == among.needed_no_worse == 20


def test_whoever_is_worse_settles_it_and_the_others_are_named() -> None:
    good = [block(-0.4, seed) for seed in range(20)]
    judgement = judge([Evidence(LOSS, good), Evidence(ERRORS, [failing(1, 0)])], PLAN)
    assert judgement.outcome is Outcome.WORSE
    assert "by more than 0.001; errors " in judgement.sentence
    assert judgement.sentence.endswith("Beside it: loss no worse.")
    assert judgement.by_name["loss"].outcome is Outcome.NO_WORSE


def test_every_gate_must_be_passed_and_a_guard_need_not() -> None:
    good = [block(-0.4, seed) for seed in range(20)]
    guard = judge([Evidence(LOSS, good), Evidence(ERRORS, [failing(0, 0)])], PLAN)
    assert guard.outcome is Outcome.NO_WORSE
    gate = judge([Evidence(LOSS, good), Evidence(replace(ERRORS, role=Role.GATE), [failing(0, 0)])], PLAN)
    assert gate.outcome is Outcome.UNDECIDED


def test_without_labels_a_judgement_is_provisional() -> None:
    waiting = Evidence(LOSS)
    fine = judge([waiting, Evidence(ERRORS, [failing(0, 0)])], PLAN)
    assert (fine.outcome, fine.final) == (Outcome.UNDECIDED, False)
    assert fine.sentence.startswith("Provisional: No block has labelled records of both versions yet.")
    assert judge([waiting, Evidence(ERRORS, [failing(1, 0)])], PLAN).outcome is Outcome.WORSE
    assert judge([waiting, Evidence(ERRORS)], PLAN).outcome is Outcome.UNKNOWN


def test_a_block_waits_for_its_labels() -> None:
    waits = [replace(block(-0.4, seed), unlabelled=(90, 240)) for seed in range(20)]
    assert judged(waits).outcome is Outcome.UNKNOWN
    some = [replace(block(-0.4, seed), unlabelled=(20, 80)) for seed in range(20)]
    assert judged(some).outcome is Outcome.NO_WORSE


def test_labels_that_are_lost_for_the_canary_alone_are_not_taken_for_good() -> None:
    lost = judged([replace(block(-0.4, seed), unlabelled=(30, 10)) for seed in range(20)])
    assert lost.outcome is Outcome.UNDECIDED
    assert "labels of the canary's records are missing more often than the champion's" in lost.sentence


def test_a_business_column_is_judged_in_its_own_direction() -> None:
    draw = np.random.default_rng(5)
    column = Criterion("basket", 1.0, worse=Direction.LOWER)
    blocks = [Block(draw.gamma(4, 5, 200), draw.gamma(4, 10, 800)) for _ in range(8)]
    sunk = judged(blocks, column)
    assert sunk.outcome is Outcome.WORSE
    assert 17 < sunk.harm < 23
    turned = [Block(b.champion, b.canary) for b in blocks]
    assert judged(turned, column).outcome is Outcome.NO_WORSE


def test_without_bounds_a_thousand_records_are_needed_before_the_fifth_block() -> None:
    draw = np.random.default_rng(6)
    column = Criterion("cost", 0.5)
    few, many = (Block(draw.gamma(4, 8, size), draw.gamma(4, 2, 4 * size)) for size in (900, 1_100))
    assert judged([few], column).outcome is Outcome.UNDECIDED
    assert judged([many], column).outcome is Outcome.WORSE


def test_the_harm_of_a_few_records_is_told_before_a_block_is_full() -> None:
    judgement = judged([Block(np.ones(3), np.zeros(3))], ERRORS)
    assert (judgement.harm, judgement.blocks, judgement.upper) == (1.0, 0, math.inf)


@pytest.mark.parametrize("margin", [0.0, -1.0, math.nan])
def test_a_margin_is_above_zero(margin: float) -> None:
    with pytest.raises(ValueError, match="margin of loss"):
        Criterion("loss", margin)


def test_one_way_must_be_bad() -> None:
    with pytest.raises(ValueError, match="higher or a lower"):
        Criterion("basket", 1.0, worse=Direction.BOTH)

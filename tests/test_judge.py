"""Canary against champion: examples, and the laws of the formulas."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests.builders import PLAN
from watchkeeper.domain.judgements import Outcome
from watchkeeper.judge import (
    LEAST_BLOCKS,
    Block,
    confidence_sequence,
    judge,
    log_losses,
    log_t_mixture,
    row_guardrail,
)
from watchkeeper.window import Floats

NONE = np.empty(0)
laws = settings(derandomize=True, deadline=None, max_examples=60)
losses = st.lists(st.floats(0, 4.6), min_size=0, max_size=6).map(np.array)
blocks_of = st.lists(st.builds(Block, losses, losses), max_size=10)
differences = st.lists(st.floats(-4, 4), min_size=2, max_size=40).map(np.array)


def block(harm: float = 0.0, seed: int = 0, canary: int = 60, champion: int = 240) -> Block:
    """One block of exponential losses around 0.5, the canary's shifted by its harm."""
    draw = np.random.default_rng(seed)
    return Block(draw.exponential(0.5, canary) + harm, draw.exponential(0.5, champion))


def test_no_records_is_unknown() -> None:
    for blocks in ([], [Block(NONE, NONE)], [Block(np.ones(9), NONE), Block(NONE, np.ones(9))]):
        judgement = judge(blocks, PLAN)
        assert judgement.outcome is Outcome.UNKNOWN
        assert judgement.records == judgement.blocks == 0
        assert judgement.sentence == "No block has labelled records of both versions yet."


@laws
@given(blocks_of, losses, losses)
def test_a_block_in_which_one_version_is_silent_says_nothing(blocks: list[Block], one: Floats, other: Floats) -> None:
    silent = [Block(one, NONE), Block(NONE, other)]
    assert repr(judge([*silent, *blocks, *silent], PLAN)) == repr(judge(blocks, PLAN))


@laws
@given(blocks_of.map(lambda blocks: blocks[: LEAST_BLOCKS - 1]))
def test_a_few_blocks_of_a_few_records_decide_nothing(blocks: list[Block]) -> None:
    assert judge(blocks, PLAN).outcome in {Outcome.UNKNOWN, Outcome.UNDECIDED}


def test_a_few_blocks_promote_nobody_however_good_they_look() -> None:
    judgement = judge([block(-0.4, seed) for seed in range(LEAST_BLOCKS - 1)], PLAN)
    assert judgement.outcome is Outcome.UNDECIDED
    assert judgement.sentence.startswith("Undecided: 4 of 5 blocks; loss -0.")
    assert judge([block(-0.4, seed) for seed in range(2 * LEAST_BLOCKS)], PLAN).outcome is Outcome.NO_WORSE


def test_an_outage_is_seen_within_one_block() -> None:
    judgement = judge([block(3.0, canary=300)], PLAN)
    assert judgement.outcome is Outcome.WORSE
    assert judgement.sentence.startswith("Worse: by more than ")


def test_a_canary_that_answers_the_same_is_no_worse() -> None:
    same = np.linspace(0.1, 0.9, 50)
    judgement = judge([Block(same, same)] * 10, PLAN)
    assert (judgement.outcome, judgement.harm, judgement.records, judgement.blocks) == (Outcome.NO_WORSE, 0.0, 500, 10)


def test_worst_news_comes_first_when_a_harm_is_shown_that_lies_within_the_margin() -> None:
    little = np.linspace(0.001, 0.002, 30)
    judgement = judge([Block(np.array([0.5 + d]), np.array([0.5])) for d in little], replace(PLAN, margin=1.0))
    assert judgement.e_no_worse > 40
    assert judgement.outcome is Outcome.WORSE


def test_a_judgement_says_its_evidence() -> None:
    judgement = judge([block(1.0, seed) for seed in range(8)], replace(PLAN, margin=2.0))
    assert judgement.outcome is Outcome.WORSE
    assert judgement.lower > 0
    assert judgement.lower < judgement.harm < judgement.upper
    assert judgement.sentence == (
        f"Worse: e-value {judgement.e_worse:.3g} of 40; loss {judgement.harm:+.4f} against the champion's"
        " over 8 blocks and 480 canary records."
    )


def test_a_change_of_share_is_no_harm() -> None:
    """Ten times the canary on the hard day: pooled, it looks much worse; within each day it is the same."""
    easy, hard = np.tile([0.1, 0.3], 1_000), np.tile([1.8, 2.2], 1_000)
    blocks = [Block(easy[:200], easy), Block(hard, hard[:200])] * 3
    pooled = [np.concatenate([getattr(b, side) for b in blocks]).mean() for side in ("canary", "champion")]
    assert pooled[0] - pooled[1] > 1
    assert row_guardrail(blocks, 0.025) < 0
    assert judge(blocks, PLAN).outcome is not Outcome.WORSE


def test_the_guardrail_says_nothing_of_few_records() -> None:
    assert row_guardrail([block(3.0, canary=199)], 0.025) == -math.inf
    assert row_guardrail([block(3.0, canary=200)], 0.025) > 0
    assert row_guardrail([Block(np.ones(1), np.ones(1))] * 300, 0.025) == -math.inf
    assert row_guardrail([], 0.025) == -math.inf


@laws
@given(st.floats(0.001, 0.4), st.floats(0.001, 0.4), st.floats(-1, 1))
def test_a_stricter_guardrail_claims_less(one: float, other: float, harm: float) -> None:
    strict, loose = sorted((one, other))
    assert row_guardrail([block(harm, canary=300)], strict) <= row_guardrail([block(harm, canary=300)], loose)


@laws
@given(differences, st.floats(0.001, 0.5), st.floats(0.01, 10))
def test_the_confidence_sequence_is_all_that_the_t_mixture_has_not_rejected(
    x: Floats, alpha: float, step: float
) -> None:
    assume(x.std() > 1e-3)
    level, (lower, upper) = math.log(1 / alpha), confidence_sequence(x, alpha)
    assert lower <= x.mean() <= upper
    if math.isinf(upper):
        assert log_t_mixture(x - x.mean() - 1e6) < level
        return
    inside, outside = step / 10.1 * (upper - lower), step * (upper - lower)
    assert log_t_mixture(x - (lower + inside)) < level + 1e-6
    for mean in (upper + outside, lower - outside):
        assert log_t_mixture(x - mean) > level - 1e-6
    for bound in (lower, upper):
        assert log_t_mixture(x - bound) == pytest.approx(level, abs=1e-4)


@laws
@given(differences, st.floats(0.01, 100))
def test_the_unit_of_the_loss_does_not_matter_to_the_t_mixture(x: Floats, unit: float) -> None:
    assume(x.std() > 1e-3)
    assert log_t_mixture(unit * x) == pytest.approx(log_t_mixture(x), abs=1e-6)
    assert log_t_mixture(-x) == pytest.approx(log_t_mixture(x), abs=1e-9)


@pytest.mark.parametrize("x", [[], [3.0], [0.0, 0.0, 0.0]])
def test_where_there_is_no_variance_there_is_no_evidence(x: list[float]) -> None:
    assert log_t_mixture(np.array(x)) == 0.0


@pytest.mark.parametrize("x", [[], [3.0], [1.0, 2.0]])
def test_little_evidence_bounds_nothing(x: list[float]) -> None:
    assert confidence_sequence(np.array(x), 0.025) == (-math.inf, math.inf)


def test_a_confident_wrong_answer_costs_at_most_the_clipped_loss() -> None:
    predictions, labels = np.array([0.9, 0.9, 0.0, 1.0, 0.5]), np.array([1.0, 0.0, 1.0, 1.0, 0.0])
    expected = [-math.log(0.9), -math.log(0.1), -math.log(0.01), -math.log(0.99), math.log(2)]
    assert log_losses(predictions, labels) == pytest.approx(np.array(expected))
    assert log_losses(predictions, labels).max() < 4.61

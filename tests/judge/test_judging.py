"""Canary against champion: what the judgement says of which evidence."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.builders import DAY, NOON, PLAN
from watchkeeper.domain.judgements import Criterion, Judgement, Outcome, Role
from watchkeeper.judge import LEAST_BLOCKS, Block, Evidence, Pairs, judge
from watchkeeper.window import Floats

NONE = np.empty(0)
LOSS = Criterion("loss", 0.01, bounds=(0.0, 4.6), labelled=True)
laws = settings(derandomize=True, deadline=None, max_examples=40)
losses = st.lists(st.floats(0, 4.6), min_size=0, max_size=30).map(np.array)
blocks_of = st.lists(st.builds(Block, losses, losses), max_size=10)
looks = st.integers(1, 12)


def judged(blocks: list[Block], criterion: Criterion = LOSS) -> Judgement:
    return judge([Evidence(criterion, blocks)], PLAN)


def block(harm: float = 0.0, seed: int = 0, canary: int = 60, champion: int = 240) -> Block:
    """One block of exponential losses around 0.5, the canary's shifted by its harm."""
    draw = np.random.default_rng(seed)
    return Block(draw.exponential(0.5, canary) + harm, draw.exponential(0.5, champion))


def test_no_records_is_unknown() -> None:
    for blocks in ([], [Block(NONE, NONE)], [Block(np.ones(9), NONE), Block(NONE, np.ones(9))]):
        judgement = judged(blocks)
        assert judgement.outcome is Outcome.UNKNOWN
        assert judgement.records == judgement.blocks == 0
        assert judgement.sentence == "No block has labelled records of both versions yet."
        assert not judgement.final


def test_who_asks_nothing_learns_nothing() -> None:
    assert judge([], PLAN).outcome is Outcome.UNKNOWN


@laws
@given(blocks_of, losses, losses)
def test_a_block_in_which_one_version_is_silent_says_nothing(blocks: list[Block], one: Floats, other: Floats) -> None:
    silent = [Block(one, NONE), Block(NONE, other)]
    assert repr(judged([*silent, *blocks, *silent])) == repr(judged(blocks))


@laws
@given(blocks_of.map(lambda blocks: blocks[: LEAST_BLOCKS - 1]))
def test_a_few_blocks_of_a_few_records_decide_nothing(blocks: list[Block]) -> None:
    assert judged(blocks).outcome in {Outcome.UNKNOWN, Outcome.UNDECIDED}


@laws
@given(
    st.lists(st.builds(block, st.floats(-0.5, 0.5), st.integers(0, 99)), min_size=1, max_size=12), st.integers(1, 12)
)
def test_the_path_says_what_every_look_would_have_said(blocks: list[Block], looked: int) -> None:
    """So a process that was down for a week decides as one that looked every hour."""
    whole, part = (judged(some).readings[0].path for some in (blocks, blocks[:looked]))
    assert [s.outcome for s in whole[: len(part)]] == [s.outcome for s in part]
    for one, other in zip(whole, part, strict=False):
        assert (one.lower, one.upper) == pytest.approx((other.lower, other.upper))


def test_a_few_blocks_promote_nobody_however_good_they_look() -> None:
    few = judged([block(-0.4, seed) for seed in range(LEAST_BLOCKS - 1)])
    assert few.outcome is Outcome.UNDECIDED
    assert few.sentence.startswith("Undecided: 4 of 5 blocks; loss -0.")
    assert not few.final
    assert judged([block(-0.4, seed) for seed in range(3 * LEAST_BLOCKS)]).outcome is Outcome.NO_WORSE


def test_an_outage_is_seen_within_one_block() -> None:
    judgement = judged([block(3.0, canary=300)])
    assert judgement.outcome is Outcome.WORSE
    assert judgement.sentence.startswith("Worse: e-value ")


def test_blocks_that_are_all_the_same_prove_no_more_than_their_records() -> None:
    """Ten times fifty equal losses could hide one in a hundred that is 4.6 worse: 0.046 more than the margin."""
    few, many = np.linspace(0.1, 0.9, 50), np.linspace(0.1, 0.9, 5_000)
    assert judged([Block(few, few)] * 10).outcome is Outcome.UNDECIDED
    enough = judged([Block(many, many)] * 10)
    assert (enough.outcome, enough.harm, enough.records, enough.blocks) == (Outcome.NO_WORSE, 0.0, 50_000, 10)


def test_a_gate_is_worse_within_its_margin_and_a_guard_beyond_it_alone() -> None:
    little = [Block(np.full(50, 0.5 + d), np.full(50, 0.5)) for d in np.linspace(0.1, 0.14, 30)]
    gate = replace(LOSS, margin=1.0, bounds=None)
    assert judged(little, gate).outcome is Outcome.WORSE
    assert judged(little, replace(gate, role=Role.GUARD)).outcome is Outcome.NO_WORSE


def test_a_judgement_says_its_evidence() -> None:
    judgement = judged([block(1.0, seed) for seed in range(8)], replace(LOSS, margin=2.0))
    assert judgement.outcome is Outcome.WORSE
    assert judgement.lower > 0
    assert judgement.lower < judgement.harm < judgement.upper
    assert judgement.sentence == (
        f"Worse: e-value {judgement.e_worse:.3g} of 20; loss {judgement.harm:+.4f} against the champion's"
        " over 8 blocks and 480 canary records."
    )


def test_a_change_of_share_is_no_harm() -> None:
    """Ten times the canary on the hard day: pooled, it looks much worse; within each day it is the same."""
    easy, hard = np.tile([0.1, 0.3], 1_000), np.tile([1.8, 2.2], 1_000)
    blocks = [Block(easy[:200], easy), Block(hard, hard[:200])] * 3
    pooled = [np.concatenate([getattr(b, side) for b in blocks]).mean() for side in ("canary", "champion")]
    assert pooled[0] - pooled[1] > 1
    for bounds in (None, (0.0, 4.6)):
        assert judged(blocks, replace(LOSS, bounds=bounds)).outcome is not Outcome.WORSE


def test_what_was_once_shown_worse_stays_so() -> None:
    recovered = [block(1.0, seed) for seed in range(10)] + [block(-2.0, seed) for seed in range(40)]
    judgement = judged(recovered)
    assert judgement.harm < 0
    assert judgement.outcome is Outcome.WORSE


def test_small_blocks_are_joined() -> None:
    small = [block(seed=seed, canary=2, champion=8) for seed in range(30)]
    judgement = judged(small)
    assert (judgement.blocks, judgement.records) == (6, 60)
    assert len(judgement.readings[0].path) == 30


def test_the_path_is_in_order_of_time() -> None:
    start = datetime(2013, 1, 1, tzinfo=UTC)
    blocks = [replace(block(seed=n), at=start + timedelta(hours=n)) for n in (3, 1, 2)]
    assert [s.at.hour for s in judged(blocks).readings[0].path if s.at] == [1, 2, 3]


def test_a_canary_keeps_its_records_where_its_shadow_tells_more() -> None:
    days = [NOON + n * DAY for n in range(6)]
    blocks = [Block(np.full(30, 0.5), np.full(270, 0.5), day) for day in days]
    pairs = [Pairs(np.full(270, 0.5), np.full(270, 0.5), day) for day in days]
    judgement = judge([Evidence(LOSS, blocks, pairs)], PLAN)
    assert (judgement.records, judgement.pairs) == (180, 1620)

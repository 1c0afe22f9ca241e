"""Bets on records: fair while the canary is no worse, and exact however few records there are."""

import math
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from watchkeeper.judge import Block, Pairs
from watchkeeper.judge.betting import better, tails, worse
from watchkeeper.judge.normal import records_worse

laws = settings(derandomize=True, deadline=None, max_examples=40)
shares = st.floats(0.0, 1.0)
sizes = st.integers(1, 5)
ALPHA = 0.1


def block_of(failed: int, size: int, others: int, many: int) -> Block:
    return Block(np.repeat([1.0, 0.0], [failed, size - failed]), np.repeat([1.0, 0.0], [others, many - others]))


@laws
@given(shares, shares, sizes, sizes, st.floats(0, 0.3))
def test_no_bet_gains_on_average_while_the_canary_is_within_the_limit(
    champion: float, less: float, n: int, m: int, limit: float
) -> None:
    """By adding up every way in which so many records can fail."""
    canary = max(min(champion + limit, 1.0) - less * 0.2, 0.0)
    gained = sum(
        stats.binom.pmf(a, n, canary)
        * stats.binom.pmf(b, m, champion)
        * math.exp(worse([block_of(a, n, b, m)], limit)[0])
        for a, b in product(range(n + 1), range(m + 1))
    )
    assert gained <= 1 + 1e-9


@laws
@given(shares, sizes, sizes, st.floats(0.01, 0.3))
def test_no_bet_on_no_worse_gains_while_the_canary_is_worse_by_the_margin(
    champion: float, n: int, m: int, margin: float
) -> None:
    canary = champion + margin
    if canary > 1:
        canary, champion = 1.0, 1.0 - margin
    gained = sum(
        stats.binom.pmf(a, n, canary)
        * stats.binom.pmf(b, m, champion)
        * math.exp(better([block_of(a, n, b, m)], margin)[0])
        for a, b in product(range(n + 1), range(m + 1))
    )
    assert gained <= 1 + 1e-9


@laws
@given(st.integers(1, 12), st.integers(1, 30))
def test_ranks_gain_nothing_on_average_when_every_order_is_as_likely(n: int, m: int) -> None:
    slowest = int((np.arange(n + m) > np.quantile(np.arange(n + m), 0.9)).sum())
    gained = 0.0
    for slow in range(max(0, slowest - m), min(n, slowest) + 1):
        canary = np.repeat([100.0, 1.0], [slow, n - slow]) + np.arange(n) * 1e-6
        champion = np.repeat([100.0, 1.0], [slowest - slow, m - slowest + slow]) + np.arange(m) * 1e-6 + 1e-7
        chance = stats.hypergeom.pmf(slow, n + m, n, slowest)
        gained += chance * math.exp(tails([Block(canary, champion)])[0])
    assert gained <= 1 + 1e-9


@laws
@given(st.lists(st.floats(-0.4, 0.4), min_size=1, max_size=8), st.floats(0, 0.2))
def test_a_bet_on_pairs_gains_nothing_on_average(steps: list[float], limit: float) -> None:
    """A pair differs by one of two amounts that are `limit` on average."""
    up, down = limit + 0.4, limit - 0.4
    gained = 0.0
    for ways in product((up, down), repeat=min(len(steps), 6)):
        pairs = Pairs(np.maximum(ways, 0.0), np.maximum(-np.array(ways), 0.0))
        gained += 0.5 ** len(ways) * math.exp(worse([pairs], limit)[0])
    assert gained == pytest.approx(1, abs=1e-9)


def test_bets_of_later_blocks_go_on_from_those_before() -> None:
    one, other = block_of(3, 10, 0, 20), block_of(0, 10, 0, 20)
    assert worse([one, other], 0.0)[0] == worse([one], 0.0)[0]
    assert worse([one, one], 0.0)[1] > worse([one], 0.0)[0]
    assert worse([], 0.0).size == 0


def test_who_looks_after_every_block_is_seldom_fooled() -> None:
    draw = np.random.default_rng(0)
    fooled = 0
    for _ in range(200):
        blocks = [Block((draw.random(30) < 0.1) * 1.0, (draw.random(120) < 0.1) * 1.0) for _ in range(25)]
        fooled += bool((worse(blocks, 0.0) >= -math.log(ALPHA)).any())
    assert fooled / 200 <= ALPHA


def test_the_normal_mixture_is_seldom_fooled_and_finds_great_harm() -> None:
    draw = np.random.default_rng(1)

    def stream(harm: float) -> list[Block]:
        return [Block(draw.exponential(0.5, 100) + harm, draw.exponential(0.5, 400)) for _ in range(25)]

    fooled = [bool((records_worse(stream(0.1), 0.1) >= -math.log(ALPHA)).any()) for _ in range(150)]
    assert np.mean(fooled) <= ALPHA
    assert records_worse(stream(0.3), 0.1)[9] > math.log(40)


def test_the_normal_mixture_waits_for_a_thousand_records_and_fifty_events() -> None:
    many = Block(np.ones(999), np.zeros(2_000) + np.arange(2_000) % 2 * 0.1)
    rare = Block(np.repeat([1.0, 0.0], [49, 9_951]), np.repeat([1.0, 0.0], [1, 9_999]))
    assert records_worse([many], 0.0)[0] == 0.0
    assert records_worse([rare], 0.0)[0] == 0.0
    assert records_worse([rare, rare], 0.0)[1] > 10
    assert records_worse([Block(np.ones(1), np.ones(1))], 0.0)[0] == 0.0
    assert records_worse([], 0.0).size == 0


def test_a_much_better_canary_is_no_evidence_of_harm_however_many_records() -> None:
    draw = np.random.default_rng(2)
    blocks = [Block(draw.exponential(0.1, 50_000), draw.exponential(5.0, 50_000)) for _ in range(3)]
    assert records_worse(blocks, 0.0).max() <= 0.0

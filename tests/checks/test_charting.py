"""What is remembered of the blocks of labels before, and where a chart goes on from."""

import numpy as np
import pytest

from tests.checks.scenes import DAY, MONDAY, TODAY
from watchkeeper.checks.charting import Past
from watchkeeper.checks.scales import GAP, LOSS, Scale

SEEDS = np.random.default_rng(4).normal(size=40)


def past(scores: list[float], cusums: list[float], scale: Scale = LOSS) -> Past:
    """After these blocks of one version, oldest first; each measured 0.5, where 0 is usual and 1 a spread."""
    ends = [MONDAY - (len(scores) - 1 - n) * DAY for n in range(len(scores))]
    own = {"loss": [0.5] * len(ends), "score": scores, "cusum": cusums, "cusum_below": [0.0] * len(ends)}
    own |= {"usual": [0.0] * len(ends), "spread": [1.0] * len(ends)}
    history = {("mae", "v3", name): tuple(zip(ends, values, strict=True)) for name, values in own.items()}
    history["mae", "*", "loss"] = tuple((MONDAY - (100 - n) * DAY, value) for n, value in enumerate(SEEDS.tolist()))
    return Past.of(history, ("mae", "v3", "loss"), TODAY, TODAY, scale, 120)


def next_cusum(before: Past, value: float) -> tuple[float, int]:
    """The CUSUM after one more block, and for how many blocks it has been above 0."""
    expected = before.usual(0.1, 7)
    assert expected
    charted = before.charted(value, expected, 1 / 150)
    return charted.reading.cusums[0], charted.lasted


def test_a_chart_goes_on_from_the_block_before() -> None:
    fresh, _ = next_cusum(past([], []), 2.0)
    on, lasted = next_cusum(past([0.1, 0.2], [1.0, 1.5]), 2.0)
    assert (on, lasted) == (pytest.approx(fresh + 1.5, abs=0.1), 3)


def test_three_quiet_blocks_after_a_trouble_begin_it_anew() -> None:
    fresh, _ = next_cusum(past([], []), 2.0)
    again, lasted = next_cusum(past([1.2, 0.9, 0.8, 0.7], [5.0, 3.5, 3.0, 2.5]), 2.0)
    assert (again, lasted) == (pytest.approx(fresh, abs=0.1), 1)


def test_two_quiet_blocks_do_not() -> None:
    fresh, _ = next_cusum(past([], []), 2.0)
    again, lasted = next_cusum(past([1.2, 0.9, 0.8], [5.0, 3.5, 3.0]), 2.0)
    assert (again, lasted) == (pytest.approx(fresh + 3.0, abs=0.1), 4)


def test_blocks_of_trouble_are_not_usual_and_those_after_it_are() -> None:
    assert len(past([0.1, 1.2, 0.9, 0.1], [0, 5, 3, 2]).clean) == len(SEEDS) + 1
    assert len(past([0.1, 1.2, 0.9, 0.1, 0.1, 0.1], [0, 5, 3, 2, 0, 0]).clean) == len(SEEDS) + 3


def test_what_another_version_measured_is_not_known() -> None:
    mine = past([0.1, 0.1], [0.0, 0.0])
    others = Past.of({("mae", "v2", "loss"): ((MONDAY, 9.0),)}, ("mae", "v3", "loss"), TODAY, TODAY, LOSS, 120)
    assert len(mine.clean) == len(SEEDS) + 2
    assert not others.clean
    assert others.usual(0.1, 7) is None


def test_where_both_directions_are_worse_each_has_its_chart() -> None:
    before = past([], [], GAP)
    expected = before.usual(0.1, 7)
    assert expected
    up, down = (before.charted(value, expected, 1 / 150).reading for value in (3.0, -3.0))
    assert up.cusums[0] > up.cusums[1] == 0
    assert down.cusums[1] > down.cusums[0] == 0

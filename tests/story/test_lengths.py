"""Windows of a minute and of a month, over a real store: ids, what they are held against, and a fault in each."""

from collections.abc import Callable
from datetime import datetime, timedelta

import numpy as np
import pyarrow as pa
import pytest

from tests import shop
from watchkeeper.domain.intervals import Interval, interval_ending
from watchkeeper.domain.levels import Level
from watchkeeper.domain.reaches import held_against
from watchkeeper.domain.verdicts import Verdict
from watchkeeper.ports import Trained, TrainingRequest
from watchkeeper.story.baselines import recall_anchor, recall_baseline
from watchkeeper.story.house import House
from watchkeeper.story.watching import MOST_CAUGHT_UP, due_windows, look

MINUTE, HOUR, MONTH = timedelta(minutes=1), timedelta(hours=1), 30 * shop.DAY
BEGINS = shop.FIRST + 12 * HOUR
ROWS = 150
Columns = dict[str, np.ndarray]


def train_minutes(request: TrainingRequest, records: pa.Table) -> Trained:
    """A shop that was busy in the last minute of every hour of nine days."""
    ends = [BEGINS - n * HOUR for n in range(9 * 24, 0, -1)]
    parts = [shop.traffic(end - MINUTE, ROWS, MINUTE) for end in ends]
    return shop.trained_on(pa.concat_tables(parts).drop_columns(["_id", "_key"]))


def train_months(request: TrainingRequest, records: pa.Table) -> Trained:
    """Two years of a quiet shop."""
    now = interval_ending(shop.FIRST, MONTH).end
    parts = [shop.traffic(now - n * MONTH, 1_000, MONTH) for n in range(24, 0, -1)]
    return shop.trained_on(pa.concat_tables(parts).drop_columns(["_id", "_key"]))


def bigger(columns: Columns) -> None:
    columns["basket"] *= 3.0


@pytest.fixture(scope="module")
def minutes(tmp_path_factory: pytest.TempPathFactory) -> House:
    folder = tmp_path_factory.mktemp("minutes") / "house"
    return shop.opened(folder, head='every = "1m"', function="tests.story.test_lengths:train_minutes")


@pytest.fixture(scope="module")
def months(tmp_path_factory: pytest.TempPathFactory) -> House:
    folder = tmp_path_factory.mktemp("months") / "house"
    return shop.opened(folder, head='every = "30d"', function="tests.story.test_lengths:train_months")


def seen(house: House, window: Interval, rows: int, change: Callable[[Columns], None] | None = None) -> Verdict:
    shop.serve(house, shop.traffic(window.start, rows, window.length, change))
    return look(house, house.model("shop"), window)


def baseline_of(house: House, window: Interval) -> object:
    spec = house.model("shop")
    anchor = recall_anchor(house, spec, 1, window)
    return recall_baseline(house, spec, house.registry.version("shop", 1), anchor, window)


def test_minutes_are_judged_from_the_first_on_and_a_fault_of_one_is_found(minutes: House) -> None:
    first = interval_ending(BEGINS + MINUTE, MINUTE)
    quiet = [seen(minutes, first.shifted(n * MINUTE), ROWS) for n in range(4)]
    assert [v.id for v in quiet[:2]] == ["shop@2024-03-04T12:01Z", "shop@2024-03-04T12:02Z"]
    for verdict in quiet:
        drift = verdict.finding("drift:basket")
        assert drift is not None
        assert drift.level < Level.CRITICAL
        assert "among" in drift.sentence, "history was seeded from one minute an hour"
    bad = seen(minutes, first.shifted(4 * MINUTE), ROWS, bigger).finding("drift:basket")
    assert bad is not None
    assert bad.level is Level.CRITICAL


def test_minutes_are_held_against_days_and_what_was_measured_at_this_time_of_day(minutes: House) -> None:
    window = interval_ending(BEGINS + 10 * MINUTE, MINUTE)
    base = baseline_of(minutes, window)
    anchor = minutes.registry.anchor("shop", 1)
    assert {i.length for i, _ in anchor.windows} == {shop.DAY}
    assert base.trailing.rows >= 8 * 24 * ROWS
    measured = base.history["drift", "basket", "js"]
    assert {at.hour for at, _ in measured} == set(range(24))


def test_after_an_outage_minutes_are_caught_up_with_within_reason(minutes: House) -> None:
    look(minutes, minutes.model("shop"), interval_ending(BEGINS + 20 * MINUTE, MINUTE))
    due = due_windows(minutes, "shop", BEGINS + 20 * MINUTE + 3 * HOUR)
    assert len(due) == MOST_CAUGHT_UP
    assert due[-1].end == BEGINS + 20 * MINUTE + 3 * HOUR


def test_months_are_held_against_four_and_a_fault_of_one_is_found(months: House) -> None:
    first = interval_ending(shop.FIRST + MONTH, MONTH)
    base = baseline_of(months, first)
    assert held_against(first).length == 4 * MONTH
    assert base.trailing.rows == 4 * 1_000
    verdict = seen(months, first, 1_000)
    drift = verdict.finding("drift:basket")
    assert drift is not None
    assert drift.level < Level.CRITICAL
    assert "among" in drift.sentence
    bad = seen(months, first.shifted(MONTH), 1_000, bigger).finding("drift:basket")
    assert bad is not None
    assert bad.level is Level.CRITICAL


def test_months_are_due_when_they_end(months: House) -> None:
    ends: datetime = interval_ending(shop.FIRST + MONTH, MONTH).end
    newest = due_windows(months, "shop", ends + 3 * MONTH)
    assert [w.length for w in newest] == [MONTH] * len(newest)
    assert newest[-1].end == ends + 3 * MONTH

"""What the records say of a canary, by each criterion."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from tests import toy
from tests.story.test_releasing import second
from tests.story.test_soaking import SOAKED
from watchkeeper.adapters.parquet_predictions import ParquetPredictions
from watchkeeper.domain.actions import Action
from watchkeeper.domain.blindness import ROLLOUT
from watchkeeper.domain.intervals import Interval
from watchkeeper.domain.judgements import Outcome
from watchkeeper.domain.rollouts import Rollout, Verb
from watchkeeper.story.house import House
from watchkeeper.story.judging import judge_canary
from watchkeeper.story.releasing import act, advance, open_rollout
from watchkeeper.story.weighing import weigh
from watchkeeper.wiring import open_house

AT, HOUR = toy.FIRST, toy.DAY / 24
COLUMN = "\n[rollout.criteria.a]\nmargin = 0.2\n"


def begun(folder: Path, tables: str) -> House:
    """A house whose canary has just begun."""
    spec = toy.SPEC.replace('approvals = ["canary"]', "approvals = []") + tables
    opened = open_house(toy.build(folder, spec=spec))
    open_rollout(opened, second(opened), AT, who="sam", because="a test")
    advance(opened, "toy", AT)
    return opened


@pytest.fixture
def house(tmp_path: Path) -> House:
    return begun(tmp_path, COLUMN)


def rollout_of(house: House) -> Rollout:
    found = house.state.open_rollout("toy")
    assert found is not None
    return found


def log(house: House, at: datetime, rows: int = 300, *, failing: bool = False, missing: int = 0) -> None:
    """An hour of requests, a third of them the canary's; half of what it was asked may fail. All labels come."""
    n = np.arange(rows)
    canary = n % 3 == 0
    failed = canary & (n % 2 == 0) & failing
    ids = [f"{at:%d%H}-{i}" for i in n]
    times = pa.array([at + HOUR * i / rows for i in n.tolist()], pa.timestamp("us", "UTC"))
    house.predictions.append(
        "toy",
        pa.table(
            {
                "_id": ids,
                "_at": times,
                "_key": ids,
                "_version": np.where(failed, 1, np.where(canary, 2, 1)),
                "_failed": pa.array(np.full(rows, 2), mask=~failed),
                "_prediction": np.full(rows, 0.4),
                "_latency_ms": np.where(canary, 3.0, 2.0),
                "a": np.where(canary, 1.0, 0.0),
            }
        ),
    )
    kept = slice(missing, rows)
    labels = {"_id": ids[kept], "_label": (n % 2)[kept].astype(float), "_at": times[kept.start :]}
    house.predictions.append_labels("toy", pa.table(labels))


def test_who_failed_was_asked_although_another_answered(house: House) -> None:
    log(house, AT, failing=True)
    found = {e.criterion.name: e for e in weigh(house, rollout_of(house), AT + HOUR).evidence}
    (block,) = found["errors"].blocks
    assert (block.canary.size, block.canary.sum()) == (100, 50)
    assert block.champion.sum() == 0


def test_what_needs_no_label_is_known_before_its_window_has_ended(house: House) -> None:
    log(house, AT, failing=True)
    judgement = judge_canary(house, rollout_of(house), AT + HOUR)
    assert judgement.outcome is Outcome.WORSE
    assert "errors" in judgement.sentence
    assert not judgement.final


def test_labels_that_have_not_come_make_a_judgement_provisional_and_not_unknown(house: House) -> None:
    log(house, AT)
    judgement = judge_canary(house, rollout_of(house), AT + HOUR)
    assert (judgement.outcome, judgement.final, judgement.records) == (Outcome.UNDECIDED, False, 0)


def test_latency_and_columns_are_compared_as_they_stand(house: House) -> None:
    log(house, AT)
    found = {e.criterion.name: e for e in weigh(house, rollout_of(house), AT + HOUR).evidence}
    (latency,), (column,) = found["latency"].blocks, found["a"].blocks
    assert (set(latency.canary), set(latency.champion)) == ({3.0}, {2.0})
    assert (set(column.canary), set(column.champion)) == ({1.0}, {0.0})


def test_labels_that_are_due_and_missing_are_counted_by_version(house: House) -> None:
    log(house, AT, missing=30)
    (loss, *_) = weigh(house, rollout_of(house), AT + 2 * toy.DAY).evidence
    (block,) = loss.blocks
    assert block.unlabelled == (10, 20)
    assert (block.canary.size, block.champion.size) == (90, 180)


def test_before_labels_are_due_no_loss_is_known(house: House) -> None:
    log(house, AT)
    (loss, *_) = weigh(house, rollout_of(house), AT + toy.DAY).evidence
    assert loss.blocks == ()


def test_a_step_that_begins_within_a_window_ends_its_block_there(house: House) -> None:
    judgement, cut = judge_canary(house, rollout_of(house), AT), AT + 14 * HOUR
    for hour in range(24):
        if hour == 14:
            act(house, rollout_of(house), judgement, Action(Verb.ADVANCE, "a test"), cut)
        log(house, AT + hour * HOUR, 60)
    log(house, AT + toy.DAY)
    found = {e.criterion.name: e for e in weigh(house, rollout_of(house), AT + 4 * toy.DAY).evidence}
    assert [(b.at, b.canary.size, b.champion.size) for b in found["loss"].blocks] == [
        (cut, 14 * 20, 14 * 40),
        (AT + toy.DAY, 10 * 20, 10 * 40),
        (AT + 2 * toy.DAY, 100, 200),
    ]


def test_a_step_that_begins_within_an_hour_ends_the_block_of_what_needs_no_label(house: House) -> None:
    judgement, cut = judge_canary(house, rollout_of(house), AT), AT + HOUR / 2
    act(house, rollout_of(house), judgement, Action(Verb.ADVANCE, "a test"), cut)
    log(house, AT)
    for evidence in weigh(house, rollout_of(house), AT + HOUR).evidence[1:]:
        assert [(b.at, b.canary.size) for b in evidence.blocks] == [(cut, 50), (AT + HOUR, 50)]


def test_the_first_step_after_a_shadow_is_not_dark(tmp_path: Path) -> None:
    shadowed = open_house(toy.build(tmp_path, spec=SOAKED.replace("records = 50", "records = 0")))
    open_rollout(shadowed, second(shadowed), AT, who="sam", because="a test")
    advance(shadowed, "toy", AT)
    toy.serve(shadowed, "toy", toy.traffic(AT))
    steps = []
    for hours in (24, 25, 26):
        found = advance(shadowed, "toy", AT + hours * HOUR)
        assert found is not None
        steps.append((found.rollout.step, found.rollout.blind))
    assert steps == [(1, None)] * 3
    assert shadowed.state.open_incident("toy", ROLLOUT) is None


def test_a_jump_of_the_share_is_not_dark_in_the_window_before_it(tmp_path: Path) -> None:
    spec = toy.SPEC.replace('approvals = ["canary"]', "approvals = []").replace("share = 0.3", "share = 0.0001")
    small = open_house(toy.build(tmp_path, spec=spec))
    open_rollout(small, second(small), AT, who="sam", because="a test")
    advance(small, "toy", AT)
    toy.serve(small, "toy", toy.traffic(AT))
    judgement = judge_canary(small, rollout_of(small), AT + toy.DAY)
    act(small, rollout_of(small), judgement, Action(Verb.ADVANCE, "a test"), AT + toy.DAY)
    seen = weigh(small, rollout_of(small), AT + 25 * HOUR)
    assert (rollout_of(small).share, seen.requests, seen.asked) == (0.5, toy.ROWS, 0)
    for hours in (25, 26):
        advance(small, "toy", AT + hours * HOUR)
    assert rollout_of(small).blind is None


@dataclass(frozen=True)
class Busy(ParquetPredictions):
    """A store to which records come between two readings."""

    meanwhile: Callable[[], None] = lambda: None

    def records(self, model: str, interval: Interval, columns: Sequence[str]) -> pa.Table:
        found = super().records(model, interval, columns)
        self.meanwhile()
        return found


def test_records_that_come_between_two_readings_are_not_less_than_none(house: House) -> None:
    log(house, AT)
    assert isinstance(house.predictions, ParquetPredictions)
    busy = Busy(house.predictions.root, meanwhile=lambda: log(house, AT + HOUR))
    (loss, *_) = weigh(replace(house, predictions=busy), rollout_of(house), AT + 3 * toy.DAY).evidence
    (block,) = loss.blocks
    assert (block.canary.size, block.champion.size) == (200, 400)
    assert block.unlabelled == (0, 0)


LATE = """
[late.revenue]
[late.refund]
otherwise = 0.0
[rollout.criteria.revenue]
margin = 1.0
worse = "lower"
role = "gate"
[rollout.criteria.refund]
margin = 0.1
"""


@pytest.fixture
def selling(tmp_path: Path) -> House:
    """One whose requests bring money later."""
    return begun(tmp_path, LATE)


def paid(house: House, column: str, at: datetime, amounts: dict[int, float]) -> None:
    """What so many of the first requests brought, in the order of their times."""
    ids = house.predictions.records("toy", Interval(AT, AT + toy.DAY), [])["_id"].to_pylist()
    told = {ids[n]: amount for n, amount in amounts.items()}
    times = pa.array([at] * len(told), pa.timestamp("us", "UTC"))
    table = pa.table({"_id": list(told), "_label": list(told.values()), "_at": times})
    house.predictions.append_labels("toy", table, column)


def test_a_late_column_is_weighed_when_labels_are_due(selling: House) -> None:
    log(selling, AT)
    due = AT + toy.DAY + selling.model("toy").labels.delay
    paid(selling, "revenue", due - HOUR, {n: 7.0 if n % 3 == 0 else 9.0 for n in range(150)})
    paid(selling, "refund", due - HOUR, {0: 1.0, 1: 2.0})
    early, late = (
        {e.criterion.name: e for e in weigh(selling, rollout_of(selling), at).evidence} for at in (due - HOUR, due)
    )
    assert not early["revenue"].blocks
    (revenue,), (refund,) = late["revenue"].blocks, late["refund"].blocks
    assert (revenue.canary.size, revenue.canary.mean(), revenue.champion.size, revenue.champion.mean()) == (
        50,
        7.0,
        100,
        9.0,
    )
    assert revenue.unlabelled == (50, 100)
    assert (refund.canary.size, refund.canary.sum(), refund.champion.size, refund.champion.sum()) == (
        100,
        1.0,
        200,
        2.0,
    )
    assert refund.unlabelled == (0, 0)


def test_a_correction_counts_from_when_it_is_known(selling: House) -> None:
    log(selling, AT)
    due = AT + toy.DAY + selling.model("toy").labels.delay
    paid(selling, "revenue", due - HOUR, dict.fromkeys(range(300), 1.0))
    paid(selling, "revenue", due + HOUR, {0: 301.0})
    totals = []
    for at in (due, due + 2 * HOUR):
        (block,) = next(
            e for e in weigh(selling, rollout_of(selling), at).evidence if e.criterion.name == "revenue"
        ).blocks
        totals.append(block.canary.sum())
    assert totals == [100.0, 400.0]


def test_a_gate_of_a_late_column_is_waited_for(selling: House) -> None:
    for hours in range(0, 24, 4):
        log(selling, AT + hours * HOUR)
    judged = judge_canary(selling, rollout_of(selling), AT + 12 * HOUR)
    assert not judged.final
    found = {r.criterion.name: r for r in judged.readings}
    assert (found["revenue"].outcome, found["revenue"].final) == (Outcome.UNKNOWN, False)


def test_a_late_gate_is_not_passed_by_values_that_never_came(selling: House) -> None:
    for days in range(3):
        for hours in range(0, 24, 3):
            log(selling, AT + days * toy.DAY + hours * HOUR)
    judged = judge_canary(selling, rollout_of(selling), AT + 3 * toy.DAY)
    refund = next(r for r in judged.readings if r.criterion.name == "refund")
    assert (refund.outcome, refund.blocks) == (Outcome.UNKNOWN, 0)


def test_what_a_missing_value_counts_as_stays_as_it_was_when_the_rollout_began(selling: House, tmp_path: Path) -> None:
    log(selling, AT)
    due = AT + toy.DAY + selling.model("toy").labels.delay
    paid(selling, "refund", due - HOUR, {0: 1.0, 1: 2.0})
    file = tmp_path / "models" / "toy.toml"
    file.write_text(file.read_text().replace("otherwise = 0.0", "otherwise = 9.0"))
    changed = open_house(tmp_path / "house.toml")
    assert changed.model("toy").late["refund"].otherwise == 9.0
    found = {e.criterion.name: e for e in weigh(changed, rollout_of(changed), due).evidence}
    (block,) = found["refund"].blocks
    assert block.champion.sum() == 2.0

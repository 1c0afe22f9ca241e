"""What the records say of a canary, by each criterion."""

from datetime import datetime
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from tests import toy
from tests.story.test_releasing import second
from watchkeeper.domain.judgements import Outcome
from watchkeeper.domain.rollouts import Rollout
from watchkeeper.story.house import House
from watchkeeper.story.judging import judge_canary
from watchkeeper.story.releasing import advance, open_rollout
from watchkeeper.story.weighing import weigh
from watchkeeper.wiring import open_house

AT, HOUR = toy.FIRST, toy.DAY / 24
COLUMN = "\n[rollout.criteria.a]\nmargin = 0.2\n"


@pytest.fixture
def house(tmp_path: Path) -> House:
    """A house whose canary has just begun."""
    spec = toy.SPEC.replace('approvals = ["canary"]', "approvals = []") + COLUMN
    opened = open_house(toy.build(tmp_path, spec=spec))
    open_rollout(opened, second(opened), AT, who="sam", because="a test")
    advance(opened, "toy", AT)
    return opened


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

"""Which labels performance is measured on, in production and in training."""

from collections.abc import Iterable
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests import toy
from watchkeeper.checks import built_in
from watchkeeper.domain.intervals import Interval, interval_ending
from watchkeeper.domain.levels import Level
from watchkeeper.domain.verdicts import Verdict
from watchkeeper.domain.versions import Pointers
from watchkeeper.spec import ModelSpec
from watchkeeper.story.anchors import make_anchor
from watchkeeper.story.blocks import trained_blocks
from watchkeeper.story.house import House
from watchkeeper.story.retraining import register, request_of, start_model
from watchkeeper.story.watching import look, read_window
from watchkeeper.window import Outcomes
from watchkeeper.wiring import open_house

HOUR = timedelta(hours=1)
CHARTED = toy.SPEC.replace('over = "3d"\n', "").replace("[checks.auc]\ncritical = 0.08\n", "")
QUIET = "".join(f"[checks.{kind}]\nenabled = false\n" for kind in built_in() if kind not in ("auc", "business"))
AUC_ALONE = CHARTED + QUIET
HOURLY = AUC_ALONE.replace('model = "NAME"', 'model = "NAME"\nevery = "1h"').replace('delay = "1d"', 'delay = "0h"')
AN_HOUR = {"hardly": 2, "few": 30, "many": 300}
"""Records."""

counts = st.lists(st.integers(0, 120), min_size=1, max_size=40)


def spec(**more: object) -> ModelSpec:
    said = {"model": "toy", "features": {"numeric": ["a"]}, "training": {"function": "a.b:c"}, "every": "1h"}
    return ModelSpec.model_validate(said | more)


def records(per_hour: Iterable[int], rarer: float = 0.5) -> pa.Table:
    """Labelled records of some hours, out of order, of which a share has label 1."""
    at = [toy.FIRST + n * HOUR + i * timedelta(seconds=1) for n, many in enumerate(per_hour) for i in range(many)]
    draw = np.random.default_rng(len(at))
    table = pa.table(
        {
            "_at": pa.array(at, pa.timestamp("us", "UTC")),
            "_prediction": draw.random(len(at)),
            "_label": (draw.random(len(at)) < rarer).astype(float),
            "a": draw.random(len(at)),
        }
    )
    return table.take(draw.permutation(len(at)))


def sizes(blocks: Iterable[Outcomes]) -> list[int]:
    return [block.labels.size for block in blocks]


class TestTraining:
    @settings(deadline=None, max_examples=60)
    @given(counts)
    def test_blocks_follow_each_other_and_are_as_short_as_enough_labels_allow(self, per_hour: list[int]) -> None:
        table = records(per_hour)
        blocks = trained_blocks(spec(), table)
        hour = (table["_at"].cast(pa.int64()).to_numpy() - toy.FIRST.timestamp() * 1e6) // 3.6e9
        labels = table["_label"].to_numpy()
        assert all(block.interval.end <= after.interval.start for block, after in pairwise(blocks))
        for block in blocks:
            first, end = ((moment - toy.FIRST) / HOUR for moment in (block.interval.start, block.interval.end))
            mine, but_the_last = (labels[(hour >= first) & (hour < last)] for last in (end, end - 1))
            assert sorted(mine) == sorted(block.labels)
            assert mine.size >= 100
            assert min(mine.sum(), mine.size - mine.sum()) >= 20
            assert but_the_last.size < 100 or min(but_the_last.sum(), but_the_last.size - but_the_last.sum()) < 20

    def test_blocks_of_a_given_length_have_it_and_those_with_too_few_labels_are_left_out(self) -> None:
        per_hour = [60] * 6 + [10] * 6 + [60] * 6
        blocks = trained_blocks(spec(labels={"over": "3h"}), records(per_hour))
        assert {block.interval.length for block in blocks} == {3 * HOUR}
        assert sizes(blocks) == [180, 180, 180, 180]

    def test_a_long_silence_ends_a_block(self) -> None:
        labels = {"over": "4h"}
        blocks = trained_blocks(spec(labels=labels), records([60, 60, 0, 0, 0, 0, 0, 60, 60, 60, 60]))
        assert [block.interval.start for block in blocks] == [toy.FIRST + 7 * HOUR]

    def test_nothing_is_nothing(self) -> None:
        assert trained_blocks(spec(), records([])) == ()

    def test_a_version_brings_what_its_labels_told_in_training(self) -> None:
        table = pa.concat_tables([toy.traffic(toy.FIRST - toy.DAY * i) for i in range(20, 0, -1)])
        said = {"model": "toy", "features": {"numeric": ["a", "b"]}, "training": {"function": "a.b:c"}}
        trained = table.append_column("_prediction", pa.array(np.random.default_rng(1).random(table.num_rows)))
        anchor = make_anchor(ModelSpec.model_validate(said), trained)
        proven = {m.at: m.value for m in anchor.measures if (m.check, m.subject, m.name) == ("auc", "*", "auc")}
        assert list(proven) == [toy.FIRST - toy.DAY * i for i in range(19, -1, -1)]
        assert all(0.4 < auc < 0.6 for auc in proven.values())


@pytest.fixture(scope="module")
def hourly(tmp_path_factory: pytest.TempPathFactory) -> House:
    """A house that looks at its models every hour: one has hardly any labels, one few, one many."""
    folder = tmp_path_factory.mktemp("hourly")
    house = open_house(toy.build(folder, list(AN_HOUR), spec=HOURLY))
    for name, many in AN_HOUR.items():
        start_model(house, name, toy.FIRST)
        serve(house, name, 24 * many, days=2)
    return house


def seen(house: House, name: str) -> Outcomes:
    """The outcomes of the hour before noon of the first day."""
    interval = interval_ending(toy.FIRST + 12 * HOUR, HOUR)
    return read_window(house, house.model(name), 1, house.registry.anchor(name, 1), interval).outcomes


def serve(house: House, name: str, rows: int, days: int) -> None:
    """Traffic whose labels are known at once."""
    for number in range(days):
        requests = toy.traffic(toy.FIRST + number * toy.DAY, rows)
        logged = requests.drop_columns(["_label"]).append_column("_version", pa.array([1] * rows))
        answers = house.registry.load(name, 1).predict(requests)
        logged = logged.append_column("_prediction", pa.array(answers))
        house.predictions.append(name, logged.append_column("_latency_ms", pa.array([1.0] * rows)))
        known = pa.table({"_id": requests["_id"], "_label": requests["_label"], "_at": requests["_at"]})
        house.predictions.append_labels(name, known)


class TestProduction:
    def test_an_hour_with_few_labels_is_widened_until_they_are_enough(self, hourly: House) -> None:
        outcomes = seen(hourly, "few")
        assert outcomes.interval == Interval(toy.FIRST + 8 * HOUR, toy.FIRST + 12 * HOUR)
        assert outcomes.counts[0] >= 100

    def test_an_hour_with_enough_labels_is_measured_alone(self, hourly: House) -> None:
        assert seen(hourly, "many").interval.length == HOUR

    def test_where_no_time_has_enough_labels_the_window_tells_how_few_there_are(self, hourly: House) -> None:
        outcomes = seen(hourly, "hardly")
        assert outcomes.interval.length == HOUR
        assert outcomes.labels.size < 20

    def test_charts_work_on_sparse_labels_of_short_windows(self, hourly: House) -> None:
        found = [
            look(hourly, hourly.model("few"), interval_ending(toy.FIRST + hour * HOUR, HOUR)).finding("auc:*")
            for hour in range(8, 24)
        ]
        assert all(finding and finding.level is not Level.UNKNOWN for finding in found)
        assert any(finding and "CUSUM" in finding.sentence for finding in found)


class TestVersions:
    def test_a_version_that_is_worse_all_along_is_critical_until_another_takes_its_place(self, tmp_path: Path) -> None:
        house = open_house(toy.build(tmp_path, spec=AUC_ALONE))
        start_model(house, "toy", toy.FIRST)
        before = [_day(house, number, turned=number >= 6).finding("auc:*").level for number in range(14)]
        assert before[1:7] == [Level.OK] * 6
        assert set(before[8:]) == {Level.CRITICAL}
        at = toy.FIRST + 14 * toy.DAY
        records = pa.concat_tables([toy.traffic(at - toy.DAY * i, turned=True) for i in range(1, 9)])
        second = register(
            house,
            request_of(house, "toy", at, "a test").request,
            toy.train(None, records),
            at,  # type: ignore[arg-type]
        )
        house.registry.point("toy", Pointers(second.number, None, 1), instead_of=house.registry.pointers("toy"))
        split = house.router.split("toy")
        house.router.set_split("toy", type(split)(second.number, None, 0.0, "second", at))
        after = [_day(house, number, turned=True).finding("auc:*").level for number in range(14, 20)]
        assert after[0] is Level.UNKNOWN
        assert set(after[1:]) == {Level.OK}


def _day(house: House, number: int, *, turned: bool) -> Verdict:
    """A day of traffic, and the look at it."""
    day = toy.FIRST + number * toy.DAY
    toy.serve(house, "toy", toy.traffic(day, turned=turned))
    return look(house, house.model("toy"), interval_ending(day + toy.DAY, toy.DAY))

"""Rows are kept as long as something needs them, and profiles for ever."""

import shutil
from dataclasses import replace
from datetime import date
from functools import reduce
from pathlib import Path

import pyarrow as pa
import pytest

from tests import toy
from tests.builders import a_rollout, a_transition, an_entry, an_incident
from watchkeeper.checks import built_in
from watchkeeper.domain.intervals import Interval
from watchkeeper.domain.keeping import Compaction, Need, Retention, earliest
from watchkeeper.story.house import House
from watchkeeper.story.keeping import keep_in_order, needs
from watchkeeper.story.retraining import start_model
from watchkeeper.story.watching import look
from watchkeeper.wiring import open_house

DAY = toy.DAY
SILENT = "".join(
    f"[checks.{kind}]\nenabled = false\n" for kind in built_in() if kind not in ("auc", "business", "schema")
)
TIMES = {'holdout = "3d"': 'holdout = "3d"\nhistory = "6d"', "critical = 0.08": "enabled = false"}
SPEC = reduce(lambda text, pair: text.replace(*pair), TIMES.items(), toy.SPEC) + SILENT + '[records]\nkeep = "5d"\n'
"""Of checks only one asks, so that no incident is open unless a test opens one."""
DAYS = 12
NOW = toy.FIRST + DAYS * DAY
LEARNT = NOW - 8 * DAY
"""The history of a retraining, the labels' delay and a window before now: longer than rows are kept otherwise."""


def day(number: int) -> Interval:
    return Interval(toy.FIRST + number * DAY, toy.FIRST + (number + 1) * DAY)


@pytest.fixture(scope="module")
def once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twelve days, each of which was looked at."""
    folder = tmp_path_factory.mktemp("twelve")
    house = open_house(toy.build(folder, spec=SPEC))
    start_model(house, "toy", toy.FIRST)
    for number in range(DAYS):
        toy.serve(house, "toy", toy.traffic(toy.FIRST + number * DAY, 30))
        look(house, house.model("toy"), day(number))
    return folder


@pytest.fixture
def lived(once: Path, tmp_path: Path) -> House:
    """A house of twelve days, to change at will."""
    shutil.copytree(once, tmp_path, dirs_exist_ok=True)
    return open_house(tmp_path / "house.toml")


@pytest.fixture
def unseen(lived: House, tmp_path: Path) -> House:
    """The same, with the profiles of the last two days alone."""
    for folder in sorted((tmp_path / "kept/records/toy/profiles").glob("day=*"))[:-2]:
        shutil.rmtree(folder)
    return lived


def kept_days(house: House) -> list[date]:
    return list(house.predictions.days("toy"))


def test_rows_that_nothing_needs_any_more_go_and_their_profiles_stay(lived: House) -> None:
    kept = keep_in_order(lived, "toy", NOW)
    assert kept.retention.since == LEARNT.date()
    assert kept.retention.days == tuple(day(n).start.date() for n in range(4))
    assert kept_days(lived) == [day(n).start.date() for n in range(4, DAYS)]
    assert len(lived.predictions.profiles("toy", Interval(toy.FIRST, NOW))) == DAYS
    assert "training.history" in kept.sentence


def test_it_is_written_down_before_the_rows_are_gone_and_once(lived: House) -> None:
    for _ in range(2):
        keep_in_order(lived, "toy", NOW)
    [entry] = [entry for entry in lived.state.audit("toy") if entry.what == "forget rows"]
    assert entry.about == "2024-03-01 to 2024-03-04"


def test_a_second_run_finds_nothing_to_remove(lived: House) -> None:
    keep_in_order(lived, "toy", NOW)
    again = keep_in_order(lived, "toy", NOW)
    assert (again.retention.days, again.retention.since) == ((), LEARNT.date())


def test_what_a_retraining_learns_from_is_all_there_afterwards(lived: House) -> None:
    learnt = Interval(NOW - 7 * DAY, NOW - DAY)
    before = lived.predictions.labelled("toy", learnt, NOW, ["a"])
    keep_in_order(lived, "toy", NOW)
    assert lived.predictions.labelled("toy", learnt, NOW, ["a"]).num_rows == before.num_rows == 180


def test_an_open_incident_keeps_what_its_windows_were_measured_on(lived: House) -> None:
    incident = an_incident("toy", day(3).end)
    lived.state.tell(incident, a_transition(incident), [], an_entry(model="toy"))
    kept = keep_in_order(lived, "toy", NOW)
    assert kept.retention.because == f"incident {incident.key} is open"
    assert kept.retention.since == toy.FIRST.date()
    assert kept.retention.days == ()


def test_a_rollout_that_is_open_keeps_its_rows(lived: House) -> None:
    lived.state.save_rollout(replace(a_rollout(), model="toy", opened=day(6).start, revision=0), an_entry())
    kept = keep_in_order(lived, "toy", NOW)
    assert "rollout" in kept.retention.because
    assert kept.retention.since == day(2).start.date()


def test_a_window_that_nobody_looked_at_gets_its_profile_before_its_rows_go(unseen: House) -> None:
    assert len(unseen.predictions.profiles("toy", Interval(toy.FIRST, NOW))) == 2
    keep_in_order(unseen, "toy", NOW)
    profiles = unseen.predictions.profiles("toy", Interval(toy.FIRST, day(3).end))
    assert [profile.rows for _, profile in profiles] == [30] * 4
    assert kept_days(unseen)[0] == day(4).start.date()


def test_a_window_that_cannot_be_counted_as_a_whole_keeps_its_rows_and_those_after_it(
    unseen: House, tmp_path: Path
) -> None:
    broken = tmp_path / "kept/records/toy/predictions/day=2024-03-03/broken.parquet"
    broken.write_bytes(b"half a file")
    kept = keep_in_order(unseen, "toy", NOW)
    assert kept.retention.since == date(2024, 3, 3)
    assert "broken.parquet" in kept.retention.because
    assert kept_days(unseen)[0] == date(2024, 3, 3)


def test_windows_that_are_still_due_keep_what_they_will_be_measured_on(lived: House) -> None:
    late = NOW + 20 * DAY
    found = {need.because: need.since for need in needs(lived, lived.model("toy"), late)}
    [since] = [since for because, since in found.items() if "is due" in because]
    assert since == day(DAYS).end - DAY - 3 * DAY


def test_files_of_closed_days_are_few_afterwards(lived: House) -> None:
    closed, looked = day(DAYS - 2), ["a", "b"]
    more = lived.predictions.records("toy", closed, looked).select(["_at", "_key", "_version", "_prediction"])
    for part in range(3):
        table = more.slice(part, 1).append_column("_id", pa.array([f"more {part}"]))
        lived.predictions.append("toy", table.append_column("_latency_ms", pa.array([1.0])))
    before = lived.predictions.records("toy", closed, looked)
    kept = keep_in_order(lived, "toy", NOW)
    assert "3 files became 1 (3 rows" in kept.sentence
    assert lived.predictions.records("toy", closed, looked).equals(before)


def test_the_furthest_need_decides() -> None:
    needed = [Need(NOW, "one"), Need(NOW - DAY, "two"), Need(NOW + DAY, "three")]
    assert earliest(needed).because == "two"


def test_nothing_done_is_said_too() -> None:
    assert Compaction().sentence == "Nothing to compact."
    assert (
        Retention(date(2024, 3, 1), "why").sentence == "No rows were removed; those from 2024-03-01 on are kept: why."
    )
    assert "removed" in Compaction(removed=3).sentence

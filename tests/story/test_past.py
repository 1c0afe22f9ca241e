"""The windows that can be looked at again, and what is told when there are none."""

import shutil
from pathlib import Path

import pytest

from tests import toy
from tests.lived import AFTER, BROKEN, DAYS, SECOND_FROM, day, days
from watchkeeper.domain.incidents import Incident
from watchkeeper.domain.levels import Level
from watchkeeper.errors import NotThere
from watchkeeper.story.house import House
from watchkeeper.story.past import Past, Replay, past_of, replay
from watchkeeper.wiring import open_house


def looked(house: House) -> tuple[Past, Replay]:
    spec = house.model("toy")
    past = past_of(house, spec)
    return past, replay(house, ("again", spec), past)


def copy_of(house: House, folder: Path) -> House:
    """The same house somewhere else, to be changed."""
    home = house.spec.models.parent
    shutil.copytree(home, folder / "copy")
    return open_house(folder / "copy" / "house.toml")


def without_keys(incident: Incident) -> tuple[object, ...]:
    return incident.since, incident.detected, incident.resolved, incident.level, incident.cause, incident.marks


def test_all_judged_windows_are_looked_at_again(lived: House) -> None:
    past = past_of(lived, lived.model("toy"))
    assert past.windows == tuple(days())
    assert past.warm == ()


def test_windows_before_the_period_are_remembered_and_not_counted(lived: House) -> None:
    past = past_of(lived, lived.model("toy"), day(8), day(12))
    assert (past.over.start, past.over.end) == (day(8), day(12))
    assert past.warm == tuple(days())[:8]
    seen = replay(lived, ("again", lived.model("toy")), past)
    assert [v.interval for v in seen.verdicts] == list(past.windows)
    assert all(page.at > day(8) for page in seen.pages)


def test_every_window_has_the_champion_of_its_time(lived: House) -> None:
    past = past_of(lived, lived.model("toy"))
    assert [past.champion_at(window) for window in past.windows] == SECOND_FROM * [1] + (DAYS - SECOND_FROM) * [2]


def test_a_replay_sees_the_incidents_that_production_saw(lived: House) -> None:
    _, seen = looked(lived)
    assert [without_keys(i) for i in seen.incidents] == [without_keys(i) for i in lived.state.incidents("toy")]
    assert [page.at for page in seen.pages][:1] == [day(BROKEN[0] + 1)]


def test_where_records_are_gone_their_profiles_stand_in(lived: House, tmp_path: Path) -> None:
    house = copy_of(lived, tmp_path)
    shutil.rmtree(house.spec.folder / "records" / "toy" / "predictions")
    _, seen = looked(house)
    assert seen.rows_gone == DAYS
    assert [v.rows for v in seen.verdicts] == DAYS * [toy.ROWS]
    auc = [v.finding("auc:*") for v in seen.verdicts]
    assert all(finding and finding.level is Level.UNKNOWN for finding in auc)
    broken = seen.verdicts[BROKEN[0]].finding("range:a")
    assert broken is not None
    assert broken.level is Level.CRITICAL


def test_where_nothing_is_left_that_is_said(lived: House, tmp_path: Path) -> None:
    house = copy_of(lived, tmp_path)
    shutil.rmtree(house.spec.folder / "records")
    with pytest.raises(NotThere, match="toy: no record and no profile of 2024-03-01"):
        looked(house)


def test_a_model_without_a_champion_is_told_how_to_get_one(tmp_path: Path) -> None:
    house = open_house(toy.build(tmp_path))
    with pytest.raises(NotThere, match="watchkeeper train toy"):
        past_of(house, house.model("toy"))


def test_days_that_were_never_judged_are_named_with_those_that_were(lived: House) -> None:
    with pytest.raises(NotThere, match=r"no stored window from 2025-01-01 .*judged up to 2024-03-19"):
        past_of(lived, lived.model("toy"), AFTER.replace(year=2025, month=1, day=1), AFTER.replace(year=2025))


def test_a_model_that_was_never_judged_is_looked_at_on_what_was_logged(tmp_path: Path) -> None:
    from watchkeeper.story.retraining import start_model  # noqa: PLC0415 - only here

    house = open_house(toy.build(tmp_path))
    start_model(house, "toy", toy.FIRST)
    with pytest.raises(NotThere, match="--from and --to"):
        past_of(house, house.model("toy"))
    for number in range(3):
        toy.serve(house, "toy", toy.traffic(day(number)))
    past = past_of(house, house.model("toy"), toy.FIRST, day(3))
    seen = replay(house, ("first", house.model("toy")), past)
    assert [(v.rows, v.version) for v in seen.verdicts] == 3 * [(toy.ROWS, 1)]

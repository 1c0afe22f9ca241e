"""Segments are monitored apart: their own past, their own findings, one verdict and one incident with all others."""

import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from tests import shop
from watchkeeper.domain.findings import Finding
from watchkeeper.domain.intervals import Interval
from watchkeeper.domain.levels import Level
from watchkeeper.domain.verdicts import Verdict
from watchkeeper.story.house import House
from watchkeeper.story.replaying import Replayer
from watchkeeper.story.watching import read_window, watch
from watchkeeper.wiring import open_house

QUIET = 4
Columns = dict[str, np.ndarray]


@pytest.fixture(scope="module")
def quiet(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A shop whose sites are told apart, after some ordinary days."""
    folder = tmp_path_factory.mktemp("shop") / "house"
    house = shop.opened(folder, head='segments = "site"')
    for number in range(QUIET):
        live(house, number)
    return folder


@pytest.fixture
def house(quiet: Path, tmp_path: Path) -> House:
    """One of its own, to do to it what a test wants."""
    return open_house(shutil.copytree(quiet, tmp_path / "house") / "house.toml")


def live(house: House, number: int, change: Callable[[Columns], None] | None = None) -> Verdict:
    """One day of traffic, and what is thought of it."""
    day = shop.FIRST + shop.DAY * number
    shop.serve(house, shop.traffic(day, change=change))
    return watch(house, "shop", day + shop.DAY)


def found(verdict: Verdict, mark: str) -> Finding:
    finding = verdict.finding(mark)
    assert finding is not None, f"{mark} was not asked about"
    return finding


def moved_against_each_other(columns: Columns) -> None:
    """The young come to the north and the old to the south: all together are nearly what they were."""
    columns["age"] += np.where(columns["site"] == "south", 6.0, 0.0) - np.where(columns["site"] == "north", 4.4, 0.0)


def flipped_in_the_south(columns: Columns) -> None:
    columns["_label"][:] = np.where(columns["site"] == "south", 1 - columns["_label"], columns["_label"])


def no_kiosk(columns: Columns) -> None:
    columns["site"][columns["site"] == "kiosk"] = "north"


def half_missing_in_the_south(columns: Columns) -> None:
    south = np.flatnonzero(columns["site"] == "south")
    columns["age"][south[: len(south) // 2]] = np.nan


def test_what_moves_in_segments_alone_is_found_and_the_sentence_names_them(house: House) -> None:
    verdict = live(house, QUIET, moved_against_each_other)
    for site in ("south", "north"):
        finding = found(verdict, f"drift:age [site={site}]")
        assert finding.level is Level.CRITICAL
        assert finding.sentence.startswith(f"site={site}: age: its ")
        assert (finding.segment, finding.topic) == (f"site={site}", "age")
    whole = found(verdict, "drift:age")
    assert (whole.level, whole.value) < (Level.CRITICAL, found(verdict, "drift:age [site=south]").value)
    assert found(verdict, "drift:basket [site=south]").level is Level.OK


def test_a_fault_of_one_segment_is_no_fault_of_another(house: House) -> None:
    verdict = live(house, QUIET, half_missing_in_the_south)
    assert found(verdict, "missing:age [site=south]").level is Level.CRITICAL
    assert found(verdict, "missing:age [site=north]").level is Level.OK


def test_segments_join_the_models_one_incident_which_ends_when_they_are_quiet(house: House) -> None:
    for number in range(QUIET, QUIET + 2):
        live(house, number, half_missing_in_the_south)
    incident = house.state.open_incident("shop")
    assert incident is not None
    assert {"missing:age", "missing:age [site=south]"} <= set(incident.marks)
    for number in range(QUIET + 2, QUIET + 6):
        live(house, number)
    assert [i.is_open for i in house.state.incidents("shop")] == [False]


def test_performance_is_measured_per_segment(house: House) -> None:
    for number in range(QUIET, QUIET + 3):  # labels come a day later
        verdict = live(house, number, flipped_in_the_south)
    assert found(verdict, "auc:* [site=south]").level is Level.CRITICAL
    assert found(verdict, "auc:* [site=north]").level is Level.OK
    assert "The AUC is 0.1" in found(verdict, "auc:* [site=south]").sentence


def test_a_small_segment_is_not_judged_but_missed_when_it_is_gone(house: House) -> None:
    verdict = live(house, QUIET)
    small = [f for f in verdict.findings if f.segment == "site=kiosk"]
    assert {f.level for f in small} == {Level.OK}
    assert "not judged, as" in found(verdict, "drift:age [site=kiosk]").sentence
    assert not found(verdict, "drift:age [site=kiosk]").measures
    gone = live(house, QUIET + 1, no_kiosk)
    assert found(gone, "volume:too few [site=kiosk]").level is Level.CRITICAL
    assert found(gone, "volume:too few").level is Level.OK


def test_missing_evidence_is_told_once_and_not_by_every_segment(house: House) -> None:
    verdict = watch(house, "shop", shop.FIRST + shop.DAY * (QUIET + 1))  # nobody came
    assert verdict.level >= Level.UNKNOWN
    assert {f.level for f in verdict.findings if f.segment and f.check != "volume"} == {Level.OK}
    assert not [f for f in verdict.findings if f.topic == "site" and f.segment]


def test_profiles_of_segments_are_kept_with_windows_and_anchors(house: House) -> None:
    names = ["site=kiosk", "site=north", "site=south", "site=other"]
    first = Interval(shop.FIRST, shop.FIRST + shop.DAY)
    ((_, kept),) = house.predictions.profiles("shop", first)
    anchor = house.registry.anchor("shop", 1)
    for profile in (kept, anchor.profile, anchor.windows[-1][1]):
        assert sorted(profile.segments) == sorted(names)
        assert sum(part.rows for part in profile.segments.values()) == profile.rows
    subjects = {m.subject for m in anchor.measures}
    assert {"age [site=south]", "* [site=north]", "too few [site=kiosk]"} & subjects
    metrics = house.registry.version("shop", 1).metrics
    assert metrics["auc"] != metrics["auc [site=south]"]


def test_a_replay_says_of_segments_what_production_said(house: House) -> None:
    spec, anchor = house.model("shop"), house.registry.anchor("shop", 1)
    replayer = Replayer(spec, house.registry.version("shop", 1), anchor, "test")
    for number in range(QUIET):
        interval = Interval(shop.FIRST + shop.DAY * number, shop.FIRST + shop.DAY * (number + 1))
        said = house.state.verdict(f"shop@{interval.end:%Y-%m-%dT%H:%MZ}")
        assert said is not None
        replayed = replayer.step(read_window(house, spec, 1, anchor, interval)).verdict
        assert [(f.mark, f.level, f.sentence) for f in replayed.findings] == [
            (f.mark, f.level, f.sentence) for f in said.findings
        ]


def test_what_is_no_segment_any_more_is_not_asked_about(house: House) -> None:
    apart = house.model("shop")
    assert apart.asks("drift:age [site=south]")
    assert not apart.model_copy(update={"segments": None}).asks("drift:age [site=south]")
    assert not apart.asks("drift:gone [site=south]")

"""What would have paged against what did; planted faults are caught or not; nothing is written."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests import toy
from tests.lived import BROKEN, DAYS, day
from watchkeeper.errors import NotThere
from watchkeeper.faults import FAULTS
from watchkeeper.spec import ModelSpec, read_model
from watchkeeper.story.backtesting import CHANGED, EVERY_ALARM, IN_FORCE, PRODUCTION, Backtest, backtest, right_ones
from watchkeeper.story.house import House
from watchkeeper.story.past import past_of
from watchkeeper.story.tabling import differences, incidents_of, notes, planted_of, summary_of

DEAF = "".join(
    f"[checks.{kind}]\nenabled = false\n"
    for kind in ("range", "drift", "trend", "prediction_drift", "calibration", "log_loss", "label_shift", "auc")
)
"""Of what a unit change does, nothing is asked about."""


def with_checks(folder: Path, more: str) -> ModelSpec:
    """The toy's spec with more said of its checks."""
    file = folder / "changed.toml"
    quiet = toy.SPEC.replace("NAME", "toy").replace("[checks.auc]\ncritical = 0.08\n", "")
    file.write_text(quiet.replace("[response]", f"{more}\n[response]"))
    return read_model(file)


def looked(house: House, *changed: ModelSpec, **more: object) -> Backtest:
    spec = house.model("toy")
    return backtest(house, past_of(house, spec), [(IN_FORCE, spec), *((CHANGED, c) for c in changed)], **more)


def everything(house: House) -> Iterator[tuple[str, bytes]]:
    """All that is stored, by file."""
    for file in sorted(house.spec.folder.rglob("*")):
        if file.is_file():
            yield str(file), file.read_bytes()


@pytest.fixture(scope="module")
def plain(lived: House) -> Backtest:
    return looked(lived)


@pytest.fixture(scope="module")
def planted(lived: House) -> Backtest:
    names = ("nulls", "unit", "column-ends", "text", "records-end", "labels-end", "shift")
    return looked(lived, faults=[FAULTS[name] for name in names])


def test_the_spec_in_force_pages_for_what_production_paged_for(plain: Backtest) -> None:
    production, in_force = plain.tracks
    assert (production.name, in_force.name) == (PRODUCTION, IN_FORCE)
    assert production.levels == in_force.levels
    assert [page.at for page in production.pages] == [page.at for page in in_force.pages]
    assert plain.only_before == plain.only_after == ()
    assert differences(plain) == ["spec in force pages for the same as production."]


def test_a_deaf_spec_shows_what_it_would_miss_and_writes_nothing(lived: House, tmp_path: Path) -> None:
    before = dict(everything(lived))
    seen = looked(lived, with_checks(tmp_path, DEAF), faults=[FAULTS["unit"]])
    [lost] = seen.only_before
    assert lost.since == day(BROKEN[0] + 1)
    assert differences(seen)[0].startswith("only spec in force: since 2024-03-07, data bug (")
    caught = {t.looked: t.paged for t in seen.tries}
    assert caught[IN_FORCE] is not None
    assert caught[CHANGED] is None or caught[CHANGED] > caught[IN_FORCE]
    [row] = planted_of(seen).rows
    assert row[0] == "unit"
    assert ", window" in row[1]
    assert dict(everything(lived)) == before


def test_what_production_paged_for_is_right_until_somebody_says_otherwise(lived: House, plain: Backtest) -> None:
    key = lived.state.incidents("toy")[0].key
    assert [track.false_pages for track in plain.tracks] == [(), ()]
    production, in_force = looked(lived, false_alarms=[key]).tracks
    assert [page.incident.key for page in production.false_pages] == [key]
    assert [page.at for page in in_force.false_pages] == [page.at for page in production.false_pages]
    past = past_of(lived, lived.model("toy"))
    assert right_ones(lived, past, "toy", [EVERY_ALARM]) == ()


def test_a_false_alarm_that_never_was_is_refused_with_those_that_were(lived: House) -> None:
    with pytest.raises(NotThere, match="wk:elsewhere; it was for: wk:test:toy:2024-03-07"):
        looked(lived, false_alarms=["wk:elsewhere"])


def test_gross_faults_are_caught_within_two_windows(planted: Backtest) -> None:
    gross = ("nulls", "unit", "column-ends", "text", "records-end")
    found = {t.fault: t.paged for t in planted.tries if t.fault in gross}
    assert found.keys() == set(gross)
    assert all(paged is not None and paged <= 2 for paged in found.values())


def test_labels_that_end_are_noticed_when_they_should_have_come(planted: Backtest) -> None:
    [missing] = [t for t in planted.tries if t.fault == "labels-end"][:1]
    assert missing.told is not None
    assert missing.told >= 2


def test_faults_are_planted_in_clean_windows_alone(planted: Backtest) -> None:
    production = planted.tracks[0]
    assert planted.room >= 1
    for attempt in planted.tries:
        for incident in production.incidents:
            assert attempt.stretch.start >= (incident.resolved or attempt.stretch.end) or (
                attempt.stretch.end < incident.since
            )


def test_planting_twice_finds_the_same(lived: House, planted: Backtest) -> None:
    again = looked(lived, faults=[FAULTS["nulls"]])
    assert again.tries == tuple(t for t in planted.tries if t.fault == "nulls")


def test_the_tables_hold_what_was_found(planted: Backtest) -> None:
    summary = summary_of(planted)
    assert [row[:2] for row in summary.rows] == [(PRODUCTION, str(DAYS)), (IN_FORCE, str(DAYS))]
    assert [row[0] for row in planted_of(planted).rows] == list(dict.fromkeys(t.fault for t in planted.tries))
    assert incidents_of(planted).rows[0][1] == "2024-03-07"
    assert any("clean stretch" in note for note in notes(planted))
    assert any("3 windows only the profile is left" in note for note in notes(replace(planted, rows_gone=3)))

"""Faults are nothing to get used to, and what nobody takes back is the new rule: over weeks, as they are lived."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.checks.scenes import DAY, MONDAY, day_table, past, profile, window
from watchkeeper.checks import built_in, seed
from watchkeeper.domain.causes import Cause
from watchkeeper.domain.incidents import Change
from watchkeeper.domain.intervals import Interval
from watchkeeper.domain.levels import Level
from watchkeeper.domain.verdicts import settle
from watchkeeper.domain.versions import Version
from watchkeeper.ports import Anchor
from watchkeeper.profiles import Profile
from watchkeeper.spec import ModelSpec
from watchkeeper.story.aside import Usual, is_troubled, usual_part
from watchkeeper.story.replaying import Replayer

SPEC = ModelSpec.model_validate(
    {
        "model": "toy",
        "features": {"numeric": ["temp"], "categorical": ["carrier"]},
        "checks": {kind: {"enabled": False} for kind in built_in() if kind not in ("drift", "trend")},
        "alerts": {"budget": "1 in 90d"},
        "training": {"function": "never:called"},
    }
)
WITHIN = Interval(MONDAY, MONDAY + 28 * DAY)


def lived(*warmer: float) -> Replayer:
    """Days after sixty ordinary ones, on each of which temperatures are so much higher."""
    anchor = Anchor(Profile.total(p for _, p in past(60)), past(60), seed(SPEC.asked, past(60)), None)
    trained = Interval(past(60)[0][0].start, MONDAY)
    replay = Replayer(SPEC, Version("toy", 1, "sha256:0", MONDAY, trained, "a test", {}), anchor)
    for ahead, more in enumerate(warmer):
        start = MONDAY + ahead * DAY
        table = day_table(start)
        changed = profile(table.set_column(0, "temp", [table["temp"].to_numpy() + more]))
        replay.step(replace(window(interval=Interval(start, start + DAY)), profile=changed))
    return replay


def days(*numbers: int) -> list[Interval]:
    return [Interval(MONDAY + n * DAY, MONDAY + (n + 1) * DAY) for n in numbers]


def test_a_fault_pages_once_and_is_over_when_it_is_mended() -> None:
    replay = lived(*[0] * 3, *[25] * 8, *[0] * 5)
    assert [page.change for page in replay.pages] == [Change.OPENED]
    assert [i.resolved for i in replay.incidents] == [MONDAY + 14 * DAY]


def test_a_fault_of_a_week_leaves_no_mark_on_what_later_days_are_held_against() -> None:
    tomorrow = Interval(MONDAY + 15 * DAY, MONDAY + 16 * DAY)
    after_fault, never = lived(*[0] * 5, *[25] * 7, *[0] * 3), lived(*[0] * 15)
    trailing, usual = (replay.baseline(tomorrow).trailing for replay in (after_fault, never))
    assert trailing.rows == usual.rows - 7 * 600
    assert trailing.columns["temp"].high <= usual.columns["temp"].high


def test_a_change_for_good_pages_once_and_ends_as_the_new_rule() -> None:
    replay = lived(*[0] * 3, *[25] * 45)
    assert [page.change for page in replay.pages] == [Change.OPENED]
    (incident,) = replay.incidents
    assert MONDAY + 17 * DAY < incident.resolved < MONDAY + 40 * DAY
    assert replay.baseline(Interval(MONDAY + 48 * DAY, MONDAY + 49 * DAY)).trailing.rows == 28 * 600


def test_when_a_change_for_good_is_taken_back_that_is_a_change_again() -> None:
    replay = lived(*[25] * 45, *[0] * 3)
    assert len(replay.pages) == 2


def test_a_fork_lives_on_by_itself() -> None:
    replay = lived(*[25] * 8)
    other = replay.fork()
    tomorrow = Interval(MONDAY + 8 * DAY, MONDAY + 9 * DAY)
    assert other.baseline(tomorrow).trailing == replay.baseline(tomorrow).trailing


def usual(*numbers: int) -> Usual:
    return usual_part(WITHIN, days(*numbers))


def test_windows_of_a_trouble_are_aside_until_it_is_the_rule() -> None:
    assert usual() == Usual(WITHIN.start)
    assert usual(3, 4, 5) == Usual(WITHIN.start, tuple(days(3, 4, 5)))
    assert usual(*range(10, 24)) == Usual(WITHIN.start, tuple(days(*range(10, 24))))
    assert usual(*range(10, 25)) == Usual(days(10)[0].start)
    assert usual(2, *range(9, 24), 27) == Usual(days(9)[0].start, tuple(days(27)))


def test_a_rule_stays_one_until_its_last_window_has_left_the_baseline() -> None:
    assert usual(*range(-14, 2)) == Usual(WITHIN.start)
    assert usual(*range(-12, 2)) == Usual(WITHIN.start, tuple(days(0, 1)))


def test_what_is_usual_begins_with_the_rule_and_leaves_out_trouble() -> None:
    held = usual(2, *range(9, 24), 27)
    assert [held.holds(window) for window in days(8, 9, 15, 26, 27)] == [False, True, True, True, False]


@given(st.sets(st.integers(-27, 27)))
def test_only_troubled_windows_of_the_baseline_are_aside(numbers: set[int]) -> None:
    found = usual(*numbers)
    assert list(found.aside) == sorted(found.aside)
    assert set(found.aside) <= {i for i in days(*numbers) if i.start >= found.since >= WITHIN.start}


@pytest.mark.parametrize(
    ("level", "cause", "is_one"),
    [
        (Level.WARNING, Cause.DATA_BUG, True),
        (Level.WARNING, Cause.SERVING_FAULT, True),
        (Level.CRITICAL, Cause.COVARIATE_SHIFT, True),
        (Level.CRITICAL, Cause.HARMFUL_SHIFT, True),
        (Level.WARNING, Cause.COVARIATE_SHIFT, False),
        (Level.CRITICAL, Cause.CONCEPT_DRIFT, False),
        (Level.CRITICAL, Cause.LABEL_FEED_FAULT, False),
        (Level.OK, Cause.UNKNOWN, False),
    ],
)
def test_inputs_that_are_broken_or_moved_are_trouble(level: Level, cause: Cause, *, is_one: bool) -> None:
    today = Interval(MONDAY, MONDAY + timedelta(days=1))
    assert is_troubled(replace(settle("toy", 1, today, 600, []), level=level, cause=cause)) is is_one

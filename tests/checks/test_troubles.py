"""What a row of bad windows was."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchkeeper.checks.troubles import Part, apart, lasts_on, out_of_trouble, parts_of, unaccepted

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
START = datetime(2013, 7, 1, tzinfo=UTC)
ONE = {".": Part.QUIET, "b": Part.BEGINS, "l": Part.LASTS, "R": Part.RULE}

rows = st.lists(st.booleans(), max_size=120)
lengths = st.sampled_from([timedelta(minutes=15), timedelta(hours=1), DAY, timedelta(days=7), timedelta(days=30)])


def parts(row: str, length: timedelta = DAY) -> str:
    letters = {part: letter for letter, part in ONE.items()}
    return "".join(letters[part] for part in parts_of([window == "x" for window in row], length))


@pytest.mark.parametrize(
    ("row", "were"),
    [
        ("", ""),
        ("....", "...."),
        ("..x....", "..blll."),
        ("..xxx....", "..blllll."),
        (".x..x..x....", ".blllllllll."),
        (".x...x....", ".blllblll."),
    ],
)
def test_a_trouble_begins_with_a_bad_window_and_lasts_until_three_were_quiet(row: str, were: str) -> None:
    assert parts(row) == were


def test_more_than_half_of_28_days_are_the_rule() -> None:
    assert parts(16 * "x" + "....") == "b" + 14 * "l" + "R" + "RRR."
    assert parts(15 * "x" + ".") == "b" + 14 * "l" + "R"
    assert parts(5 * "x", timedelta(days=30)) == "blll" + "R"
    assert parts(338 * "x", timedelta(hours=1)) == "b" + 336 * "l" + "R"


def test_a_trouble_lasts_on_until_it_is_over_or_the_rule() -> None:
    assert not lasts_on([], DAY)
    assert lasts_on([True], DAY)
    assert lasts_on([True, False, False], DAY)
    assert not lasts_on([True, False, False, False], DAY)
    assert not lasts_on([True] * 15, DAY)


def kept(row: str, *, whole: bool = True) -> str:
    values = {START + n * DAY: float(n) for n in range(len(row))}
    left = out_of_trouble(values, {at for at in values if row[int(values[at])] == "x"}, DAY, whole=whole)
    return "".join(window if n in left.values() else "-" for n, window in enumerate(row))


def test_of_a_trouble_its_first_window_counts_and_of_a_rule_all() -> None:
    assert kept("..........") == ".........."
    assert kept("...xxxx......") == "...x------..."
    assert kept("..x...x......") == "..x---x---..."
    assert kept("..x......xx") == "..x---...--"
    assert kept("..x......xx..") == "..x---...----"
    assert kept("..xx....." + 15 * "x" + ".....") == "..x----.." + 15 * "x" + "....."
    assert kept("..xx....." + 16 * "x" + ".....", whole=False) == "..x----.." + "x" + 14 * "-" + "x" + "....."


def test_what_is_unaccepted_is_bad_and_no_rule() -> None:
    def found(row: str) -> tuple[int | None, list[int]]:
        return unaccepted([window == "x" for window in row], DAY)

    assert found("") == (None, [])
    assert found(".x..xx.....") == (None, [1, 4, 5])
    assert found("..." + 14 * "x") == (None, list(range(3, 17)))
    assert found("..." + 15 * "x") == (3, [])
    assert found(".x....." + 15 * "x" + "......xx") == (7, [1, 28, 29])
    assert found(15 * "x" + "...." + 15 * "x") == (19, [])


def test_a_history_of_very_short_windows_has_one_an_hour() -> None:
    minute = timedelta(minutes=1)
    assert [apart(length) for length in (minute, timedelta(minutes=15), DAY)] == [HOUR, timedelta(minutes=15), DAY]
    ends = {START + n * HOUR: float(n) for n in range(400)}
    lately = set(list(ends)[-337:])
    assert out_of_trouble(ends, lately, minute) == ends
    assert len(out_of_trouble(ends, lately - {min(lately)}, minute)) == 400 - 336


@given(rows, lengths)
def test_every_window_is_something_and_none_begins_in_the_middle(bad: list[bool], length: timedelta) -> None:
    found = parts_of(bad, length)
    assert len(found) == len(bad)
    for before, part in zip([Part.QUIET, *found], found, strict=False):
        assert part in (Part.QUIET, Part.BEGINS) or before is not Part.QUIET
    assert all(one for one, part in zip(bad, found, strict=True) if part is Part.BEGINS)
    assert not any(one for one, part in zip(bad, found, strict=True) if part is Part.QUIET)


@given(rows, lengths)
def test_what_was_quiet_or_new_is_left_out_only_while_it_lasts(bad: list[bool], length: timedelta) -> None:
    values = {START + n * length: float(n) for n in range(len(bad))}
    left = out_of_trouble(values, {at for at, one in zip(values, bad, strict=True) if one}, length)
    certain = {float(n) for n, part in enumerate(parts_of(bad, length)) if part is not Part.LASTS}
    assert len(certain - set(left.values())) <= lasts_on(bad, length)
    assert left.items() <= values.items()

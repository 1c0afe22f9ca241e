"""The sum of the newest windows: always that of adding them one by one, whatever comes and goes."""

from datetime import UTC, datetime, timedelta

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from tests.profiles.tables import profile
from watchkeeper.domain.intervals import Interval
from watchkeeper.profiles import Profile, Trailing

START = datetime(2024, 1, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)
Windows = list[tuple[Interval, Profile]]


def windows(count: int) -> Windows:
    """One window an hour, each of another size."""
    return [
        (Interval(START + HOUR * i, START + HOUR * (i + 1)), profile(pa.table({"number": [float(i)] * (i % 4 + 1)})))
        for i in range(count)
    ]


def summed(kept: Windows) -> Profile | None:
    return Profile.total(p for _, p in kept) if kept else None


@given(st.lists(st.sampled_from(["take", "forget one", "forget two"]), max_size=40))
def test_the_sum_is_that_of_the_windows_that_are_left(steps: list[str]) -> None:
    waiting, kept, trailing = windows(40)[::-1], [], Trailing()
    for step in steps:
        if step == "take":
            kept.append(waiting.pop())
            trailing.take(*kept[-1])
        else:
            kept = kept[1 if step == "forget one" else 2 :]
            trailing.forget(kept[0][0].start if kept else START + 100 * HOUR)
        assert len(trailing) == len(kept)
        assert trailing.total() == summed(kept)


def test_a_copy_goes_its_own_way() -> None:
    first = Trailing(windows(6))
    first.forget(START + 2 * HOUR)
    second = first.copy()
    second.forget(START + 5 * HOUR)
    second.take(Interval(START + 9 * HOUR, START + 10 * HOUR), Profile(7))
    assert first.total() == summed(windows(6)[2:])
    assert len(second) == 2

"""Measured answers."""

from hypothesis import given
from hypothesis import strategies as st

from tests.builders import a_finding
from tests.domain.strategies import levels
from watchkeeper.domain.levels import Level


@given(levels, levels, st.floats(), st.text())
def test_a_findings_mark_is_the_same_in_every_window(one: Level, other: Level, value: float, sentence: str) -> None:
    first = a_finding(check="missing", subject="temp", level=one)
    later = a_finding(check="missing", subject="temp", level=other, value=value, sentence=sentence)
    assert first.mark == later.mark == "missing:temp"

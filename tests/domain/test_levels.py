"""How bad a measured answer is."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchkeeper.domain.levels import Level, Limit

numbers = st.floats(allow_nan=False)
positive = st.floats(min_value=1e-6, max_value=1e6)


@given(positive, numbers, numbers)
def test_a_higher_value_is_never_a_lower_level(critical: float, one: float, other: float) -> None:
    low, high = sorted((one, other))
    assert Limit.at(critical).level(low) <= Limit.at(critical).level(high)


@given(positive, st.one_of(st.none(), positive))
def test_nan_is_unknown_whatever_the_limit(critical: float, warning: float | None) -> None:
    assert Limit.at(critical, warning).level(math.nan) is Level.UNKNOWN


@given(positive, numbers)
def test_a_measured_value_is_never_unknown(critical: float, value: float) -> None:
    assert Limit.at(critical).level(value) is not Level.UNKNOWN


@given(positive)
def test_the_warning_speaks_at_ninety_percent_unless_the_spec_says_otherwise(critical: float) -> None:
    assert Limit.at(critical).warning == pytest.approx(0.9 * critical)
    assert Limit.at(critical, 0.5 * critical).warning == 0.5 * critical


@pytest.mark.parametrize(
    ("value", "level"),
    [
        (0.0, Level.OK),
        (0.8999, Level.OK),
        (0.9, Level.WARNING),
        (0.9999, Level.WARNING),
        (1.0, Level.CRITICAL),
        (math.inf, Level.CRITICAL),
        (-math.inf, Level.OK),
    ],
)
def test_reaching_a_limit_is_enough(value: float, level: Level) -> None:
    assert Limit.at(1.0).level(value) is level


def test_missing_evidence_lies_between_ok_and_warning() -> None:
    assert Level.OK < Level.UNKNOWN < Level.WARNING < Level.CRITICAL
    assert [str(level) for level in Level] == ["OK", "UNKNOWN", "WARNING", "CRITICAL"]

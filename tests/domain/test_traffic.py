"""Which version answers which request."""

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import NOON
from watchkeeper.domain.traffic import Split, assigned, shadowed

keys = st.text(max_size=40)
shares = st.floats(0, 1)
SPLIT = Split(champion=3, canary=4, share=0.1, salt="flights-v4", at=NOON)


@given(keys, shares, st.text(max_size=20))
def test_a_key_is_answered_by_the_same_version_every_time(key: str, share: float, salt: str) -> None:
    split = replace(SPLIT, share=share, salt=salt)
    assert assigned(key, split) == assigned(key, replace(split)) in {3, 4}


@given(keys, shares, shares)
def test_a_key_that_the_canary_has_keeps_it_as_the_share_grows(key: str, one: float, other: float) -> None:
    fewer, more = sorted((one, other))
    if assigned(key, replace(SPLIT, share=fewer)) == 4:
        assert assigned(key, replace(SPLIT, share=more)) == 4


@given(keys)
def test_nothing_and_everything_mean_what_they_say(key: str) -> None:
    assert assigned(key, replace(SPLIT, share=0.0)) == 3
    assert assigned(key, replace(SPLIT, share=1.0)) == 4


@given(keys, shares)
def test_without_a_canary_the_champion_answers(key: str, share: float) -> None:
    assert assigned(key, replace(SPLIT, canary=None, share=share)) == 3


@pytest.mark.parametrize("share", [0.01, 0.1, 0.25, 0.5])
def test_the_canary_answers_its_share_of_many_keys(share: float) -> None:
    many = 20_000
    answered = sum(assigned(f"passenger {n}", replace(SPLIT, share=share)) == 4 for n in range(many))
    assert answered / many == pytest.approx(share, abs=5 * math.sqrt(share * (1 - share) / many))


def test_every_rollout_draws_its_own_keys() -> None:
    half = replace(SPLIT, share=0.5)
    other = replace(half, salt="flights-v5")
    both = [(assigned(str(n), half), assigned(str(n), other)) for n in range(4_000)]
    assert both.count((4, 4)) == pytest.approx(1_000, abs=150)


@pytest.mark.parametrize("share", [-0.1, 1.1, math.nan, math.inf])
def test_a_share_that_is_none_is_refused(share: float) -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        replace(SPLIT, share=share)


@given(keys, shares, shares)
def test_a_request_in_the_shadow_stays_there_as_the_sample_grows(request_id: str, one: float, other: float) -> None:
    fewer, more = (replace(SPLIT, shadow=5, shadow_share=share) for share in sorted((one, other)))
    if shadowed(request_id, fewer) == 5:
        assert shadowed(request_id, more) == 5


@given(keys)
def test_no_shadow_and_no_share_mean_that_nobody_answers_in_the_shadow(request_id: str) -> None:
    assert shadowed(request_id, replace(SPLIT, shadow_share=1.0)) is None
    assert shadowed(request_id, replace(SPLIT, shadow=5)) is None
    assert shadowed(request_id, replace(SPLIT, shadow=5, shadow_share=1.0)) == 5


def test_the_shadow_draws_its_share_of_requests_whoever_answers_them() -> None:
    split = replace(SPLIT, share=0.5, shadow=5, shadow_share=0.5)
    both = [(assigned(str(n), split), shadowed(str(n), split)) for n in range(4_000)]
    assert both.count((3, 5)) == pytest.approx(1_000, abs=150)
    assert both.count((4, 5)) == pytest.approx(1_000, abs=150)


@pytest.mark.parametrize("share", [-0.1, 1.1, math.nan, math.inf])
def test_a_share_of_shadows_that_is_none_is_refused(share: float) -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        replace(SPLIT, shadow_share=share)

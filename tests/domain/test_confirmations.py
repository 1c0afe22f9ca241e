"""How often a finding must stand before a person is told of it."""

import pytest
from hypothesis import given

from tests.domain.strategies import Seen, counts, rules, runs, verdicts_of
from watchkeeper.domain.confirmations import Confirmation, NOfM, confirmed_findings
from watchkeeper.domain.levels import Level

ONCE = Confirmation(NOfM(1, 1), NOfM(1, 1))
TWICE = Confirmation(NOfM(2, 3), NOfM(3, 3))


def confirmed(run: list[Seen], rule: Confirmation) -> dict[str, Level]:
    return {f.mark: f.level for f in confirmed_findings(verdicts_of(run)[::-1], rule)}


@given(runs, rules)
def test_nothing_is_confirmed_that_does_not_stand_now(run: list[Seen], rule: Confirmation) -> None:
    now = run[-1]
    for mark, level in confirmed(run, rule).items():
        assert Level.OK < level <= (now[mark] or Level.OK)


@given(runs, rules)
def test_a_confirmed_level_was_reached_in_n_of_the_last_m_windows(run: list[Seen], rule: Confirmation) -> None:
    for mark, level in confirmed(run, rule).items():
        n_of_m = rule.of(mark.partition(":")[0])
        reached = [seen for seen in run[-n_of_m.m :] if (seen[mark] or Level.OK) >= level]
        assert len(reached) >= n_of_m.n


@given(runs)
def test_one_of_one_confirms_whatever_stands_now(run: list[Seen]) -> None:
    assert confirmed(run, ONCE) == {mark: level for mark, level in run[-1].items() if level}


@given(runs, counts, counts)
def test_asking_for_more_windows_never_confirms_more(run: list[Seen], one: NOfM, other: NOfM) -> None:
    m = max(one.m, other.m)
    fewer, more = sorted((one.n, other.n))
    loose = confirmed(run, Confirmation(NOfM(fewer, m), NOfM(1, 1)))
    strict = confirmed(run, Confirmation(NOfM(more, m), NOfM(1, 1)))
    assert all(level <= loose[mark] for mark, level in strict.items())


def test_a_critical_finding_is_a_warning_until_it_has_been_critical_often_enough() -> None:
    run: list[Seen] = [{"drift:dewp": Level.WARNING}, {"drift:dewp": Level.CRITICAL}]
    assert confirmed(run, TWICE) == {"drift:dewp": Level.WARNING}
    assert confirmed([*run, run[-1]], TWICE) == {"drift:dewp": Level.CRITICAL}


def test_the_worst_confirmed_finding_comes_first() -> None:
    seen: Seen = {"drift:dewp": Level.WARNING, "auc:*": Level.CRITICAL, "missing:temp": Level.UNKNOWN}
    assert list(confirmed([seen], ONCE).values()) == [Level.CRITICAL, Level.WARNING, Level.UNKNOWN]


def test_a_check_may_need_another_number_of_windows() -> None:
    rule = Confirmation(by_check=(("auc", NOfM(1, 1)), ("volume", NOfM(5, 7))))
    assert rule.of("auc") == NOfM(1, 1)
    assert rule.of("drift") == NOfM(2, 3)
    assert rule.reach == 7


@pytest.mark.parametrize(("n", "m"), [(0, 3), (4, 3), (-1, 1)])
def test_a_count_that_cannot_be_reached_is_refused(n: int, m: int) -> None:
    with pytest.raises(ValueError, match="cannot be meant"):
        NOfM(n, m)


def test_a_count_is_written_as_people_say_it() -> None:
    assert str(NOfM(2, 3)) == "2 of 3"

"""The state store's contract, held against every database: what is read of earlier windows."""

from dataclasses import replace

from tests.builders import DAY, HOUR, NOON, a_measure, a_verdict
from watchkeeper.domain.levels import Level
from watchkeeper.domain.verdicts import Verdict
from watchkeeper.ports import Settlement, StateStore

EVERY = {"drift": None}


def quiet(verdict: Verdict) -> Settlement:
    """A look of which nothing follows."""
    return Settlement(verdict, (), None, None, (), (), ())


def test_measures_come_oldest_first_from_a_half_open_time(state: StateStore) -> None:
    for hour in (2, 0, 1):
        end = NOON + hour * HOUR
        state.settle(replace(quiet(a_verdict(end=end)), measures=(a_measure(at=end, value=float(hour)),)))
    [values] = state.history("flights", NOON, NOON + 2 * HOUR, EVERY).values()
    assert values == ((NOON, 0.0), (NOON + HOUR, 1.0))
    assert state.history("trains", NOON, NOON + DAY, EVERY) == {}


def test_of_each_check_as_many_windows_are_remembered_as_it_looks_back(state: StateStore) -> None:
    for hour in range(4):
        end = NOON + hour * HOUR
        told = [a_measure(at=end, check=check, subject=f"since {hour // 3}") for check in ("drift", "volume", "auc")]
        state.settle(replace(quiet(a_verdict(end=end)), measures=tuple(told)))
    found = state.history("flights", NOON, NOON + DAY, {"drift": 2, "volume": None})
    ends = {key[:2]: [at.hour for at, _ in values] for key, values in found.items()}
    assert ends == {
        ("drift", "since 0"): [14],
        ("drift", "since 1"): [15],
        ("volume", "since 0"): [12, 13, 14],
        ("volume", "since 1"): [15],
    }


def test_an_outline_is_the_verdict_without_its_findings(state: StateStore) -> None:
    verdicts = [a_verdict(end=NOON + hour * HOUR) for hour in range(4)]
    for verdict in verdicts:
        state.settle(quiet(verdict))
    found = state.outlines("flights", NOON + 3 * HOUR, 9, after=NOON)
    assert found == tuple(replace(verdict, findings=()) for verdict in (verdicts[2], verdicts[1]))
    assert state.verdicts("flights", NOON + 3 * HOUR, 9, after=NOON) == (verdicts[2], verdicts[1])


def test_outlines_may_be_asked_for_from_a_level_on(state: StateStore) -> None:
    levels = (Level.OK, Level.CRITICAL, Level.UNKNOWN, Level.WARNING)
    for hour, level in enumerate(levels):
        state.settle(quiet(a_verdict(end=NOON + hour * HOUR, level=level)))
    found = state.outlines("flights", NOON + DAY, None, least=Level.WARNING)
    assert [v.level for v in found] == [Level.WARNING, Level.CRITICAL]
    assert len(state.outlines("flights", NOON + DAY, None)) == 4
    assert [v.level for v in state.outlines("flights", NOON + DAY, 1, least=Level.CRITICAL)] == [Level.CRITICAL]


def test_measures_may_be_asked_for_by_the_moments_of_their_windows(state: StateStore) -> None:
    for hour in (2, 0, 1, 3):
        end = NOON + hour * HOUR
        told = tuple(a_measure(at=end, check=check, value=float(hour)) for check in ("drift", "volume"))
        state.settle(replace(quiet(a_verdict(end=end)), measures=told))
    found = state.measured_at("flights", {NOON + 3 * HOUR, NOON, NOON + 5 * HOUR}, ["drift"])
    assert found == {("drift", "temp", "psi"): ((NOON, 0.0), (NOON + 3 * HOUR, 3.0))}
    many = [NOON + n * HOUR for n in range(40_000)]
    assert len(state.measured_at("flights", many, ["volume"])["volume", "temp", "psi"]) == 4

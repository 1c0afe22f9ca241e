"""What a person hears of an incident: examples."""

from collections.abc import Callable
from dataclasses import replace

from tests.builders import HOUR, NOON, a_finding, a_verdict, an_incident
from tests.domain.strategies import Seen, told, watch
from watchkeeper.domain.causes import Cause
from watchkeeper.domain.confirmations import Confirmation, NOfM
from watchkeeper.domain.incidents import Change, develop
from watchkeeper.domain.levels import Level
from watchkeeper.domain.verdicts import Verdict

OK, UNKNOWN, WARNING, CRITICAL = Level.OK, Level.UNKNOWN, Level.WARNING, Level.CRITICAL
RULE = Confirmation(NOfM(2, 3), NOfM(3, 3))
ONCE = Confirmation(NOfM(1, 1), NOfM(1, 1))


def temp(*levels: Level | None) -> list[Seen]:
    """A run in which only the missing temperatures matter."""
    return [{"missing:temp": level} for level in levels]


def changes(run: list[Seen], rule: Confirmation = RULE) -> list[tuple[int, Change]]:
    """The number of the window and what was told after it."""
    return [(n, t.change) for n, (_, t) in enumerate(watch(run, rule)) if t]


def test_drift_opens_one_incident_however_long_it_lasts() -> None:
    assert changes(temp(OK, *[CRITICAL] * 20)) == [(2, Change.OPENED)]


def test_a_single_bad_window_tells_nobody() -> None:
    assert changes(temp(OK, CRITICAL, OK, OK, CRITICAL, OK, OK)) == []


def test_two_bad_windows_of_three_open() -> None:
    assert changes(temp(CRITICAL, OK, WARNING)) == [(2, Change.OPENED)]
    assert told(temp(CRITICAL, OK, WARNING))[0].incident.level is WARNING


def test_trouble_ends_after_three_quiet_windows() -> None:
    assert changes(temp(CRITICAL, CRITICAL, OK, OK, OK, OK)) == [(1, Change.OPENED), (4, Change.RESOLVED)]


def test_missing_evidence_never_ends_an_incident() -> None:
    assert changes(temp(CRITICAL, CRITICAL, *[UNKNOWN] * 10)) == [(1, Change.OPENED)]


def test_a_window_without_evidence_among_quiet_ones_starts_the_wait_anew() -> None:
    for blind in (UNKNOWN, None, WARNING):
        run = temp(CRITICAL, CRITICAL, OK, OK, blind, OK, OK, OK)
        assert changes(run) == [(1, Change.OPENED), (7, Change.RESOLVED)]


def test_a_question_nobody_asks_any_more_never_ends_an_incident() -> None:
    assert changes(temp(CRITICAL, CRITICAL, *[None] * 10)) == [(1, Change.OPENED)]


def test_a_warning_that_lingers_never_ends_an_incident() -> None:
    assert changes(temp(CRITICAL, CRITICAL, OK, OK, WARNING, OK, OK, WARNING)) == [(1, Change.OPENED)]


def test_missing_evidence_opens_an_incident_of_its_own() -> None:
    (opened,) = told(temp(UNKNOWN, UNKNOWN, UNKNOWN))
    assert (opened.change, opened.incident.level, opened.incident.cause) == (Change.OPENED, UNKNOWN, Cause.UNKNOWN)


def test_a_worse_level_escalates_and_a_better_one_is_silent() -> None:
    run = temp(WARNING, WARNING, CRITICAL, CRITICAL, WARNING, WARNING, CRITICAL)
    assert changes(run) == [(1, Change.OPENED), (3, Change.ESCALATED)]


def test_one_bad_feed_is_one_page_and_not_twenty() -> None:
    first: Seen = {"missing:temp": CRITICAL, "drift:dewp": OK, "auc:*": OK}
    both: Seen = {"missing:temp": CRITICAL, "drift:dewp": CRITICAL, "auc:*": CRITICAL}
    run = [first, first, both, both, both]
    assert changes(run) == [(1, Change.OPENED)]
    incident, _ = watch(run, RULE)[-1]
    assert incident is not None
    assert incident.marks == ("missing:temp", "drift:dewp", "auc:*")


def test_a_shift_that_begins_to_cost_is_told_once_more() -> None:
    first: Seen = {"drift:dewp": CRITICAL, "auc:*": OK}
    both: Seen = {"drift:dewp": CRITICAL, "auc:*": CRITICAL}
    opened, escalated = told([first, first, both, both, both])
    assert [t.incident.cause for t in (opened, escalated)] == [Cause.COVARIATE_SHIFT, Cause.HARMFUL_SHIFT]
    assert "as good as before" in opened.incident.evidence
    assert escalated.incident.evidence == "Answers are worse (auc) while dewp moved."


def test_a_new_cause_escalates_once() -> None:
    first: Seen = {"drift:dewp": CRITICAL, "missing:temp": OK}
    both: Seen = {"drift:dewp": CRITICAL, "missing:temp": CRITICAL}
    run = [first, first, both, both, first, first, both, both]
    assert changes(run) == [(1, Change.OPENED), (3, Change.ESCALATED)]
    assert [t.incident.cause for t in told(run)] == [Cause.COVARIATE_SHIFT, Cause.DATA_BUG]


def test_a_known_cause_survives_an_escalation_that_names_none() -> None:
    run: list[Seen] = [
        {"auc:*": WARNING, "business:fare": OK},
        {"auc:*": OK, "business:fare": CRITICAL},
    ]
    assert [(t.incident.level, t.incident.cause) for t in told(run, ONCE)] == [
        (WARNING, Cause.CONCEPT_DRIFT),
        (CRITICAL, Cause.CONCEPT_DRIFT),
    ]


def test_an_incident_waits_for_all_of_its_findings() -> None:
    both: Seen = {"drift:dewp": CRITICAL, "auc:*": WARNING}
    one: Seen = {"drift:dewp": OK, "auc:*": WARNING}
    none: Seen = {"drift:dewp": OK, "auc:*": OK}
    assert changes([both, both, *[one] * 5, none, none, none]) == [(1, Change.OPENED), (9, Change.RESOLVED)]


def test_the_key_names_the_first_bad_window_and_not_the_one_that_confirmed_it() -> None:
    (opened,) = told(temp(OK, OK, WARNING, CRITICAL))
    incident = opened.incident
    assert incident.key == "wk:test:flights:2013-07-01T14:00Z"
    assert (incident.since, incident.detected) == (NOON + 2 * HOUR, NOON + 3 * HOUR)
    assert opened.id == f"{incident.key}#1-opened"


def test_a_finding_that_outlasts_an_incident_opens_another_with_its_own_key() -> None:
    slow = Confirmation(NOfM(1, 1), NOfM(3, 3), by_check=(("auc", NOfM(5, 5)),))
    run: list[Seen] = [
        {"missing:temp": CRITICAL, "auc:*": CRITICAL},
        *[{"missing:temp": OK, "auc:*": CRITICAL} for _ in range(5)],
    ]
    assert changes(run, slow) == [(0, Change.OPENED), (3, Change.RESOLVED), (4, Change.OPENED)]
    first, _, second = told(run, slow)
    assert first.incident.since == NOON
    assert second.incident.since == NOON + 4 * HOUR


def test_the_sentence_says_the_worst_finding_and_how_many_more() -> None:
    run: list[Seen] = [{"drift:dewp": WARNING, "auc:*": CRITICAL}, {"drift:dewp": OK, "auc:*": OK}]
    opened, resolved = told(run, ONCE)
    assert opened.sentence == "flights: auc:* is CRITICAL. (1 more)"
    assert resolved.sentence == "flights: Quiet in 1 of 1 windows: auc:*, drift:dewp."
    assert not resolved.incident.is_open
    assert resolved.incident.resolved == NOON + HOUR


def test_a_value_that_dances_around_its_limit_keeps_its_incident() -> None:
    def look(level: Level, value: float) -> Verdict:
        return a_verdict(end=NOON, findings=[a_finding(level=level, value=value, limit=1.0)])

    open_one = an_incident(since=NOON - 2 * HOUR, level=WARNING)
    for value, over in ((0.95, False), (0.85, False), (0.81, False), (0.80, True), (float("nan"), True)):
        level = WARNING if value >= 0.9 else OK
        incident, _ = develop("test", open_one, [look(level, value)], ONCE)
        assert incident is not None
        assert incident.is_open is not over


def test_a_value_beyond_its_limit_that_its_check_excuses_keeps_no_incident_open() -> None:
    excused = a_verdict(findings=[a_finding(level=OK, value=2.0, limit=1.0)])
    incident, _ = develop("test", an_incident(since=NOON - 2 * HOUR), [excused], ONCE)
    assert incident is not None
    assert not incident.is_open


def test_missing_evidence_that_came_back_is_no_value_that_dances() -> None:
    came_back = a_verdict(findings=[a_finding(level=OK, value=0.85, limit=1.0)])
    incident, _ = develop("test", an_incident(since=NOON - 2 * HOUR, level=UNKNOWN), [came_back], ONCE)
    assert incident is not None
    assert not incident.is_open


def test_a_check_may_warn_earlier_and_is_released_below_its_own_warning() -> None:
    early = replace(ONCE, warnings=(("missing", 0.5),))
    for value, quiet in ((0.40, True), (0.46, False)):
        assert early.is_released(a_finding(level=OK, value=value, limit=1.0)) is quiet
        assert ONCE.is_released(a_finding(level=OK, value=value, limit=1.0))


def test_an_incident_lasts_its_least_time_however_soon_all_is_quiet() -> None:
    patient = Confirmation(NOfM(1, 1), NOfM(1, 1), lasts=3 * HOUR)
    assert changes(temp(CRITICAL, OK, OK, OK, OK), patient) == [(0, Change.OPENED), (3, Change.RESOLVED)]
    assert changes(temp(CRITICAL, OK, CRITICAL, OK, OK), patient) == [(0, Change.OPENED), (3, Change.RESOLVED)]


def test_an_incident_waits_for_no_answer_that_nobody_asks_for() -> None:
    quiet = [a_verdict(end=NOON + n * HOUR, findings=[a_finding(level=OK, value=0.0)]) for n in (2, 1)]
    removed = an_incident(marks=("missing:temp", "auc:*"))
    asked: Callable[[str], bool] = lambda mark: mark != "auc:*"
    still, _ = develop("test", removed, quiet[::-1], ONCE)
    assert still == removed
    resolved, told_of_it = develop("test", removed, quiet, ONCE, asked)
    assert resolved is not None
    assert told_of_it is not None
    assert (resolved.marks, resolved.is_open) == (("missing:temp",), False)


def test_an_incident_of_which_nothing_is_asked_any_more_ends_and_says_so() -> None:
    quiet = [a_verdict(end=NOON + HOUR, findings=[a_finding(subject="dewp", level=OK)])]
    resolved, told_of_it = develop("test", an_incident(), quiet, RULE, lambda _: False)
    assert resolved is not None
    assert told_of_it is not None
    assert not resolved.is_open
    assert told_of_it.sentence == "flights: The spec no longer asks about missing:temp."

"""The state store's contract, held against every database: verdicts, measures, incidents, proof."""

import math
from dataclasses import replace

import pytest

from tests.builders import (
    DAY,
    DIGEST,
    HOUR,
    NOON,
    a_finding,
    a_heartbeat,
    a_measure,
    a_settlement,
    a_transition,
    a_verdict,
    an_entry,
    an_incident,
)
from watchkeeper.domain.findings import Measure
from watchkeeper.domain.incidents import Change
from watchkeeper.domain.levels import Level
from watchkeeper.domain.verdicts import Verdict
from watchkeeper.errors import Conflict, NotThere
from watchkeeper.ports import Settlement, StateStore
from watchkeeper.window import History

ODD = "naïve \N{SNOWMAN} \x00 'quoted' \"twice\" 100 %(s)s :name \\ \n"


EVERY = {"drift": None}


def history_of(measures: tuple[Measure, ...]) -> History:
    """Measures of one window as they are remembered."""
    return {(m.check, m.subject, m.name): ((m.at, m.value),) for m in measures}


def quiet(verdict: Verdict) -> Settlement:
    """A look of which nothing follows."""
    return Settlement(verdict, (), None, None, (), (), ())


def test_a_settlement_is_read_back_whole(state: StateStore) -> None:
    look = a_settlement()
    assert state.settle(look) is True
    assert state.verdict(look.verdict.id) == look.verdict
    assert state.history("flights", NOON, NOON + HOUR, EVERY) == history_of(look.measures)
    assert state.incidents() == (look.incident,)
    assert state.transitions(look.incident.key) == (look.transition,)
    assert [alert for alert, _ in state.undelivered().values()] == list(look.alerts)
    assert [followup for followup, _ in state.unacknowledged()] == list(look.followups)
    assert state.audit() == look.entries


def test_a_window_that_was_settled_stays_as_it_was(state: StateStore) -> None:
    first = a_settlement()
    state.settle(first)
    second = a_settlement(a_verdict(why="something else", findings=()))
    assert state.settle(second) is False
    assert state.verdict(first.verdict.id) == first.verdict
    assert state.history("flights", NOON, NOON + HOUR, EVERY) == history_of(first.measures)
    assert len(state.undelivered()) == len(first.alerts)


def test_the_same_settlement_twice_writes_once(state: StateStore) -> None:
    assert [state.settle(a_settlement()) for _ in range(3)] == [True, False, False]
    assert [len(values) for values in state.history("flights", NOON, NOON + HOUR, EVERY).values()] == [1, 1, 1]
    assert len(state.audit()) == 1


def test_a_look_may_have_no_consequences(state: StateStore) -> None:
    assert state.settle(quiet(a_verdict(findings=()))) is True
    assert (state.incidents(), state.undelivered(), state.unacknowledged(), state.audit()) == ((), {}, (), ())


def test_what_cannot_be_measured_is_read_back_as_nan(state: StateStore) -> None:
    finding = a_finding(level=Level.UNKNOWN, value=math.nan, limit=math.inf)
    measure = a_measure(value=-math.inf, at=NOON)
    state.settle(replace(quiet(a_verdict(findings=(finding,))), measures=(measure, a_measure(value=math.nan))))
    found = state.verdict(a_verdict().id).findings[0]
    assert math.isnan(found.value)
    assert found.limit == math.inf
    [values] = state.history("flights", NOON, NOON + HOUR, EVERY).values()
    assert values[0] == (NOON, -math.inf)
    assert math.isnan(values[1][1])


def test_odd_words_come_back_as_they_were(state: StateStore) -> None:
    verdict = a_verdict(why=ODD, findings=(a_finding(sentence=ODD, subject=ODD),))
    state.settle(quiet(verdict))
    assert state.verdict(verdict.id) == verdict


def test_verdicts_end_before_the_moment_and_come_newest_first(state: StateStore) -> None:
    for hour in (1, 3, 0, 2):
        state.settle(quiet(a_verdict(end=NOON + hour * HOUR)))
    state.settle(quiet(a_verdict("trains", NOON)))
    ends = [v.interval.end for v in state.verdicts("flights", NOON + 3 * HOUR, 2)]
    assert ends == [NOON + 2 * HOUR, NOON + HOUR]
    assert len(state.verdicts("flights", NOON + 9 * HOUR, 10)) == 4


def test_moments_in_other_time_zones_are_the_same_moments(state: StateStore) -> None:
    state.settle(quiet(a_verdict()))
    west = (NOON + HOUR).astimezone(NOON.astimezone().tzinfo)
    (verdict,) = state.verdicts("flights", west, 1)
    assert verdict.interval.end == NOON
    assert verdict.interval.end.tzinfo is NOON.tzinfo


def test_a_moment_without_a_time_zone_is_refused(state: StateStore) -> None:
    with pytest.raises(ValueError, match="time zone"):
        state.note(an_entry(at=NOON.replace(tzinfo=None)))


def test_an_incident_is_written_over_as_it_develops(state: StateStore) -> None:
    opened = a_settlement()
    state.settle(opened)
    assert state.open_incident("flights") == opened.incident
    assert state.open_incident("trains") is None
    end = NOON + 5 * HOUR
    resolved = replace(opened.incident, resolved=end, changes=2)
    told = a_transition(resolved, Change.RESOLVED, at=end)
    state.settle(replace(quiet(a_verdict(end=end)), incident=resolved, transition=told))
    assert state.open_incident("flights") is None
    assert state.incident(resolved.key) == resolved
    assert [t.change for t in state.transitions(resolved.key)] == [Change.OPENED, Change.RESOLVED]


def test_a_late_look_does_not_reopen_what_was_resolved(state: StateStore) -> None:
    resolved = an_incident(changes=2, resolved=NOON + 5 * HOUR)
    state.settle(replace(quiet(a_verdict(end=NOON + 5 * HOUR)), incident=resolved))
    state.settle(replace(quiet(a_verdict()), incident=an_incident()))
    assert state.incidents("flights") == (resolved,)


def test_a_model_has_at_most_one_open_incident(state: StateStore) -> None:
    state.settle(a_settlement())
    late = a_settlement(a_verdict(end=NOON + DAY))
    with pytest.raises(Conflict, match="flights has another open incident"):
        state.settle(late)
    assert state.verdict(late.verdict.id) is None
    assert len(state.incidents()) == 1


def test_incidents_come_oldest_first(state: StateStore) -> None:
    for day, model in ((2, "a"), (1, "b"), (3, "a")):
        since = NOON + day * DAY
        incident = an_incident(model, since, resolved=since + HOUR)
        state.settle(replace(quiet(a_verdict(model, since)), incident=incident))
    assert [i.since.day for i in state.incidents()] == [2, 3, 4]
    assert [i.since.day for i in state.incidents("a")] == [3, 4]


def test_an_incident_that_does_not_exist_is_not_there(state: StateStore) -> None:
    with pytest.raises(NotThere, match="wk:nowhere"):
        state.incident("wk:nowhere")


def test_a_link_is_added_once_and_renewed(state: StateStore) -> None:
    for url in ("https://one", "https://one", "https://two"):
        state.link("wk:a", "report", url)
    state.link("wk:a", "issue", "https://issue")
    state.link("wk:b", "report", "https://other")
    assert list(state.links("wk:a").items()) == [("report", "https://two"), ("issue", "https://issue")]
    assert state.links("wk:c") == {}


def test_the_audit_trail_comes_newest_first_and_says_things_once(state: StateStore) -> None:
    for day in (2, 1, 3, 3):
        state.note(an_entry(id=f"entry {day}", at=NOON + day * DAY, because=ODD, about=DIGEST))
    state.note(an_entry(id="other", model="trains", at=NOON))
    assert [e.id for e in state.audit()] == ["entry 3", "entry 2", "entry 1", "other"]
    assert [e.id for e in state.audit("flights", most=2)] == ["entry 3", "entry 2"]
    assert state.audit("flights")[0].because == ODD


def test_a_heartbeat_is_the_newest_of_its_name(state: StateStore) -> None:
    for day in (1, 2, 0):
        state.beat(a_heartbeat(at=NOON + day * DAY, detail=f"day {day}"))
    state.beat(a_heartbeat(name="janitor"))
    assert state.heartbeats() == (a_heartbeat(name="janitor"), a_heartbeat(at=NOON + 2 * DAY, detail="day 2"))

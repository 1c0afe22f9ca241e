"""What lasts from opened to resolved: laws over runs of windows."""

from datetime import datetime
from itertools import pairwise

from hypothesis import given, settings

from tests.builders import HOUR, NOON
from tests.domain.strategies import Seen, rules, runs, told, verdicts_of, watch
from watchkeeper.domain.confirmations import Confirmation
from watchkeeper.domain.incidents import Change, Incident, develop
from watchkeeper.domain.levels import Level


def ends_by_key(run: list[Seen], rule: Confirmation) -> dict[str, Incident]:
    """Every incident of a run as it was last, in order."""
    return {incident.key: incident for incident, _ in watch(run, rule) if incident}


@given(runs, rules)
def test_every_transition_has_an_id_of_its_own(run: list[Seen], rule: Confirmation) -> None:
    ids = [t.id for t in told(run, rule)]
    assert len(ids) == len(set(ids))


@given(runs, rules)
def test_an_incident_is_opened_once_and_resolved_at_most_once(run: list[Seen], rule: Confirmation) -> None:
    changes: dict[str, list[Change]] = {}
    for transition in told(run, rule):
        changes.setdefault(transition.incident.key, []).append(transition.change)
    for each in changes.values():
        assert each[0] is Change.OPENED
        assert Change.OPENED not in each[1:]
        assert Change.RESOLVED not in each[:-1]


@given(runs, rules)
def test_two_incidents_of_a_model_never_overlap(run: list[Seen], rule: Confirmation) -> None:
    incidents = list(ends_by_key(run, rule).values())
    for earlier, later in pairwise(incidents):
        assert earlier.resolved is not None
        assert earlier.resolved < later.since <= later.detected


@given(runs, rules)
def test_an_incident_never_gets_better_before_it_is_over(run: list[Seen], rule: Confirmation) -> None:
    before: dict[str, Incident] = {}
    for incident, _ in watch(run, rule):
        if incident is None:
            continue
        last = before.get(incident.key, incident)
        assert incident.level >= last.level
        assert incident.marks[: len(last.marks)] == last.marks
        assert (incident.since, incident.detected) == (last.since, last.detected)
        before[incident.key] = incident


@given(runs, rules)
def test_only_a_worse_level_or_another_cause_escalates(run: list[Seen], rule: Confirmation) -> None:
    before: Incident | None = None
    for incident, transition in watch(run, rule):
        if transition and transition.change is Change.ESCALATED:
            assert before is not None
            joined = set(transition.incident.marks) - set(before.marks)
            worse = transition.incident.level > before.level
            assert worse or (joined and transition.incident.cause is not before.cause)
            assert transition.incident.changes == before.changes + 1
        before = incident


@settings(max_examples=150)
@given(runs, rules)
def test_an_incident_is_over_only_when_each_of_its_findings_was_answered_ok(
    run: list[Seen], rule: Confirmation
) -> None:
    for transition in told(run, rule):
        if transition.change is Change.RESOLVED:
            newest = int((transition.at - NOON) / HOUR)
            last = run[max(0, newest + 1 - rule.resolves.m) : newest + 1]
            quiet = [all(seen[mark] is Level.OK for mark in transition.incident.marks) for seen in last]
            assert quiet[-1]
            assert sum(quiet) >= rule.resolves.n


@given(runs, rules)
def test_looking_again_at_the_same_window_says_the_same(run: list[Seen], rule: Confirmation) -> None:
    past = verdicts_of(run)[::-1][: rule.reach + 1]
    before = watch(run[:-1], rule)
    last = next((incident for incident, _ in reversed(before) if incident), None)
    assert develop("test", last, past, rule) == develop("test", last, past, rule) == watch(run, rule)[-1]


@given(runs, rules)
def test_every_confirmed_finding_belongs_to_the_incident(run: list[Seen], rule: Confirmation) -> None:
    strict = Confirmation(rule.opens, rule.resolves)
    for n, (incident, _) in enumerate(watch(run, strict)):
        last = run[max(0, n + 1 - strict.opens.m) : n + 1]
        for mark in run[n]:
            bad = [seen for seen in last if (seen[mark] or Level.OK) > Level.OK]
            if (run[n][mark] or Level.OK) > Level.OK and len(bad) >= strict.opens.n:
                assert incident is not None
                assert mark in incident.marks


@given(runs, rules)
def test_a_transition_carries_the_moment_of_its_window(run: list[Seen], rule: Confirmation) -> None:
    moments: list[datetime] = [v.interval.end for v in verdicts_of(run)]
    for moment, (incident, transition) in zip(moments, watch(run, rule), strict=True):
        if transition:
            assert transition.at == moment
            assert transition.incident == incident

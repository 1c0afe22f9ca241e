"""Transitions on their way to people."""

from hypothesis import given
from hypothesis import strategies as st

from tests.builders import a_finding, a_transition, an_incident
from tests.domain.strategies import Seen, levels, rules, runs, told
from watchkeeper.domain.alerts import TOLD_FINDINGS, Link, Route, alerts_for
from watchkeeper.domain.confirmations import Confirmation
from watchkeeper.domain.incidents import Change
from watchkeeper.domain.levels import Level

LINKS = (Link("Runbook: missing", "https://example.com/missing.md"), Link("Prefect UI", "http://127.0.0.1:4200"))
ROUTES = (Route("console", Level.UNKNOWN), Route("github", Level.WARNING), Route("pagerduty", Level.CRITICAL))
some_routes = st.lists(
    st.builds(Route, st.sampled_from(["console", "github", "pagerduty"]), levels), unique_by=lambda r: r.channel
)


@given(levels, some_routes)
def test_a_channel_hears_of_incidents_from_its_level_on(level: Level, routes: list[Route]) -> None:
    alerts = alerts_for(a_transition(an_incident(level=level)), [], routes, ())
    assert [a.channel for a in alerts] == [r.channel for r in routes if level >= r.least]


@given(runs, rules, some_routes)
def test_whoever_heard_of_an_incident_hears_of_its_end(
    run: list[Seen], rule: Confirmation, routes: list[Route]
) -> None:
    heard: dict[str, set[str]] = {}
    for transition in told(run, rule):
        channels = {a.channel for a in alerts_for(transition, [], routes, ())}
        before = heard.setdefault(transition.incident.key, set())
        assert before <= channels
        before |= channels


@given(runs, rules)
def test_every_alert_has_an_id_of_its_own_and_its_incidents_dedup_key(run: list[Seen], rule: Confirmation) -> None:
    alerts = [a for transition in told(run, rule) for a in alerts_for(transition, [], ROUTES, ())]
    assert len({a.id for a in alerts}) == len(alerts)
    assert all(a.id.startswith(a.incident) and a.id.endswith(f">{a.channel}") for a in alerts)


def test_an_alert_says_what_changed_and_where_to_read_on() -> None:
    transition = a_transition(change=Change.ESCALATED)
    (alert,) = alerts_for(transition, [a_finding()], ROUTES[:1], LINKS)
    assert (alert.change, alert.model, alert.level) == (Change.ESCALATED, "flights", Level.CRITICAL)
    assert alert.sentence == transition.sentence
    assert alert.findings == ("CRITICAL: 40 % of temp is missing, the limit is 10 %.",)
    assert alert.links == LINKS
    assert alert.at == transition.at


def test_an_alert_carries_no_good_news_and_only_the_first_ten_findings() -> None:
    good = [a_finding(subject=f"good {n}", level=Level.OK) for n in range(3)]
    bad = [a_finding(subject=f"bad {n}", sentence=f"bad {n}") for n in range(15)]
    (alert,) = alerts_for(a_transition(), [*good, *bad], ROUTES[:1], ())
    assert alert.findings == tuple(f"CRITICAL: bad {n}" for n in range(TOLD_FINDINGS))

"""What would reach PagerDuty, and what becomes of an alert when PagerDuty fails."""

import json
from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from examples.standins.pagerduty import PagerDutyStandin
from examples.standins.server import serve
from tests.builders import an_alert
from tests.doors import Door
from watchkeeper.adapters.pagerduty_channel import PagerDutyChannel
from watchkeeper.domain.alerts import Alert, Link
from watchkeeper.domain.incidents import Change
from watchkeeper.domain.levels import Level
from watchkeeper.domain.responses import ADVICE

KEY = "r0utingk3y-r0utingk3y-r0utingk3y"
PAGE = Link("report", "https://wandb.example/report")
ALERT = an_alert(channel="pagerduty", links=(Link("runbook", "https://wiki.example/missing"), PAGE))


@pytest.fixture
def there() -> PagerDutyStandin:
    return PagerDutyStandin()


@pytest.fixture(scope="module")
def door() -> Iterator[Door]:
    door = Door()
    with serve(door) as door.url:
        yield door


@pytest.fixture
def channel(there: PagerDutyStandin, door: Door) -> PagerDutyChannel:
    door.app = there.app()
    return PagerDutyChannel(KEY, door.url)


def test_an_opened_incident_triggers_with_all_that_a_responder_needs(
    channel: PagerDutyChannel, there: PagerDutyStandin
) -> None:
    assert channel.deliver(ALERT) == ALERT.incident
    assert [call.json for call in there.calls] == [
        {
            "routing_key": KEY,
            "event_action": "trigger",
            "dedup_key": ALERT.incident,
            "client": "Watchkeeper",
            "links": [
                {"href": "https://wiki.example/missing", "text": "runbook"},
                {"href": "https://wandb.example/report", "text": "report"},
            ],
            "payload": {
                "summary": "CRITICAL flights: 40 % of temp is missing, the limit is 10 %.",
                "source": "watchkeeper",
                "severity": "critical",
                "timestamp": "2013-07-01T13:00:00+00:00",
                "component": "flights",
                "group": "models",
                "class": "data bug",
                "custom_details": {
                    "model": "flights",
                    "level": "CRITICAL",
                    "cause": "data bug",
                    "incident": ALERT.incident,
                    "change": "opened",
                    "sentence": "flights: 40 % of temp is missing, the limit is 10 %.",
                    "finding 01": "CRITICAL: 40 % of temp is missing, the limit is 10 %.",
                },
            },
        }
    ]


def test_the_evidence_for_the_cause_and_what_to_do_about_it_are_details(
    channel: PagerDutyChannel, there: PagerDutyStandin
) -> None:
    channel.deliver(replace(ALERT, evidence="The records themselves are broken: temp (missing)."))
    details = there.calls[0].json["payload"]["custom_details"]
    assert details["evidence"] == "The records themselves are broken: temp (missing)."
    assert details["what to do"] == ADVICE[ALERT.cause]


def test_a_resolution_says_which_incident_and_no_more(channel: PagerDutyChannel, there: PagerDutyStandin) -> None:
    channel.deliver(ALERT)
    channel.deliver(replace(ALERT, change=Change.RESOLVED))
    assert there.calls[-1].json == {"routing_key": KEY, "event_action": "resolve", "dedup_key": ALERT.incident}
    assert [i["status"] for i in there.incidents] == ["resolved"]


@pytest.mark.parametrize(
    ("level", "severity"), [(Level.CRITICAL, "critical"), (Level.WARNING, "warning"), (Level.UNKNOWN, "warning")]
)
def test_the_level_decides_the_severity(
    channel: PagerDutyChannel, there: PagerDutyStandin, level: Level, severity: str
) -> None:
    channel.deliver(replace(ALERT, level=level))
    assert there.calls[0].json["payload"]["severity"] == severity


def test_a_runbook_that_is_a_path_stands_among_the_details(channel: PagerDutyChannel, there: PagerDutyStandin) -> None:
    channel.deliver(replace(ALERT, links=(Link("runbook", "docs/runbooks/missing.md"), PAGE)))
    event = there.calls[0].json
    assert event["payload"]["custom_details"]["runbook"] == "docs/runbooks/missing.md"
    assert event["links"] == [{"href": PAGE.url, "text": "report"}]


def test_the_sender_can_have_a_page(channel: PagerDutyChannel, there: PagerDutyStandin) -> None:
    replace(channel, client="Night watch", client_url="https://watch.example").deliver(ALERT)
    event = there.calls[0].json
    assert (event["client"], event["client_url"]) == ("Night watch", "https://watch.example")


def test_an_incident_with_a_very_long_key_keeps_a_key_of_its_own(
    channel: PagerDutyChannel, there: PagerDutyStandin
) -> None:
    long = "wk:prod:" + 300 * "m"
    for key in (long + ":1", long + ":1", long + ":2"):
        channel.deliver(replace(ALERT, incident=key))
    assert len(there.incidents) == 2
    assert there.violations == []


WORDS = st.text(max_size=60) | st.builds(lambda word, times: word * times, st.text(max_size=4), st.integers(0, 3000))
LINKS = st.builds(Link, WORDS, WORDS | WORDS.map("https://wiki.example/{}".format))
ALERTS = st.builds(
    replace,
    st.just(ALERT),
    sentence=WORDS,
    model=WORDS,
    findings=st.lists(WORDS, max_size=15).map(tuple),
    links=st.lists(LINKS, max_size=15).map(tuple),
    level=st.sampled_from([Level.UNKNOWN, Level.WARNING, Level.CRITICAL]),
)


def test_whatever_live_traffic_put_into_an_alert_pagerduty_takes_it(
    channel: PagerDutyChannel, there: PagerDutyStandin
) -> None:
    @settings(max_examples=60, deadline=None)
    @given(ALERTS)
    def takes(alert: Alert) -> None:
        there.incidents.clear()
        channel.deliver(alert)
        assert there.violations == []
        assert len(there.calls[-1].raw) < 50_000
        assert len(there.incidents) == 1

    takes()


@pytest.mark.parametrize("letter", ["x", "é", "\N{OWL}"])
def test_of_too_much_text_the_beginning_is_told(
    channel: PagerDutyChannel, there: PagerDutyStandin, letter: str
) -> None:
    long = 9_000 * letter
    link = Link(long, f"https://wiki.example/{1_900 * 'x'}")
    channel.deliver(replace(ALERT, sentence=long, findings=(long,) * 15, links=(link,) * 15))
    event = there.calls[0].json
    assert event["payload"]["summary"].startswith(f"CRITICAL {50 * letter}")
    assert len(event["links"]) == 10
    assert "finding 10" in event["payload"]["custom_details"]
    assert "finding 11" not in event["payload"]["custom_details"]
    assert len(there.calls[0].raw) < 50_000
    assert there.violations == []


def test_a_number_that_could_not_be_measured_is_told_in_words(
    channel: PagerDutyChannel, there: PagerDutyStandin
) -> None:
    channel.deliver(replace(ALERT, findings=("UNKNOWN: psi is nan, inf at worst",)))
    assert json.dumps(there.calls[0].json, allow_nan=False)
    assert there.calls[0].json["payload"]["custom_details"]["finding 01"] == "UNKNOWN: psi is nan, inf at worst"

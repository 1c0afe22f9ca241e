"""Which issues and comments would stand on GitHub."""

import json
from collections.abc import Iterator
from dataclasses import replace
from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from examples.standins.github import GitHubStandin
from examples.standins.server import serve
from tests.builders import an_alert
from tests.doors import Door
from watchkeeper.adapters.github_channel import GitHubChannel
from watchkeeper.domain.alerts import Alert, Link
from watchkeeper.domain.incidents import Change
from watchkeeper.domain.responses import ADVICE

TOKEN = "-".join(["ghp", *4 * ["t0ken"]])
RUNBOOK = Link("runbook", "https://wiki.example/missing")
OPENED = an_alert(channel="github", links=(RUNBOOK, Link("report", "reports/flights.html")))
ESCALATED = replace(OPENED, id="wk:test:flights#2-escalated>github", change=Change.ESCALATED)
RESOLVED = replace(OPENED, id="wk:test:flights#3-resolved>github", change=Change.RESOLVED)


@pytest.fixture(scope="module")
def door() -> Iterator[Door]:
    door = Door()
    with serve(door) as door.url:
        yield door


@pytest.fixture
def there(door: Door) -> Iterator[GitHubStandin]:
    """GitHub; at the end of every test each call, and each answer, was as GitHub's own document says."""
    standin = GitHubStandin(TOKEN)
    door.app = standin.app()
    yield standin
    assert standin.violations == []


@pytest.fixture
def channel(there: GitHubStandin, door: Door) -> GitHubChannel:
    assert there.token == TOKEN
    return GitHubChannel(TOKEN, "acme/flights", door.url, seconds_between_requests=0, seconds_between_writes=0)


def writes(there: GitHubStandin) -> list[str]:
    return [f"{call.method} {call.path}" for call in there.calls if call.method != "GET"]


def test_an_opened_incident_becomes_an_issue_with_all_that_a_reader_needs(
    channel: GitHubChannel, there: GitHubStandin, door: Door
) -> None:
    assert channel.deliver(OPENED) == f"{door.url}/acme/flights/issues/1"
    (issue,) = there.issues
    assert issue["title"] == "CRITICAL flights: 40 % of temp is missing, the limit is 10 %."
    assert issue["labels"] == ["wk-" + sha256(OPENED.incident.encode()).hexdigest()[:12]]
    text, _, marks = issue["body"].rpartition("\n\n")
    assert text.split("\n\n") == [
        "**CRITICAL** - data bug - opened",
        "flights: 40 % of temp is missing, the limit is 10 %.",
        "* CRITICAL: 40 % of temp is missing, the limit is 10 %.",
        "[runbook](<https://wiki.example/missing>) - report: reports/flights.html",
        "Incident wk:test:flights:2013-07-01T12:00Z",
    ]
    assert all(mark.startswith("<!-- watchkeeper ") and mark.endswith(" -->") for mark in marks.splitlines())


def test_an_issue_says_the_evidence_for_its_cause_and_what_to_do_until_it_is_over(
    channel: GitHubChannel, there: GitHubStandin
) -> None:
    opened = replace(OPENED, evidence="The records themselves are broken: temp (missing).")
    channel.deliver(opened)
    paragraphs = there.issues[0]["body"].split("\n\n")
    assert "Evidence: The records themselves are broken: temp (missing)." in paragraphs
    assert f"What to do: {ADVICE[opened.cause]}" in paragraphs
    channel.deliver(replace(opened, id="over", change=Change.RESOLVED))
    assert "Evidence" not in there.comments[0]["body"]


def test_labels_and_assignees_are_as_asked(channel: GitHubChannel, there: GitHubStandin) -> None:
    there.people = {"mona"}
    replace(channel, labels=("models", "pager"), assignees=("mona",)).deliver(OPENED)
    assert there.issues[0]["labels"][1:] == ["models", "pager"]
    assert there.issues[0]["assignees"] == ["mona"]


def test_an_unknown_assignee_does_not_cost_the_issue(channel: GitHubChannel, there: GitHubStandin) -> None:
    replace(channel, assignees=("nobody",)).deliver(OPENED)
    assert [issue["assignees"] for issue in there.issues] == [[]]


def test_an_escalation_is_one_comment(channel: GitHubChannel, there: GitHubStandin) -> None:
    for alert in (OPENED, ESCALATED, ESCALATED):
        channel.deliver(alert)
    assert len(there.issues) == 1
    assert [c["body"].splitlines()[0] for c in there.comments] == ["**CRITICAL** - data bug - escalated"]


def test_an_escalation_opens_the_issue_that_is_not_there(channel: GitHubChannel, there: GitHubStandin) -> None:
    channel.deliver(ESCALATED)
    channel.deliver(ESCALATED)
    assert [issue["state"] for issue in there.issues] == ["open"]
    assert there.comments == []


def test_a_resolution_is_one_comment_and_closes(channel: GitHubChannel, there: GitHubStandin) -> None:
    for alert in (OPENED, RESOLVED, RESOLVED):
        channel.deliver(alert)
    assert [(issue["state"], issue["state_reason"]) for issue in there.issues] == [("closed", "completed")]
    assert [c["body"].splitlines()[0] for c in there.comments] == ["**CRITICAL** - data bug - resolved"]
    assert [write.split()[0] for write in writes(there)] == ["POST", "POST", "PATCH"]


def test_an_alert_replayed_after_the_end_changes_nothing(channel: GitHubChannel, there: GitHubStandin) -> None:
    life = (OPENED, ESCALATED, RESOLVED)
    for alert in life:
        channel.deliver(alert)
    done = writes(there)
    for alert in life:
        channel.deliver(alert)
    assert writes(there) == done
    assert [issue["state"] for issue in there.issues] == ["closed"]


@pytest.mark.parametrize("login", ["watchkeeper-bot", None])
def test_without_the_right_to_label_there_is_still_one_issue(
    channel: GitHubChannel, there: GitHubStandin, login: str | None
) -> None:
    there.may_push, there.login = False, login
    for alert in (OPENED, OPENED, ESCALATED, RESOLVED, OPENED):
        channel.deliver(alert)
    assert [(issue["state"], issue["labels"]) for issue in there.issues] == [("closed", [])]
    assert len(there.comments) == 2


def test_an_issue_without_its_label_is_found_among_many(channel: GitHubChannel, there: GitHubStandin) -> None:
    there.may_push = False
    channel.deliver(OPENED)
    there.issues += [there.issues[0] | {"number": n, "body": None} for n in range(2, 250)]
    channel.deliver(OPENED)
    assert len(writes(there)) == 1


def test_a_comment_is_found_among_many(channel: GitHubChannel, there: GitHubStandin) -> None:
    channel.deliver(OPENED)
    channel.deliver(ESCALATED)
    there.comments[:0] = [there.comments[0] | {"id": n, "body": "looking into it"} for n in range(2, 150)]
    channel.deliver(ESCALATED)
    assert len(writes(there)) == 2


def test_an_issue_of_a_person_that_quotes_the_key_is_not_taken_for_ours(
    channel: GitHubChannel, there: GitHubStandin
) -> None:
    channel.deliver(OPENED)
    there.issues[0]["body"] = f"What is {OPENED.incident} ({OPENED.id})?"
    channel.deliver(OPENED)
    assert len(there.issues) == 2


def test_what_live_traffic_says_neither_calls_people_nor_formats_the_page(
    channel: GitHubChannel, there: GitHubStandin
) -> None:
    said = "carrier is @everyone <!-- --> [x](http://evil.example) `code`\n# loud"
    channel.deliver(replace(OPENED, findings=(said,), links=(Link("a]b", "https://x.example/<b>"),)))
    finding, link = there.issues[0]["body"].split("\n\n")[2:4]
    assert finding == r"* carrier is @everyone \<\!-- --\> \[x\](http://evil.example) \`code\` \# loud".replace(
        "@", "@\u200b"
    )
    assert link == r"[a\]b](<https://x.example/%3Cb%3E>)"


WORDS = st.text(max_size=60) | st.builds(lambda word, times: word * times, st.text(max_size=4), st.integers(0, 3000))
LINKS = st.builds(Link, WORDS, WORDS | WORDS.map("https://wiki.example/{}".format))
ALERTS = st.builds(
    replace,
    st.just(OPENED),
    incident=st.uuids().map(str),
    sentence=WORDS,
    findings=st.lists(WORDS, max_size=15).map(tuple),
    links=st.lists(LINKS, max_size=15).map(tuple),
)


def test_whatever_live_traffic_put_into_an_alert_github_takes_it(channel: GitHubChannel, there: GitHubStandin) -> None:
    @settings(max_examples=40, deadline=None)
    @given(ALERTS)
    def takes(alert: Alert) -> None:
        there.issues.clear()
        channel.deliver(alert)
        channel.deliver(alert)
        (issue,) = there.issues
        assert len(issue["title"]) <= 256
        assert len(issue["body"]) < 65_536

    takes()


def test_the_longest_body_fits(channel: GitHubChannel, there: GitHubStandin) -> None:
    worst = 9_000 * "*"
    link = Link(worst, "https://" + 9_000 * "<")
    channel.deliver(replace(OPENED, sentence=worst, incident=worst, findings=(worst,) * 20, links=(link,) * 20))
    assert len(there.issues[0]["body"]) < 65_536
    assert there.issues[0]["body"].endswith(" -->")
    assert json.dumps(there.issues[0], allow_nan=False)

"""The stand-ins refuse what the real ones refuse, and remember what the real ones remember."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from examples.standins.github import SLICE, GitHubStandin
from examples.standins.pagerduty import PagerDutyStandin
from examples.standins.pagerduty_rules import broken_rules
from examples.standins.server import serve
from examples.standins.slice_github_openapi import CALLS, bare, references, sliced
from examples.standins.standin import Fault
from tests.doors import Door

ISSUES = "/repos/acme/flights/issues"
TRIGGER: dict[str, Any] = {
    "routing_key": 32 * "k",
    "event_action": "trigger",
    "dedup_key": "wk:1",
    "payload": {"summary": "temp is missing", "source": "watchkeeper", "severity": "critical"},
}


@pytest.fixture(scope="module")
def door() -> Iterator[Door]:
    door = Door()
    with serve(door) as door.url:
        yield door


@pytest.fixture
def github(door: Door) -> GitHubStandin:
    standin = GitHubStandin()
    door.app = standin.app()
    return standin


@pytest.fixture
def pagerduty(door: Door) -> PagerDutyStandin:
    standin = PagerDutyStandin()
    door.app = standin.app()
    return standin


def call(door: Door, method: str, path: str, body: object = None) -> httpx.Response:
    return httpx.request(method, door.url + path, json=body, trust_env=False)


def event(changes: dict[str, Any]) -> dict[str, Any]:
    return TRIGGER | changes | {"payload": TRIGGER["payload"] | changes.get("payload", {})}


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"routing_key": "short"}, "'routing_key' is not 32 characters long"),
        ({"event_action": "shout"}, "'event_action' is none of"),
        ({"dedup_key": 256 * "k"}, "'dedup_key' is longer"),
        ({"event_action": "resolve", "dedup_key": ""}, "'dedup_key' is missing"),
        ({"severity": "critical"}, "unknown fields"),
        ({"payload": {"summary": 1025 * "x"}}, "'payload.summary'"),
        ({"payload": {"summary": ""}}, "'payload.summary'"),
        ({"payload": {"source": None}}, "'payload.source'"),
        ({"payload": {"severity": "CRITICAL"}}, "'payload.severity'"),
        ({"payload": {"timestamp": "yesterday"}}, "'payload.timestamp'"),
        ({"payload": {"level": 3}}, "unknown fields in 'payload'"),
        ({"links": [{"text": "runbook"}]}, "'href'"),
        ({"images": [{"src": "http://plain.example/x.png"}]}, "not https"),
    ],
)
def test_pagerduty_refuses_what_its_documentation_forbids(
    door: Door, pagerduty: PagerDutyStandin, wrong: dict[str, Any], sentence: str
) -> None:
    answer = call(door, "POST", "/v2/enqueue", event(wrong))
    assert answer.status_code == 400
    assert [broken for broken in answer.json()["errors"] if sentence in broken]
    assert pagerduty.violations == answer.json()["errors"]
    assert pagerduty.incidents == []


def test_pagerduty_refuses_a_number_that_is_not_json(door: Door, pagerduty: PagerDutyStandin) -> None:
    answer = httpx.post(f"{door.url}/v2/enqueue", content=b'{"drift": NaN}', trust_env=False)
    assert answer.status_code == 400
    assert pagerduty.violations == ["the event is not a JSON object"]


def test_pagerduty_takes_half_a_megabyte_and_no_more() -> None:
    assert broken_rules(TRIGGER, 512 * 1024) == []
    assert broken_rules(TRIGGER, 512 * 1024 + 1) == ["the event is larger than 524288 bytes"]


def test_an_event_joins_the_open_incident_of_its_key_and_opens_a_new_one_after_the_end(
    door: Door, pagerduty: PagerDutyStandin
) -> None:
    for action in ("resolve", "trigger", "trigger", "acknowledge", "resolve", "resolve", "trigger"):
        assert call(door, "POST", "/v2/enqueue", event({"event_action": action})).status_code == 202
    assert [(i["status"], len(i["events"])) for i in pagerduty.incidents] == [("resolved", 4), ("triggered", 1)]
    assert pagerduty.violations == []


def test_pagerduty_keeps_no_routing_key(door: Door, pagerduty: PagerDutyStandin) -> None:
    call(door, "POST", "/v2/enqueue", TRIGGER)
    assert TRIGGER["routing_key"] not in json.dumps(pagerduty.state())


@pytest.mark.parametrize(
    ("method", "path", "body", "sentence"),
    [
        ("POST", ISSUES, {"body": "no title"}, "'title' is a required property"),
        ("POST", ISSUES, {"title": "a", "colour": "red"}, "unknown field colour"),
        ("POST", ISSUES, {"title": "a", "labels": "wk"}, "is not of type 'array'"),
        ("PATCH", f"{ISSUES}/1", {"state": "done"}, "'done' is not one of"),
        ("GET", f"{ISSUES}?state=finished", None, "'finished' is not one of"),
        ("GET", f"{ISSUES}?label=wk", None, "query label is not documented"),
        ("DELETE", f"{ISSUES}/1", None, "is not in the contract"),
    ],
)
def test_github_refuses_what_its_own_document_forbids(
    door: Door, github: GitHubStandin, method: str, path: str, body: object, sentence: str
) -> None:
    assert call(door, method, path, body).status_code == 422
    assert sentence in github.violations[0]
    assert github.issues == []


def test_github_notices_when_its_own_answer_is_wrong(door: Door, github: GitHubStandin) -> None:
    call(door, "POST", ISSUES, {"title": "a"})
    assert github.violations == []
    github.issues[0]["state"] = 7
    call(door, "GET", f"{ISSUES}/1")
    assert "answer to GET" in github.violations[0]


def test_github_lets_only_its_token_in(door: Door, github: GitHubStandin) -> None:
    assert call(door, "GET", "/user").status_code == 200
    github.token = ISSUES
    assert call(door, "GET", "/user").status_code == 401


def test_github_knows_what_was_never_opened(door: Door, github: GitHubStandin) -> None:
    assert call(door, "GET", f"{ISSUES}/7").status_code == 404
    assert call(door, "GET", f"{ISSUES}/7/comments").status_code == 404
    assert github.violations == []


def test_a_fault_waits_for_its_method_and_strikes_once(door: Door, github: GitHubStandin) -> None:
    github.faults.append(Fault(503, method="POST"))
    statuses = [
        call(door, method, ISSUES, body).status_code
        for method, body in (("GET", None), *2 * [("POST", {"title": "a"})])
    ]
    assert statuses == [200, 503, 201]


def test_an_accepted_call_whose_answer_is_dropped_has_its_effect(door: Door, github: GitHubStandin) -> None:
    github.faults.append(Fault(dropped=True, accepted=True))
    with pytest.raises(httpx.RemoteProtocolError):
        call(door, "POST", ISSUES, {"title": "a"})
    assert len(github.issues) == 1


def test_what_stood_there_stands_there_after_a_restart(door: Door, tmp_path: Path) -> None:
    for _ in range(2):
        door.app = GitHubStandin(keep=tmp_path / "github.json").app()
        call(door, "POST", ISSUES, {"title": "a"})
        call(door, "POST", f"{ISSUES}/1/comments", {"body": "b"})
        door.app = PagerDutyStandin(keep=tmp_path / "pagerduty.json").app()
        call(door, "POST", "/v2/enqueue", TRIGGER)
    github = GitHubStandin(keep=tmp_path / "github.json")
    assert ([i["number"] for i in github.issues], len(github.comments)) == ([1, 2], 2)
    assert [len(i["events"]) for i in PagerDutyStandin(keep=tmp_path / "pagerduty.json").incidents] == [2]


def test_the_slice_of_githubs_document_is_whole_and_small() -> None:
    document = json.loads(SLICE.read_text())
    assert SLICE.stat().st_size < 150_000
    assert {path: tuple(sorted(calls)) for path, calls in document["paths"].items()} == CALLS
    kept = {(kind, name) for kind, components in document["components"].items() for name in components}
    assert references(document["paths"], document["components"]) == kept
    assert sliced(document) == document


def test_slicing_keeps_a_property_that_is_called_description() -> None:
    schema = {"description": "prose", "properties": {"description": {"type": "string", "description": "prose"}}}
    assert bare(schema) == {"properties": {"description": {"type": "string"}}}

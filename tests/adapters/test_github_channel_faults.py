"""What becomes of an alert when GitHub fails, in every place where it can."""

import logging
import socket
import time
import traceback
from collections.abc import Iterator
from dataclasses import replace

import pytest

from examples.standins.github import GitHubStandin
from examples.standins.server import serve
from examples.standins.standin import Fault
from tests.builders import an_alert
from tests.doors import Door
from watchkeeper.adapters.github_channel import GitHubChannel
from watchkeeper.domain.alerts import Alert
from watchkeeper.domain.incidents import Change
from watchkeeper.errors import OutsideError

TOKEN = "-".join(["ghp", *4 * ["t0ken"]])
LIFE = tuple(an_alert(id=f"alert {change}", channel="github", change=change) for change in Change)
OPENED = LIFE[0]
SECONDARY = {"message": "You have exceeded a secondary rate limit. Please wait a few minutes."}
PRIMARY = {"message": "API rate limit exceeded for user ID 1."}


@pytest.fixture(scope="module")
def door() -> Iterator[Door]:
    door = Door()
    with serve(door) as door.url:
        yield door


@pytest.fixture
def there(door: Door) -> Iterator[GitHubStandin]:
    standin = GitHubStandin(TOKEN)
    door.app = standin.app()
    yield standin
    assert standin.violations == []


@pytest.fixture
def channel(there: GitHubStandin, door: Door) -> GitHubChannel:
    assert there.token == TOKEN
    return GitHubChannel(TOKEN, "acme/flights", door.url, seconds_between_requests=0, seconds_between_writes=0)


def refused(channel: GitHubChannel, alert: Alert = OPENED) -> OutsideError:
    with pytest.raises(OutsideError) as error:
        channel.deliver(alert)
    return error.value


def name(value: object) -> str | None:
    return f"{value.status}{'-dropped' * value.dropped}" if isinstance(value, Fault) else None


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize(
    ("fault", "permanent", "after"),
    [
        (Fault(400), True, None),
        (Fault(413), True, None),
        (Fault(422), True, None),
        (Fault(401, body={"message": "Bad credentials"}), False, 300),
        (Fault(403, body={"message": "Resource not accessible by personal access token"}), False, 300),
        (Fault(404, body={"message": "Not Found"}), False, 300),
        (Fault(410, body={"message": "Issues has been disabled in this repository."}), False, 300),
        (Fault(403, headers={"Retry-After": "7"}, body=SECONDARY), False, 7),
        (Fault(403, body=SECONDARY), False, 60),
        (Fault(429, headers={"Retry-After": "90"}), False, 90),
        (Fault(429), False, 60),
        (Fault(500), False, None),
        (Fault(502), False, None),
        (Fault(503), False, None),
        (Fault(dropped=True), False, None),
    ],
    ids=name,
)
def test_a_failure_comes_back_at_once_and_says_when_to_try_again(
    channel: GitHubChannel, there: GitHubStandin, method: str, fault: Fault, *, permanent: bool, after: float | None
) -> None:
    there.faults.append(replace(fault, method=method))
    began = time.monotonic()
    error = refused(channel)
    assert time.monotonic() - began < 2
    assert (error.who, error.permanent, error.after) == ("github", permanent, after)
    assert [call.method for call in there.calls].count("POST") == (method == "POST")
    assert there.issues == []


def test_a_used_up_rate_is_waited_for_until_it_is_reset(channel: GitHubChannel, there: GitHubStandin) -> None:
    used_up = {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": str(int(time.time()) + 1_000)}
    there.faults.append(Fault(403, headers=used_up, body=PRIMARY))
    assert 990 < (refused(channel).after or 0) <= 1_000


def test_nobody_listening_is_not_permanent() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        error = refused(GitHubChannel(TOKEN, "acme/flights", f"http://127.0.0.1:{taken.getsockname()[1]}"))
    assert (error.permanent, error.after) == (False, None)


@pytest.mark.parametrize("body", [{}, {"html": "please log in"}, [1], [{"body": 3}], "log in"])
def test_an_answer_that_is_not_githubs_is_told_as_such(
    channel: GitHubChannel, there: GitHubStandin, body: object
) -> None:
    there.faults.append(Fault(200, body=body))
    error = refused(channel)
    assert "does not answer as GitHub does" in str(error)
    assert (error.permanent, error.after) == (False, 300)


@pytest.mark.parametrize("method", ["GET", "POST", "PATCH"])
@pytest.mark.parametrize(
    "fault", [Fault(500), Fault(429), Fault(401), Fault(dropped=True), Fault(dropped=True, accepted=True)], ids=name
)
def test_a_life_with_a_failure_at_every_step_leaves_one_issue_and_two_comments(
    channel: GitHubChannel, there: GitHubStandin, fault: Fault, method: str
) -> None:
    failures = 0
    for alert in LIFE:
        there.faults.append(replace(fault, method=method))
        try:
            channel.deliver(alert)
        except OutsideError:
            failures += 1
        there.faults.clear()
        channel.deliver(alert)
    assert failures == (1 if method == "PATCH" else 3)
    assert [issue["state"] for issue in there.issues] == ["closed"]
    assert [comment["body"].splitlines()[0] for comment in there.comments] == [
        "**CRITICAL** - data bug - escalated",
        "**CRITICAL** - data bug - resolved",
    ]


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize(
    "fault",
    [
        Fault(401, body={"message": f"bad {TOKEN}"}),
        Fault(422, body={"message": "no", "errors": [{"message": TOKEN}]}),
        Fault(500),
        Fault(200, body={"you sent": TOKEN}),
        Fault(dropped=True),
    ],
    ids=name,
)
def test_the_token_is_in_no_error_no_log_and_no_picture_of_the_channel(
    channel: GitHubChannel, there: GitHubStandin, caplog: pytest.LogCaptureFixture, fault: Fault, method: str
) -> None:
    there.faults.append(replace(fault, method=method))
    caplog.set_level(logging.DEBUG)
    error = refused(channel)
    shown = [*traceback.format_exception(error), repr(error), repr(vars(error)), repr(channel)]
    # What GitHub's answer says is in the client's own debug log; what we sent must not be.
    shown += [record.getMessage() for record in caplog.records if "==>" not in record.getMessage()]
    shown += [record.getMessage().split("==>")[0] for record in caplog.records]
    assert not [text for text in shown if TOKEN in text]

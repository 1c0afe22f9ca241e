"""What becomes of an alert when PagerDuty fails."""

import logging
import socket
import time
import traceback
from collections.abc import Iterator
from dataclasses import replace

import pytest

from examples.standins.pagerduty import PagerDutyStandin
from examples.standins.server import serve
from examples.standins.standin import Fault
from tests.builders import an_alert
from tests.doors import Door
from watchkeeper.adapters.pagerduty_channel import PagerDutyChannel
from watchkeeper.domain.alerts import Alert
from watchkeeper.errors import OutsideError

KEY = "r0utingk3y-r0utingk3y-r0utingk3y"
ALERT = an_alert(channel="pagerduty")


@pytest.fixture(scope="module")
def door() -> Iterator[Door]:
    door = Door()
    with serve(door) as door.url:
        yield door


@pytest.fixture
def there() -> PagerDutyStandin:
    return PagerDutyStandin()


@pytest.fixture
def channel(there: PagerDutyStandin, door: Door) -> PagerDutyChannel:
    door.app = there.app()
    return PagerDutyChannel(KEY, door.url)


def refused(channel: PagerDutyChannel, alert: Alert = ALERT) -> OutsideError:
    with pytest.raises(OutsideError) as error:
        channel.deliver(alert)
    return error.value


@pytest.mark.parametrize(
    ("fault", "permanent", "after"),
    [
        (Fault(400), True, None),
        (Fault(413), True, None),
        (Fault(401), False, 300),
        (Fault(403), False, 300),
        (Fault(404), False, 300),
        (Fault(429), False, 30),
        (Fault(429, headers={"Retry-After": "7"}), False, 30),
        (Fault(429, headers={"Retry-After": "90"}), False, 90),
        (Fault(429, headers={"Retry-After": "Wed, 21 Oct 2015 07:28:00 GMT"}), False, 30),
        (Fault(500), False, None),
        (Fault(502), False, None),
        (Fault(503), False, None),
        (Fault(504), False, None),
        (Fault(202, body={"odd": "answer"}), False, None),
        (Fault(dropped=True), False, None),
    ],
    ids=lambda value: f"{value.status}{'-dropped' * value.dropped}" if isinstance(value, Fault) else None,
)
def test_a_failure_comes_back_at_once_and_says_when_to_try_again(
    channel: PagerDutyChannel, there: PagerDutyStandin, fault: Fault, *, permanent: bool, after: float | None
) -> None:
    there.faults.append(fault)
    began = time.monotonic()
    error = refused(channel)
    assert time.monotonic() - began < 2
    assert (error.who, error.permanent, error.after) == ("pagerduty", permanent, after)
    assert len(there.calls) == 1
    assert there.incidents == []


def test_nobody_listening_is_not_permanent() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        error = refused(PagerDutyChannel(KEY, f"http://127.0.0.1:{taken.getsockname()[1]}"))
    assert (error.permanent, error.after) == (False, None)


@pytest.mark.parametrize("fault", [Fault(500), Fault(429), Fault(401), Fault(dropped=True, accepted=True)])
def test_after_a_failure_the_next_delivery_leaves_exactly_one_incident(
    channel: PagerDutyChannel, there: PagerDutyStandin, fault: Fault
) -> None:
    there.faults.append(fault)
    refused(channel)
    channel.deliver(ALERT)
    assert [i["status"] for i in there.incidents] == ["triggered"]
    assert there.violations == []


def test_a_wrong_key_is_told_by_pagerduty_itself(channel: PagerDutyChannel) -> None:
    error = refused(replace(channel, routing_key="too-short"))
    assert error.permanent
    assert "'routing_key' is not 32 characters long" in str(error)


@pytest.mark.parametrize(
    "fault", [Fault(400, body={"you sent": KEY}), Fault(401, body={"key": KEY}), Fault(429), Fault(dropped=True)]
)
def test_the_key_is_in_no_error_no_log_and_no_picture_of_the_channel(
    channel: PagerDutyChannel, there: PagerDutyStandin, caplog: pytest.LogCaptureFixture, fault: Fault
) -> None:
    caplog.set_level(logging.DEBUG)
    there.faults.append(fault)
    error = refused(channel)
    shown = [*traceback.format_exception(error), repr(error), repr(vars(error)), repr(channel), caplog.text]
    assert not [text for text in shown if KEY in text or KEY[-8:] in text]
    assert error.__context__ is None
    assert error.__cause__ is None

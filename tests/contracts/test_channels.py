"""One suite for every channel: an incident is told once, however often an alert is delivered."""

import json
import pkgutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from importlib import import_module
from pathlib import Path

import pytest

from examples.standins.github import GitHubStandin
from examples.standins.pagerduty import PagerDutyStandin
from examples.standins.server import serve
from tests.builders import NOON, an_alert, an_incident
from tests.doors import Door
from watchkeeper import adapters
from watchkeeper.domain.alerts import Alert
from watchkeeper.domain.incidents import Change
from watchkeeper.ports import Channel

SECRET = "s3cret-" + 25 * "0"


def found_channels() -> dict[str, type]:
    """Every channel by its kind, which is its file's name."""
    names = [m.name for m in pkgutil.iter_modules(adapters.__path__) if m.name.endswith("_channel")]
    modules = {name.removesuffix("_channel"): import_module(f"watchkeeper.adapters.{name}") for name in names}
    return {kind: getattr(module, module.__all__[0]) for kind, module in modules.items()}


CHANNELS = found_channels()


@dataclass
class Bench:
    """A channel and the other side of it: `incidents` is `open` or `closed` for each incident that stands there."""

    kind: str
    channel: Channel
    incidents: Callable[[], list[str]]


def console_bench(make: type, folder: Path, _door: Door, _stack: ExitStack) -> Bench:
    file = folder / "alerts.jsonl"

    def incidents() -> list[str]:
        told = [json.loads(line) for line in file.read_text().splitlines()]
        ended = {line["incident"] for line in told if line["change"] == "resolved"}
        return ["closed" if line["incident"] in ended else "open" for line in told if line["change"] == "opened"]

    return Bench("console", make(file), incidents)


def pagerduty_bench(make: type, _folder: Path, door: Door, stack: ExitStack) -> Bench:
    there = PagerDutyStandin()
    door.app = there.app()
    channel = make(SECRET, door.url)
    stack.callback(lambda: unbroken(there.violations))
    return Bench(
        "pagerduty",
        channel,
        lambda: ["closed" if i["status"] == "resolved" else "open" for i in there.incidents],
    )


def github_bench(make: type, _folder: Path, door: Door, stack: ExitStack) -> Bench:
    there = GitHubStandin(SECRET)
    door.app = there.app()
    channel = make(SECRET, "acme/flights", door.url, seconds_between_requests=0, seconds_between_writes=0)
    stack.callback(lambda: unbroken(there.violations))
    return Bench("github", channel, lambda: [issue["state"] for issue in there.issues])


def unbroken(violations: list[str]) -> None:
    assert violations == []


BENCHES = {"console": console_bench, "pagerduty": pagerduty_bench, "github": github_bench}


@pytest.fixture(scope="module")
def door() -> Iterator[Door]:
    door = Door()
    with serve(door) as door.url:
        yield door


@pytest.fixture(params=sorted(CHANNELS))
def bench(request: pytest.FixtureRequest, tmp_path: Path, door: Door) -> Iterator[Bench]:
    with ExitStack() as stack:
        yield BENCHES[request.param](CHANNELS[request.param], tmp_path, door, stack)


def alert(bench: Bench, change: Change = Change.OPENED, model: str = "flights") -> Alert:
    key = f"wk:test:{model}:2013-07-01T12:00Z"
    return an_alert(id=f"{key}#{change}>{bench.kind}", channel=bench.kind, incident=key, change=change, model=model)


def test_the_built_in_channels_are_found_and_every_found_channel_has_a_bench() -> None:
    assert {"console", "pagerduty", "github"} <= set(CHANNELS)
    assert set(CHANNELS) == set(BENCHES)


def test_an_opened_incident_stands_there_once_however_often_it_is_told(bench: Bench) -> None:
    for _ in range(3):
        bench.channel.deliver(alert(bench))
    assert bench.incidents() == ["open"]


def test_an_escalation_joins_its_incident(bench: Bench) -> None:
    bench.channel.deliver(alert(bench))
    for _ in range(2):
        bench.channel.deliver(alert(bench, Change.ESCALATED))
    assert bench.incidents() == ["open"]


def test_a_resolution_ends_its_incident_however_often_it_is_told(bench: Bench) -> None:
    bench.channel.deliver(alert(bench))
    for _ in range(3):
        bench.channel.deliver(alert(bench, Change.RESOLVED))
    assert bench.incidents() == ["closed"]


def test_each_alert_of_a_life_may_be_told_twice_in_a_row(bench: Bench) -> None:
    for change in Change:
        bench.channel.deliver(alert(bench, change))
        bench.channel.deliver(alert(bench, change))
    assert bench.incidents() == ["closed"]


def test_two_incidents_stand_apart(bench: Bench) -> None:
    bench.channel.deliver(alert(bench))
    bench.channel.deliver(alert(bench, model="hotels"))
    bench.channel.deliver(alert(bench, Change.RESOLVED, model="hotels"))
    assert bench.incidents() == ["open", "closed"]


def test_the_next_incident_of_a_model_is_another_one(bench: Bench) -> None:
    for since in (NOON, NOON.replace(day=9)):
        key = an_incident(since=since).key
        bench.channel.deliver(an_alert(id=f"{key}#1-opened>{bench.kind}", incident=key, at=since))
    assert bench.incidents() == ["open", "open"]


def test_a_reference_is_the_same_at_every_delivery(bench: Bench) -> None:
    first = bench.channel.deliver(alert(bench))
    assert first
    assert bench.channel.deliver(alert(bench)) == first


def test_a_channel_is_a_frozen_value_that_shows_no_secret(bench: Bench) -> None:
    assert SECRET not in repr(bench.channel)
    assert hash(bench.channel) == hash(replace(bench.channel))  # only frozen dataclasses have a hash

"""What benchmarks of releases stand on: a Prefect server of their own, and the other side of the channels."""

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from deployments.environment import prefect_environment
from deployments.server import free_port, prefect_server
from examples.standins.github import GitHubStandin
from examples.standins.pagerduty import PagerDutyStandin
from examples.standins.server import serve
from watchkeeper.story.house import House
from watchkeeper.wiring import HOUSE

__all__ = ["TOLD", "Outside", "in_house", "outside", "secrets", "with_prefect"]

TOLD = """
env = "ENV"
folder = "kept"
models = "models"
[[channels]]
kind = "console"
least = "UNKNOWN"
[[channels]]
kind = "pagerduty"
least = "CRITICAL"
url = "PAGERDUTY"
[[channels]]
kind = "github"
least = "WARNING"
repo = "acme/models"
url = "GITHUB"
"""


@dataclass(frozen=True, slots=True)
class Outside:
    """A house's file and the other side of its channels."""

    file: Path
    pagerduty: PagerDutyStandin
    github: GitHubStandin


@contextmanager
def with_prefect(place: Path) -> Iterator[None]:
    """A Prefect server on loopback while the block runs; flows may be imported within."""
    home, port = place / "prefect", free_port(0)
    home.mkdir(parents=True)
    os.environ.update(prefect_environment(home, port))
    os.environ["PREFECT_LOGGING_LEVEL"] = "CRITICAL"
    with prefect_server(home, port):
        yield


@contextmanager
def outside(file: Path) -> Iterator[Outside]:
    """The stand-ins of PagerDuty and GitHub, named in the house's file."""
    pagerduty, github = PagerDutyStandin(), GitHubStandin()
    with ExitStack() as stack:
        urls = [stack.enter_context(serve(s.app())) for s in (pagerduty, github)]
        file.write_text(file.read_text().replace("PAGERDUTY", urls[0]).replace("GITHUB", urls[1]))
        yield Outside(file, pagerduty, github)


def secrets(file: Path) -> dict[str, str]:
    """What a process of this house finds in its environment."""
    return {HOUSE: str(file), "WATCHKEEPER_PAGERDUTY_KEY": 32 * "0", "WATCHKEEPER_GITHUB_TOKEN": "token"}


@contextmanager
def in_house(file: Path) -> Iterator[House]:
    """The house of this file, for the flows of this process."""
    from tasks.house import the_house  # noqa: PLC0415 - Prefect reads its environment when imported

    before = dict(os.environ)
    os.environ |= secrets(file)
    try:
        yield the_house()
    finally:
        os.environ.clear()
        os.environ.update(before)

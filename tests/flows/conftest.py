"""Houses whose flows really run."""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import pytest

from examples.standins.github import GitHubStandin
from examples.standins.pagerduty import PagerDutyStandin
from examples.standins.server import serve
from tests import toy
from watchkeeper.story.house import House
from watchkeeper.wiring import HOUSE

NUMBERS = count(1)

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
[tracker]
batch = 7
mode = "offline"
"""


@dataclass(frozen=True)
class Outside:
    """A house's file and the other side of its channels."""

    file: Path
    pagerduty: PagerDutyStandin
    github: GitHubStandin


@contextmanager
def outside(folder: Path, env: str) -> Iterator[Outside]:
    """A toy house that pages and files issues on loopback."""
    pagerduty, github = PagerDutyStandin(), GitHubStandin()
    with ExitStack() as stack:
        urls = [stack.enter_context(serve(s.app())) for s in (pagerduty, github)]
        text = TOLD.replace("ENV", env).replace("PAGERDUTY", urls[0]).replace("GITHUB", urls[1])
        yield Outside(toy.build(folder, house=text), pagerduty, github)


@contextmanager
def in_house(file: Path) -> Iterator[House]:
    """The house of this file, for the flows of this process."""
    from tasks.house import the_house  # noqa: PLC0415 - Prefect reads its environment when imported

    before = dict(os.environ)
    os.environ |= {HOUSE: str(file), "WATCHKEEPER_PAGERDUTY_KEY": 32 * "0", "WATCHKEEPER_GITHUB_TOKEN": "token"}
    try:
        yield the_house()
    finally:
        os.environ.clear()
        os.environ.update(before)


@pytest.fixture
def house(prefect_api: str, tmp_path: Path) -> Iterator[Callable[..., House]]:
    """Opens a toy house of its own environment, with whatever models and spec the test wants."""
    with ExitStack() as stack:

        def opened(names: tuple[str, ...] = ("toy",), spec: str = toy.SPEC) -> House:
            text = toy.HOUSE.replace('"test"', f'"test{next(NUMBERS)}"')
            return stack.enter_context(in_house(toy.build(tmp_path, names, spec, text)))

        yield opened

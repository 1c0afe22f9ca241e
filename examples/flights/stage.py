"""Where the demo plays: a house of its own, with stand-ins of PagerDuty and GitHub on loopback."""

import contextlib
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from deployments.environment import prepare
from deployments.server import free_port, prefect_server
from examples.flights.source import FOLDER
from examples.standins.github import GitHubStandin
from examples.standins.pagerduty import PagerDutyStandin
from examples.standins.server import serve
from watchkeeper.errors import Conflict
from watchkeeper.wiring import HOUSE

__all__ = ["MADE", "Stage", "clear", "set_stage"]

MADE = ".made-by-the-demo"
"""The first file of a demo's folder: whatever stopped an earlier demo, the next one knows what it may remove."""

PREFECT = Path("kept", "prefect")
"""Where `watchkeeper up` looks for the house's flow runs, so that it shows those of the demo afterwards."""

SPEC = Path(__file__).parents[2] / "deployments" / "models" / "flights.toml"

HOUSE_TOML = """# Written by the demo. PagerDuty and GitHub are stand-ins on this machine; all else is as in production.
env = "demo"
folder = "kept"
models = "models"
pages = "{pages}"

[[channels]]
kind = "console"
least = "WARNING"

[[channels]]
kind = "pagerduty"
least = "CRITICAL"
url = "{pagerduty}"

[[channels]]
kind = "github"
repo = "nyc/flights"
least = "WARNING"
url = "{github}"
labels = ["model-incident"]

[tracker]
mode = "offline"
batch = 14
"""


@dataclass(frozen=True, slots=True)
class Stage:
    """The demo's places and the other side of its channels."""

    folder: Path
    api: str
    pagerduty: PagerDutyStandin
    github: GitHubStandin

    @property
    def house(self) -> Path:
        """The house's file."""
        return self.folder / "house.toml"

    @property
    def pages(self) -> str:
        """The Prefect UI."""
        return self.api.removesuffix("/api")


@contextlib.contextmanager
def set_stage(folder: Path, *, keep: bool, port: int) -> Iterator[Stage]:
    """The house, the stand-ins and a Prefect server, as long as the block lasts.

    Args:
        keep: go on with what an earlier demo left; otherwise it is removed first.
        port: of the Prefect server; another one is taken when somebody has it.
    """
    folder = folder.resolve()
    if not keep:
        clear(folder)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / MADE).touch()
    (folder / "models").mkdir(exist_ok=True)
    shutil.copy(SPEC, folder / "models" / SPEC.name)
    port = free_port(port)
    _set_environment(folder, port)
    with contextlib.ExitStack() as stack:
        pagerduty = PagerDutyStandin(keep=folder / "pagerduty.json")
        github = GitHubStandin(token=os.environ["WATCHKEEPER_GITHUB_TOKEN"], keep=folder / "github.json")
        addresses = [stack.enter_context(serve(standin.app())) for standin in (pagerduty, github)]
        api = stack.enter_context(prefect_server(folder / PREFECT, port))
        stage = Stage(folder, api, pagerduty, github)
        text = HOUSE_TOML.format(pages=stage.pages, pagerduty=addresses[0], github=addresses[1])
        stage.house.write_text(text, encoding="utf-8")
        yield stage


def clear(folder: Path) -> None:
    """Remove what an earlier demo left, and nothing else. Raises Conflict when the folder holds anything else."""
    if not folder.exists() or not any(folder.iterdir()):
        return
    earlier_release = (folder / "house.toml").is_file() and (folder / "models").is_dir()
    if not (earlier_release or (folder / MADE).is_file()):
        raise Conflict(f"{folder} was not made by the demo: name an empty folder with --folder")
    gone = folder.with_name(f".{folder.name}.gone")  # as a whole first, so that a kill leaves no half of it
    shutil.rmtree(gone, ignore_errors=True)
    folder.rename(gone)
    shutil.rmtree(gone)


def _set_environment(folder: Path, port: int) -> None:
    """What this process and those it starts need; the keys open the stand-ins only."""
    os.environ.update(
        {
            HOUSE: str(folder / "house.toml"),
            FOLDER: str(folder.parent / "flights"),
            "WATCHKEEPER_PAGERDUTY_KEY": "demo" + 28 * "0",
            "WATCHKEEPER_GITHUB_TOKEN": "demo-token",
            "PREFECT_LOGGING_LEVEL": "ERROR",
            "OMP_NUM_THREADS": "1",  # a day of flights is answered faster than two threads agree on who does what
        }
    )
    for name in ("PREFECT_API_URL", "PREFECT_HOME", "PREFECT_SERVER_API_PORT"):
        os.environ.pop(name, None)
    prepare(folder / PREFECT, port)

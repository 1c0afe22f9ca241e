"""One Prefect server for all tests that need one; its address is set before anything imports Prefect."""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from deployments.environment import prefect_environment
from deployments.server import free_port, prefect_server
from watchkeeper.story.house import House

PREFECT_HOME = Path(tempfile.mkdtemp(prefix="watchkeeper-prefect-"))
PREFECT_PORT = free_port(0)


def pytest_configure() -> None:
    os.environ.update(prefect_environment(PREFECT_HOME, PREFECT_PORT))
    os.environ["PREFECT_LOGGING_LEVEL"] = "ERROR"
    os.environ.pop("COLUMNS", None)  # tests say how wide their terminal is; those that run beside others inherit one


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Those that kill processes take minutes: first, so that nobody waits for them alone in the end."""
    items.sort(key=lambda item: "processes" not in item.path.parts)


@pytest.fixture(scope="session")
def prefect_api() -> Iterator[str]:
    """A real Prefect server on loopback."""
    with prefect_server(PREFECT_HOME, PREFECT_PORT) as url:
        yield url


@pytest.fixture(scope="session")
def lived(tmp_path_factory: pytest.TempPathFactory) -> House:
    """A house that has lived; tests that change anything take a copy."""
    from tests.lived import live  # noqa: PLC0415 - scikit-learn takes a second to import

    return live(tmp_path_factory.mktemp("lived"))

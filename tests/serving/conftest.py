"""What the tests of the SDK share."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.hosts import Host, raises, says


@pytest.fixture(scope="session", autouse=True)
def _counts_of_killed_processes_stay_in_the_tests_own_folder(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[None]:
    before = os.environ.get("WATCHKEEPER_STATE")
    os.environ["WATCHKEEPER_STATE"] = str(tmp_path_factory.mktemp("state"))
    yield
    os.environ.pop("WATCHKEEPER_STATE")
    if before is not None:
        os.environ["WATCHKEEPER_STATE"] = before


@pytest.fixture
def host(tmp_path: Path) -> Host:
    """A host of two versions, of which the second is broken."""
    return Host(tmp_path, {1: says(0.1), 2: raises(ValueError("broken"))})

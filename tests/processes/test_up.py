"""`watchkeeper up` as its users run it: a process of its own, stopped by a signal."""

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import pytest

from deployments.environment import api_url
from deployments.server import free_port, is_healthy
from tests import toy
from tests.flows.conftest import in_house
from watchkeeper.story.retraining import start_model

PATIENCE = 150.0
T = TypeVar("T")


def ask(url: str, **body: object) -> list[dict[str, Any]]:
    request = urllib.request.Request(url, json.dumps(body).encode(), {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=10) as answer:
        found: list[dict[str, Any]] = json.load(answer)
        return found


def runs(port: int, state: str) -> list[dict[str, Any]]:
    wanted = {"state": {"type": {"any_": [state]}}, "tags": {"all_": ["watchkeeper", "env:up"]}}
    return ask(f"{api_url(port)}/flow_runs/filter", flow_runs=wanted, limit=200)


def wait_for(what: str, condition: Callable[[], T]) -> T:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        if found := condition():
            return found
        time.sleep(0.5)
    pytest.fail(f"waited {PATIENCE:.0f} s in vain for {what}")


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple["subprocess.Popen[str]", int, Path]]:
    """A house with windows of one minute, kept by `watchkeeper up`."""
    folder = tmp_path_factory.mktemp("up")
    spec = toy.SPEC.replace('model = "NAME"', 'model = "NAME"\nevery = "1m"')
    file = toy.build(folder, spec=spec, house=toy.HOUSE.replace('"test"', '"up"'))
    with in_house(file) as house:
        start_model(house, "toy", toy.FIRST)
    port = free_port(0)
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PREFECT")}
    command = [sys.executable, "-m", "watchkeeper", "up", "--house", str(file), "--port", str(port)]
    with (folder / "said.txt").open("w") as said:
        process = subprocess.Popen(
            command, env=environment, stdout=said, stderr=subprocess.STDOUT, text=True, start_new_session=True
        )
    try:
        wait_for("the server", lambda: is_healthy(api_url(port)) or process.poll() is not None)
        yield process, port, file
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


@pytest.mark.slow
def test_up_schedules_runs_them_and_stops_cleanly(running: tuple["subprocess.Popen[str]", int, Path]) -> None:
    process, port, file = running
    scheduled = wait_for("scheduled runs", lambda: runs(port, "SCHEDULED"))
    assert all(run["auto_scheduled"] for run in scheduled)
    names = {d["name"] for d in ask(f"{api_url(port)}/deployments/filter", limit=100)}
    assert names == {"up", "up-toy"}
    done = wait_for("a sweep that came to its end", lambda: runs(port, "COMPLETED"))
    assert done[0]["name"].split()[0] in ("monitor", "promote")
    with in_house(file) as house:
        wait_for("a heartbeat", house.state.heartbeats)
    process.send_signal(signal.SIGTERM)
    process.wait(timeout=60)
    said = (file.parent / "said.txt").read_text()
    assert process.returncode == 0, said
    assert "Stopped" in said
    assert not is_healthy(api_url(port))

"""The demo as its users run it, for the first days of the replay."""

import json
import os
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from deployments.server import free_port
from examples.flights.stage import MADE, clear
from watchkeeper.wiring import open_house

SCHEMA = json.loads(Path("docs/demo-summary.schema.json").read_text(encoding="utf-8"))


def run_demo(folder: Path, *options: str) -> str:
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("PREFECT", "WATCHKEEPER"))}
    command = [
        sys.executable,
        "-m",
        "watchkeeper",
        "demo",
        "--folder",
        str(folder),
        "--port",
        str(free_port(0)),
        *options,
    ]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=240, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def flow_runs(home: Path) -> int:
    """How many flow runs `watchkeeper up` shows of a house."""
    with closing(sqlite3.connect(home / "prefect.db")) as kept:
        return int(kept.execute("select count(*) from flow_run").fetchone()[0])


@pytest.mark.slow
@pytest.mark.timeout(500)
def test_the_demo_tells_what_happened_and_goes_on_where_it_was_stopped(tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    said = run_demo(folder, "--until", "2013-03-02")
    assert "Where to look next" in said
    first = json.loads((folder / "summary.json").read_text())
    assert first["windows"]["judged"] == 2
    assert run_demo(folder, "--until", "2013-03-04", "--keep")
    summary = json.loads((folder / "summary.json").read_text())
    assert list(Draft202012Validator(SCHEMA).iter_errors(summary)) == []
    assert summary["windows"]["judged"] == 4
    assert summary["incidents"] == []
    assert summary["auc"]["served"] == summary["auc"]["frozen"]
    assert summary["champion_before"] == summary["champion_after"] == 1
    assert flow_runs(open_house(folder / "house.toml").spec.folder / "prefect") >= 4


def test_the_schema_refuses_a_summary_that_lacks_a_part() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    assert list(Draft202012Validator(SCHEMA).iter_errors({"schema": SCHEMA["properties"]["schema"]["const"]}))


def test_a_demo_that_was_stopped_at_once_makes_way_for_the_next_one(tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    command = [sys.executable, "-m", "watchkeeper", "demo", "--folder", str(folder), "--port", str(free_port(0))]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as first:
        while not (folder / MADE).exists() and first.poll() is None:
            time.sleep(0.01)
        first.kill()
    assert not (folder / "house.toml").exists()
    (folder / "half-written.txt").write_text("of the demo that was killed")
    clear(folder)
    assert not folder.exists()


def test_a_folder_that_holds_anything_else_is_not_cleared(tmp_path: Path) -> None:
    (tmp_path / "precious.txt").write_text("not the demo's")
    command = [sys.executable, "-m", "watchkeeper", "demo", "--folder", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 1
    assert "was not made by the demo" in done.stderr
    assert (tmp_path / "precious.txt").exists()

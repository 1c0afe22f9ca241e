"""`kill -9` of the process that runs the flows, at random moments of a replay: nothing twice, nothing lost."""

import os
import random
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.flows.conftest import Outside, in_house, outside
from watchkeeper.domain.followups import Story

DAYS = 26
KILLS = 10
SEED = 20240301
AFTERWARDS = datetime(2030, 1, 1, tzinfo=UTC)


def start(file: Path) -> "subprocess.Popen[str]":
    """A replay of the house of this file, as a process of its own."""
    environment = os.environ | {
        "WATCHKEEPER_HOUSE": str(file),
        "WATCHKEEPER_PAGERDUTY_KEY": 32 * "0",
        "WATCHKEEPER_GITHUB_TOKEN": "token",
    }
    command = [sys.executable, "-m", "tests.processes.replay_toy", str(DAYS)]
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True, start_new_session=True)


def wait_until_playing(process: "subprocess.Popen[str]") -> None:
    assert process.stdout is not None
    while (line := process.stdout.readline()) != "playing\n":
        assert line, f"the replay ended with {process.wait()} before it began"


def replay(file: Path) -> None:
    process = start(file)
    process.communicate()
    assert process.returncode == 0


def replay_with_kills(file: Path, undisturbed: float) -> int:
    """How many kills it took; each comes at a random moment of the time that an undisturbed replay needs."""
    draw = random.Random(SEED)  # noqa: S311 - moments, no secrets
    killed = 0
    while killed < KILLS:
        process = start(file)
        wait_until_playing(process)
        try:
            process.wait(timeout=draw.uniform(0.05, 1.6) * undisturbed / KILLS)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            killed += 1
        else:
            break
        finally:
            process.communicate()
    replay(file)
    return killed


def what_happened(there: Outside) -> dict[str, Any]:
    """All that people and systems outside have seen, and what the house has decided."""
    with in_house(there.file) as house:
        rollouts = [(r.id, r.end, r.step, [(m.verb, m.at, m.share) for m in r.history]) for r in house.state.rollouts()]
        keys = [i.key for i in house.state.incidents()]
        return {
            "incidents": [
                (i.key, i.level, i.cause, i.detected, i.resolved, i.changes) for i in house.state.incidents()
            ],
            "pages": [(i["dedup_key"], i["status"]) for i in there.pagerduty.incidents],
            "issues": [(i["title"], i["state"]) for i in there.github.issues],
            "comments": len(there.github.comments),
            "console": sorted((house.spec.folder / "alerts.jsonl").read_text().count(k) for k in keys),
            "receipts": sorted(r.alert for k in keys for r in house.state.receipts(k)),
            "rollouts": rollouts,
            "answers": [
                (a.question, a.decision, a.approver, a.at)
                for q in house.state.questions()
                if (a := house.state.answer_to(q.id))
            ],
            "retrainings": [(f.id, outcome) for f, outcome in house.state.followups("toy", Story.RETRAIN)],
            "versions": [v.number for v in house.registry.versions("toy")],
            "champion": house.registry.pointers("toy"),
            "undone": [f.id for f, _ in house.state.unacknowledged()],
            "verdicts": [(v.id, v.level, v.rows) for v in house.state.verdicts("toy", AFTERWARDS, 500)],
        }


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.usefixtures("prefect_api")
def test_ten_kills_change_nothing_that_anybody_can_see(tmp_path: Path) -> None:
    with outside(tmp_path / "calm", "calm") as calm, outside(tmp_path / "killed", "calm") as killed:
        began = time.monotonic()
        replay(calm.file)
        seconds = time.monotonic() - began
        killed.file.write_text(killed.file.read_text().replace('"calm"', '"killed"'))
        assert replay_with_kills(killed.file, seconds) == KILLS
        expected, found = what_happened(calm), what_happened(killed)
        assert expected["incidents"], "an undisturbed replay has incidents"
        assert expected["rollouts"], "and a rollout"
        assert {k: _without_env(v) for k, v in found.items()} == {k: _without_env(v) for k, v in expected.items()}
        assert killed.pagerduty.violations == killed.github.violations == []


def _without_env(happened: object) -> str:
    """The same words for both houses."""
    return repr(happened).replace("wk:killed:", "wk:calm:")

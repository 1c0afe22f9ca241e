"""Labels a week late, every process killed 20 times: the same decisions as undisturbed, to the last word.

Three processes keep a house: one answers requests, one brings the labels of a week ago, one runs the flows on a real
Prefect server. Each goes on where it stopped, by what lies on disk. In one house they are left alone; in the other each
of the three is killed (`kill -9`) 20 times at random moments. One model's candidate is better than its champion and the
other's is worse, which only labels can tell. What was decided, when, and because of what must be the same.
"""

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks.canary_house import BAD, DAY, FIRST, GOOD, build, candidate
from benchmarks.children import PROJECT
from benchmarks.machine import machine
from benchmarks.releasing import in_house, secrets, with_prefect
from watchkeeper.domain.rollouts import Rollout
from watchkeeper.serving.layout import put_whole
from watchkeeper.story.house import House
from watchkeeper.story.releasing import open_rollout

__all__ = ["KEEPERS", "LATE", "ROWS", "main"]

LATE = 7
"""Days from a request to its label."""

ROWS = 600
"""Requests a day and model."""

KEEPERS = ("host", "labels", "flows")
"""The processes that keep a house."""

SEED = 20240301

Process = subprocess.Popen[bytes]


def main(arguments: Sequence[str] | None = None) -> None:
    """Play a house undisturbed and one with kills, and print whether both have decided alike."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.late_labels", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="five kills of each process, twelve days")
    parser.add_argument("--days", type=int, default=None, help="of traffic; 26 when not said")
    asked = parser.parse_args(arguments)
    days, kills = asked.days or (12 if asked.quick else 26), 5 if asked.quick else 20
    with tempfile.TemporaryDirectory(prefix="watchkeeper-late-labels-") as place, with_prefect(Path(place)):
        calm, killed = (_house(Path(place) / name) for name in ("calm", "killed"))
        began = time.monotonic()
        _keep(calm, days, 0, 1.0)
        seconds = time.monotonic() - began
        found = _keep(killed, days, kills, seconds)
        expected, happened = _decided(calm), _decided(killed)
    print(json.dumps(_told(expected, happened, found, days) | {"machine": machine()}))


def _house(folder: Path) -> Path:
    """A house with a rollout of either model at step 0."""
    file = build(folder, [GOOD, BAD], delay=f"{LATE}d")
    with in_house(file) as house:
        for model in (GOOD, BAD):
            open_rollout(house, candidate(house, model, FIRST), FIRST, who="benchmark", because="a benchmark")
        (house.spec.folder / "done").mkdir()
    return file


def _keep(file: Path, days: int, kills: int, seconds: float) -> dict[str, int]:
    """Keep a house for these days; how often each process was killed."""
    draw, killed = random.Random(SEED), dict.fromkeys(KEEPERS, 0)  # noqa: S311 - moments, no secrets
    processes = {name: _start(name, file, days) for name in KEEPERS}
    due = {name: time.monotonic() + draw.uniform(0, 2 * seconds / max(kills, 1)) for name in KEEPERS}
    while processes:
        time.sleep(0.02)
        for name, process in list(processes.items()):
            if process.poll() is not None:
                _ended(name, processes.pop(name))
            elif killed[name] < kills and time.monotonic() >= due[name]:
                processes[name] = _killed_and_started(process, name, file, days)
                killed[name] += 1
                due[name] = time.monotonic() + draw.uniform(0.0, 2 * seconds / kills)
    return killed


def _ended(name: str, process: Process) -> None:
    if process.returncode:
        sys.exit(f"the process `{name}` failed by itself")


def _start(name: str, file: Path, days: int) -> Process:
    command = [sys.executable, "-m", "benchmarks.late_label_keeper", name, str(days)]
    return subprocess.Popen(command, cwd=PROJECT, env=os.environ | secrets(file), start_new_session=True)


def _killed_and_started(process: Process, name: str, file: Path, days: int) -> Process:
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    return _start(name, file, days)


def mark_done(house: House, name: str, number: int) -> None:
    """Note that a process has done its part of a day."""
    put_whole(house.spec.folder / "done" / f"{name}-{number}", b"done")


def is_done(house: House, name: str, number: int) -> bool:
    """Whether a process has done its part of a day."""
    return (house.spec.folder / "done" / f"{name}-{number}").exists()


def _decided(file: Path) -> dict[str, object]:
    """All that was decided: the rollouts with every move and its reason, pointers, and who answers."""
    with in_house(file) as house:
        return {model: _of(house, model, house.state.rollouts(model)) for model in (GOOD, BAD)}


def _of(house: House, model: str, rollouts: Sequence[Rollout]) -> dict[str, object]:
    moves = [(str(m.verb), (m.at - FIRST) // DAY, m.share, m.because) for r in rollouts for m in r.history]
    split, pointers = house.router.split(model), house.registry.pointers(model)
    return {
        "ends": [str(r.end) for r in rollouts],
        "moves": moves,
        "pointers": [pointers.champion, pointers.candidate, pointers.last_good],
        "answers": [split.champion, split.canary, split.share] if split else None,
        "undone": [f.id for f, _ in house.state.unacknowledged(model)],
    }


def _told(
    expected: dict[str, object], happened: dict[str, object], killed: dict[str, int], days: int
) -> dict[str, object]:
    return {
        "same_decisions": happened == expected,
        "kills": killed,
        "days": days,
        "labels_late_days": LATE,
        "decided": {
            model: {"ends": said["ends"], "moves": [move[:3] for move in said["moves"]]}
            for model, said in happened.items()
            if isinstance(said, dict)
        },
        "differences": [model for model in expected if expected[model] != happened[model]],
    }


if __name__ == "__main__":
    main()

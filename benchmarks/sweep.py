"""What it costs to sweep 200 models by one run of the `monitor` deployment, beside two that are broken.

All models are copies of one, with 10,000 records a window. The broken ones are a spec with a typo and a model whose
records cannot be read: the run must name both, and every other model must have its verdict.
"""

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

from benchmarks.fleet import FEATURES, TYPO, UNREADABLE, furnish
from benchmarks.houses import FIRST
from benchmarks.memory import forget_peak, peak_mb
from benchmarks.past import DAY
from deployments.environment import prefect_environment
from deployments.server import free_port, prefect_server
from watchkeeper.domain.intervals import window_id
from watchkeeper.story.house import House
from watchkeeper.wiring import HOUSE

if TYPE_CHECKING:
    from prefect.client.schemas.objects import FlowRun

__all__ = ["Swept", "main", "sweep"]

WRONG = {TYPO: "labels.dely", UNREADABLE: "Not a directory"}
"""What the run must say of those that are broken."""


@dataclass(frozen=True, slots=True)
class Swept:
    """The figures.

    Attributes:
        rows, features: of a window of each model.
        seconds: of the run, from its start to its end.
        peak_mb: by how much the memory of the process grew at most.
        registered_seconds: until all deployments were registered, before the run.
        load: processes that wanted the processor in the minute before.
    """

    models: int
    rows: int
    features: int
    seconds: float
    seconds_per_model: float
    peak_mb: float
    registered_seconds: float
    load: float


def main(arguments: Sequence[str] | None = None) -> None:
    """Sweep once, show what it cost, and end with code 1 when something was not swept as it should be."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.sweep", description=__doc__)
    parser.add_argument("--models", type=int, default=200)
    parser.add_argument("--rows", type=int, default=10_000)
    asked = parser.parse_args(arguments)
    progress, names = Console(stderr=True), [f"model-{number:03d}" for number in range(asked.models)]
    with tempfile.TemporaryDirectory(prefix="watchkeeper-sweep-") as place:
        house = furnish(Path(place), names, asked.rows, progress)
        swept, run = sweep(house, names, asked.rows, progress)
        wrong = _wrong(house, names, asked.rows, run)
    Console(width=110).print(_shown(swept, run))
    print(json.dumps(asdict(swept)))
    sys.exit("\n".join(wrong) or None)


def sweep(house: House, names: Sequence[str], rows: int, progress: Console) -> "tuple[Swept, FlowRun]":
    """One run of the deployment, under a Prefect server of its own, and the figures of it."""
    home, port, runs = house.spec.folder / "prefect", free_port(0), list["FlowRun"]()
    os.environ |= prefect_environment(home, port)
    os.environ |= {HOUSE: str(house.spec.models.parent / "house.toml"), "PREFECT_LOGGING_LEVEL": "CRITICAL"}
    progress.print("Starting the Prefect server ...")
    with prefect_server(home, port):
        from prefect.deployments import run_deployment  # noqa: PLC0415 - Prefect reads its environment when imported

        from deployments.worker import Worker  # noqa: PLC0415 - the same

        began = perf_counter()
        with Worker(house, runs.append) as worker:
            registered, load, before = perf_counter() - began, os.getloadavg()[0], forget_peak()
            progress.print(f"Sweeping {len(names)} models ...")
            at = (FIRST + DAY).isoformat()
            run_deployment(f"monitor/{house.spec.env}", parameters={"at": at}, timeout=0, as_subflow=False)
            worker.work()
            peak = peak_mb() - before
    run = next(run for run in runs if run.name.startswith("monitor"))
    seconds = run.total_run_time.total_seconds()
    each = seconds / len(names)
    figures = (round(n, 3) for n in (seconds, each, peak, registered, load))
    return Swept(len(names), rows, len(FEATURES), *figures), run


def _wrong(house: House, names: Sequence[str], rows: int, run: "FlowRun") -> list[str]:
    """What is not as it should be, one sentence each."""
    said = str(run.state and run.state.message)
    verdicts = {name: house.state.verdict(window_id(name, FIRST + DAY)) for name in names}
    without = [name for name, verdict in verdicts.items() if verdict is None or verdict.rows != rows]
    wrong = [f"{name} has no verdict on its {rows:,} records." for name in without]
    if f"{len(names)} models judged" not in said:
        wrong.append(f"The run does not say that it judged {len(names)} models.")
    lines = {line.partition(":")[0]: line for line in said.splitlines()}
    wrong += [f"The run does not name {name}." for name in WRONG if name not in lines]
    wrong += [f"The run does not say what is wrong with {name}." for name, why in WRONG.items() if why not in said]
    return [*wrong, f"It said: {said}"] if wrong else []


def _shown(swept: Swept, run: "FlowRun") -> Table:
    table = Table(title=f"One sweep of {swept.models} models", show_header=False)
    table.add_row("records x features of a window", f"{swept.rows:,} x {swept.features}")
    table.add_row("seconds of the run", f"{swept.seconds:.1f}")
    table.add_row("seconds per model", f"{swept.seconds_per_model:.3f}")
    table.add_row("memory", f"+{swept.peak_mb:,.0f} MB")
    table.add_row("before it, to register deployments", f"{swept.registered_seconds:.1f} s")
    table.add_row("load of the machine", f"{swept.load:.1f}")
    table.add_row("the run", f"{run.state and run.state.name}; it named {' and '.join(WRONG)}")
    return table


if __name__ == "__main__":
    main()

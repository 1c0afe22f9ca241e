"""Estimated performance beside NannyML's on the same records: `python -m benchmarks.cbpe`.

Three models of the flights (see `cbpe_tasks`), answers of March to December cut into days and weeks. CBPE is one
published method, so both must say the same of a binary and of a multiclass model, up to 1e-3 in every chunk. DLE leaves
the second model open (NannyML takes LightGBM, we scikit-learn's boosted trees): for the regression both are shown
beside what was realised, without a target.
"""

import argparse
import json
import os
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table

os.environ.setdefault("OMP_NUM_THREADS", "1")

from benchmarks.cbpe_tasks import Task, tasks
from benchmarks.children import last_line
from benchmarks.machine import machine
from benchmarks.peers import environment_of
from examples.flights.source import CATEGORIES
from watchkeeper.domain.problems import Problem
from watchkeeper.estimates import Expectation, expect_classes, expect_errors
from watchkeeper.profiles import Kind
from watchkeeper.profiles.metrics import metrics_of

TARGET = 1e-3
PERIODS = {"D": "days", "W": "weeks"}
METRICS = {
    Problem.BINARY: {"roc_auc": "auc", "accuracy": "accuracy", "f1": "f1"},
    Problem.MULTICLASS: {"roc_auc": "auc", "accuracy": "accuracy"},
    Problem.REGRESSION: {"mae": "mae", "rmse": "rmse"},
}
"""NannyML's names of the metrics that both estimate, with ours."""


@dataclass(frozen=True, slots=True)
class Row:
    """One metric of one model over all chunks of one length.

    Attributes:
        apart: the largest distance between both estimates; NaN where either has none.
        ours, theirs: the mean distance of an estimate from what was realised.
        constant: the same of always saying what was realised in training.
        within: the share of chunks in which what was realised lay within two of our errors around our estimate.
        realised: its mean.
        held_to: whether the target is meant for it.
    """

    task: str
    period: str
    metric: str
    chunks: int
    apart: float
    ours: float
    theirs: float
    constant: float
    within: float
    realised: float
    held_to: bool


def main(arguments: Sequence[str] | None = None) -> None:
    """Estimate with both, show the table, and print the figures."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.cbpe", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="weeks alone")
    quick = parser.parse_args(arguments).quick
    python, progress = environment_of("nannyml"), Console(stderr=True)
    rows: list[Row] = []
    with tempfile.TemporaryDirectory(prefix="watchkeeper-cbpe-") as place:
        for task in tasks(Path(place)):
            for period in ("W",) if quick else PERIODS:
                progress.print(f"[bold]{task.name}[/bold] by {PERIODS[period]}")
                rows += _rows(task, period, python, Path(place))
    Console(width=120).print(_shown(rows))
    worst = float(np.max([row.apart for row in rows if row.held_to]))  # NaN, too, is a distance that is not met
    figures = {"rows": [asdict(row) for row in rows], "largest_difference": worst, "target": TARGET}
    print(json.dumps(figures | {"met": worst <= TARGET, "machine": machine()}))


def _rows(task: Task, period: str, python: Path, folder: Path) -> list[Row]:
    names = METRICS[task.problem]
    task.keep(folder, list(names))
    chunks = json.loads(last_line("cbpe_peer", folder, period, python=python))
    expectation = _expectation(task)
    ours = [_ours(task, expectation, slice(chunk["first"], chunk["last"] + 1)) for chunk in chunks]
    trained = metrics_of(task.problem, task.reference.answers, task.reference.labels)
    return [
        _row(task, period, name, [c["metrics"][theirs] for c in chunks], [c[name] for c in ours], trained[name])
        for theirs, name in names.items()
    ]


def _expectation(task: Task) -> Expectation:
    side = task.reference
    if task.problem is not Problem.REGRESSION:
        return expect_classes(side.answers, side.labels)
    kinds = {name: Kind.CATEGORICAL if name in CATEGORIES else Kind.NUMERIC for name in task.features}
    return expect_errors(side.answers, side.labels, side.records, kinds)


def _ours(task: Task, expectation: Expectation, chunk: slice) -> dict[str, dict[str, float]]:
    """What we estimate of a chunk's metrics, and what is realised."""
    side = task.analysis
    answers, records = side.answers[chunk], side.records.slice(chunk.start, chunk.stop - chunk.start)
    realised = metrics_of(task.problem, answers, side.labels[chunk])
    found = expectation.estimates([(answers, records)])
    return {e.metric: {"value": e.value, "error": e.error, "realised": realised[e.metric]} for e in found}


def _row(
    task: Task,
    period: str,
    name: str,
    theirs: list[Mapping[str, float]],
    ours: list[Mapping[str, float]],
    trained: float,
) -> Row:
    value, error, realised = (np.array([chunk[what] for chunk in ours]) for what in ("value", "error", "realised"))
    peer = np.array([chunk["value"] for chunk in theirs])
    return Row(
        task=task.name,
        period=PERIODS[period],
        metric=name,
        chunks=len(ours),
        apart=float(np.abs(value - peer).max()),
        ours=round(float(np.nanmean(np.abs(value - realised))), 5),
        theirs=round(float(np.nanmean(np.abs(peer - realised))), 5),
        constant=round(float(np.nanmean(np.abs(trained - realised))), 5),
        within=round(float(np.nanmean(np.abs(value - realised) <= 2 * error)), 3),
        realised=round(float(np.nanmean(realised)), 5),
        held_to=task.problem is not Problem.REGRESSION,
    )


def _shown(rows: Sequence[Row]) -> Table:
    table = Table(title="Estimated performance, March to December, beside NannyML's")
    for head in ("model", "metric", "chunks", "largest difference", "ours off by", "theirs", "constant", "in 2 errors"):
        table.add_column(head, justify="left" if head in ("model", "metric") else "right")
    for r in rows:
        apart = f"{r.apart:.1e}" if r.held_to else f"({r.apart:.3f})"
        off = [f"{value:.4f}" for value in (r.ours, r.theirs, r.constant)]
        table.add_row(r.task, f"{r.metric} {r.realised:.3f}", f"{r.chunks} {r.period}", apart, *off, f"{r.within:.0%}")
    return table


if __name__ == "__main__":
    main()

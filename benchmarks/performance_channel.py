"""How often the performance channel pages when nothing is wrong, and how soon it finds labels that are turned round.

Streams of days are put together from whole weeks, drawn with replacement from a year of flights that a cross-validated
model answered: days differ as real days do, and nothing drifts. The first 60 days are the version's training, answered
out of fold; then it serves for 120, and from the 61st of them a share of the labels is turned round.

* A false alarm is an incident that opens at, or escalates to, CRITICAL on a stream without a fault: everything runs as
  in production, checks, charts, confirmation and incidents.
* A fault is caught when an incident becomes CRITICAL within seven days of its beginning. Streams on which one stands
  already are left out.
* Peers see the same streams: river's detectors the log-loss of every record, three sigma the AUC of every day. Each day
  on which they speak is an alarm.
"""

import argparse
import json
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table

from benchmarks.children import last_line
from benchmarks.label_days import Days, label_days, losses, weeks
from benchmarks.label_streams import FAULT, SERVING, SOON, TRAINING, Alarms, default_shares, first_day, only, played
from benchmarks.peers import environment_of
from benchmarks.streams import FLIGHTS

__all__ = ["Figures", "main"]

FLIPS = (0.02, 0.05)
TARGETS = {"false_alarms": 0.5, "caught 0.02": 0.55, "caught 0.05": 0.98}
BUDGET = 0.46
"""Pages in 30 days that are allowed; a little below the target, as this year's weather overruns it by a twentieth."""

progress = Console(stderr=True)


@dataclass(frozen=True, slots=True)
class Figures:
    """What was measured of one detector.

    Attributes:
        false_alarms: in 30 days.
        caught: share of streams within seven days, by share of labels turned round.
        streams: that were looked at.
        by_check: what false alarms were about.
    """

    false_alarms: float
    caught: Mapping[float, float]
    streams: int
    by_check: Mapping[str, int]


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and tell."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="fewer streams, without river")
    quick = parser.parse_args(arguments).quick
    progress.print("Cross-validating the model over a year of flights ...")
    days = label_days(FLIGHTS, first_day(), (0.0, *FLIPS))
    streams = weeks(60 if quick else 240, TRAINING + SERVING, seed=7)
    found = {
        f"AUC, {BUDGET:g} in 30 days": played(only({"auc": BUDGET / 30}), days, streams),
        "AUC, calibration, log-loss at their default shares": played(only(default_shares()), days, streams),
        "AUC 3 sigma below training": Alarms({flip: _three_sigma(days, streams, flip) for flip in days}),
    }
    found |= {} if quick else _river(days, streams[:30])
    _tell({name: _figures(alarms) for name, alarms in found.items()})


def _three_sigma(days: Mapping[float, Days], streams: np.ndarray, flip: float) -> list[list[int]]:
    """The days whose AUC is three standard deviations below the mean of training."""
    found = []
    for stream in streams:
        trained = [days[0.0][day].metrics["auc"] for day in stream[:TRAINING]]
        least = float(np.mean(trained) - 3 * np.std(trained))
        served = [days[flip if n >= FAULT else 0.0][day].metrics["auc"] for n, day in enumerate(stream[TRAINING:])]
        found.append([number for number, auc in enumerate(served) if auc < least])
    return found


def _river(days: Mapping[float, Days], streams: np.ndarray) -> dict[str, Alarms]:
    """What river finds: its detectors learn on the training days and count from then on."""
    progress.print(f"river on {len(streams)} streams ...")
    rows = {f"losses {flip}": np.concatenate([losses(day) for day in series]) for flip, series in days.items()}
    sizes = {flip: [day.labels.size for day in series] for flip, series in days.items()}
    first = {f"first {flip}": np.concatenate([[0], np.cumsum(many)[:-1]]) for flip, many in sizes.items()}
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "streams.npz"
        np.savez(file, streams=streams, begins=TRAINING + FAULT, **rows, **first)
        told: dict[str, Any] = json.loads(last_line("river_peer", file, python=environment_of("river")))
    return {
        name: Alarms({float(flip): [[d - TRAINING for d in s] for s in many] for flip, many in series.items()})
        for name, series in told.items()
    }


def _figures(alarms: Alarms) -> Figures:
    calm = [day for stream in alarms.days[0.0] for day in stream or () if day >= 0]
    caught = {}
    for flip in FLIPS:
        counted = [stream for stream in alarms.days[flip] if stream is not None]
        caught[flip] = float(np.mean([any(FAULT <= day < FAULT + SOON for day in stream) for stream in counted]))
    streams = len(alarms.days[0.0])
    return Figures(30 * len(calm) / (SERVING * streams), caught, streams, alarms.by_check)


def _tell(found: Mapping[str, Figures]) -> None:
    table = Table(title="False alarms, and turned labels that are caught within seven days")
    for column in ("detector", "false alarms in 30 days", *(f"{100 * flip:g} % turned" for flip in FLIPS), "streams"):
        table.add_column(column, justify="left" if column == "detector" else "right")
    for name, one in found.items():
        caught = (f"{one.caught[flip]:.2f}" for flip in FLIPS)
        table.add_row(name, f"{one.false_alarms:.2f}", *caught, str(one.streams))
    Console().print(table)
    ours = next(iter(found.values()))
    figures = {"false_alarms": ours.false_alarms} | {f"caught {flip}": ours.caught[flip] for flip in FLIPS}
    met = {n: v <= TARGETS[n] if n == "false_alarms" else v >= TARGETS[n] for n, v in figures.items()}
    detectors = {name: asdict(one) for name, one in found.items()}
    print(json.dumps({"benchmark": "performance-channel", **figures, "targets": TARGETS, "met": met, "all": detectors}))


if __name__ == "__main__":
    main()

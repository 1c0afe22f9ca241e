"""river's detectors over prepared streams, in its own environment: `python -m benchmarks.river_peer FILE`.

FILE is an npz: `streams` (streams, days) with the places of days, and for each series `first`, the row at which each
day begins, and `losses`; a series is named by the share of labels turned round. The last line of what is printed is
JSON: by detector and series, for each stream the days on which it spoke.
"""

import json
import sys
from collections.abc import Callable
from typing import Any

import numpy as np
from river import drift

__all__ = ["DETECTORS", "spoken"]

DETECTORS: dict[str, Callable[[], Any]] = {
    "river Page-Hinkley": lambda: drift.PageHinkley(mode="up"),
    "river Page-Hinkley, threshold 150": lambda: drift.PageHinkley(mode="up", threshold=150),
    "river ADWIN": drift.ADWIN,
}


def spoken(detector: Any, days: list[np.ndarray]) -> list[int]:  # noqa: ANN401 - river's own types
    """The days on which a detector finds a change among the losses of their records."""
    found = []
    for place, day in enumerate(days):
        for loss in day.tolist():
            detector.update(loss)
            if detector.drift_detected and found[-1:] != [place]:
                found.append(place)
    return found


def _main(file: str) -> None:
    prepared = np.load(file)
    clean, begins = "0.0", int(prepared["begins"])
    series = [name.removeprefix("losses ") for name in prepared.files if name.startswith("losses ")]
    days = {name: np.split(prepared[f"losses {name}"], prepared[f"first {name}"][1:]) for name in series}
    told: dict[str, dict[str, list[list[int]]]] = {}
    for name, make in DETECTORS.items():
        told[name] = {}
        for one in series:
            told[name][one] = [
                spoken(make(), [days[one if place >= begins else clean][day] for place, day in enumerate(stream)])
                for stream in prepared["streams"]
            ]
        print(name, file=sys.stderr)
    print(json.dumps(told))


if __name__ == "__main__":
    _main(sys.argv[1])

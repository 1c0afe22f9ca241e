"""What a version lets one expect, on disk: knots of calibration maps, or models of its errors.

expectation.json   the maps; or what the models of errors are to be asked with
errors.skops       the models of errors of a regression
"""

import json
from pathlib import Path
from typing import Any

import numpy as np

from watchkeeper.adapters._skops_files import load_estimator, save_estimator
from watchkeeper.estimates import ClassExpectation, ErrorExpectation, Expectation
from watchkeeper.estimates.maps import CalibrationMap
from watchkeeper.profiles import Kind

__all__ = ["read_expectation", "write_expectation"]

EXPECTATION, ERRORS = "expectation.json", "errors.skops"


def write_expectation(folder: Path, expectation: Expectation | None) -> None:
    """Write it, if there is one."""
    if expectation is None:
        return
    if isinstance(expectation, ErrorExpectation):
        save_estimator({"absolute": expectation.absolute, "squared": expectation.squared}, folder / ERRORS)
        told: dict[str, Any] = {"kinds": list(expectation.kinds.items()), "categories": expectation.categories}
        told["spreads"] = expectation.spreads
    else:
        told = {"maps": [[map_.said.tolist(), map_.true.tolist()] for map_ in expectation.maps]}
    (folder / EXPECTATION).write_text(json.dumps(told), encoding="utf-8")


def read_expectation(folder: Path) -> Expectation | None:
    """What was written; None of a version that has none. Raises BrokenVersion."""
    file = folder / EXPECTATION
    if not file.exists():
        return None
    told = json.loads(file.read_text(encoding="utf-8"))
    if "maps" in told:
        return ClassExpectation(tuple(CalibrationMap(np.array(said), np.array(true)) for said, true in told["maps"]))
    errors = load_estimator(folder / ERRORS, ())
    kinds = {name: Kind(kind) for name, kind in told["kinds"]}
    categories = {name: tuple(found) for name, found in told["categories"].items()}
    absolute, squared = told["spreads"]
    return ErrorExpectation(kinds, categories, errors["absolute"], errors["squared"], (absolute, squared))

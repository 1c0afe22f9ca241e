"""What the services of `serving-load` serve, and what they are asked."""

import json
import os
from pathlib import Path

import pyarrow as pa

from examples.flights.source import FEATURES, MODEL, Flights
from examples.flights.train import FOLDER, HISTORY, train
from watchkeeper.adapters.folder_registry import FolderRegistry
from watchkeeper.domain.intervals import Interval
from watchkeeper.domain.versions import Pointers, Version
from watchkeeper.ports import Anchor, TrainingRequest
from watchkeeper.profiles import Profile

__all__ = ["furnish"]


def furnish(folder: Path) -> Path:
    """A registry with the example's first version, and real flights to ask about, one a line."""
    os.environ[FOLDER] = str(folder / "flights")
    trained = train(TrainingRequest("first", MODEL, HISTORY[1], "The first version."), pa.table({}))
    registry = FolderRegistry(folder / "registry")
    version = Version(MODEL, 0, "", HISTORY[1], Interval(*HISTORY), "for a benchmark")
    registry.register(version, trained.estimator, Anchor(Profile(), (), (), trained.records.slice(0, 10)), "first")
    registry.point(MODEL, Pointers(champion=1, last_good=1), instead_of=Pointers())
    asked = folder / "asked.jsonl"
    rows = Flights(folder / "flights").day(HISTORY[1].date()).select(list(FEATURES)).slice(0, 500).to_pylist()
    asked.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return asked

"""A house's folder with two versions of the flights model."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pyarrow as pa

from examples.flights import train
from examples.flights.answering import Answering
from examples.flights.source import FEATURES, MODEL
from watchkeeper.adapters.file_router import FileRouter
from watchkeeper.adapters.folder_registry import FolderRegistry
from watchkeeper.domain.intervals import Interval
from watchkeeper.domain.traffic import Split
from watchkeeper.domain.versions import Pointers, Version
from watchkeeper.ports import Anchor, Trained
from watchkeeper.profiles import Profile

APRIL = datetime(2013, 4, 12, tzinfo=UTC)


@dataclass(frozen=True)
class Place:
    root: Path
    registry: FolderRegistry

    def answering(self) -> Answering:
        return Answering(self.registry, self.root / "records", self.root / "traffic")

    def split(self, canary: int | None, share: float) -> Split:
        split = Split(1, canary, share, "rollout-1", APRIL)
        FileRouter(self.root / "traffic").set_split(MODEL, split)
        return split

    def spoil(self, number: int) -> None:
        """Break a version as a bad disk would."""
        (self.root / "registry" / MODEL / "versions" / f"{number:04d}" / "model.skops").write_bytes(b"not a model")


def furnish(root: Path, trained: Trained) -> Place:
    """Registers it as versions 1, the champion, and 2."""
    registry = FolderRegistry(root / "registry")
    anchor = Anchor(Profile(), (), (), trained.records.slice(0, 10))
    for number in (1, 2):
        unnamed = Version(MODEL, 0, "", APRIL, Interval(*train.HISTORY), "for a test")
        registry.register(unnamed, trained.estimator, anchor, f"request {number}")
    registry.point(MODEL, Pointers(champion=1, last_good=1), instead_of=Pointers())
    return Place(root, registry)


def answers(trained: Trained, asked: pa.Table) -> np.ndarray:
    """What the estimator itself answers."""
    estimator = trained.estimator
    return estimator.predict_proba(asked.select(list(FEATURES)).to_pandas())[:, 1]

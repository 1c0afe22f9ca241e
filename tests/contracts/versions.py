"""Trained versions for the registry's tests, and what its other processes do."""

import os
import signal
import time
from collections.abc import Iterator
from functools import cache
from multiprocessing.synchronize import Barrier
from pathlib import Path

import numpy as np
import pyarrow as pa
from sklearn.compose import make_column_transformer
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OrdinalEncoder

from tests.builders import DAY, NOON, a_measure
from watchkeeper.adapters.folder_registry import FolderRegistry
from watchkeeper.domain.findings import Measure
from watchkeeper.domain.intervals import Interval
from watchkeeper.domain.versions import Pointers, Version
from watchkeeper.errors import Conflict
from watchkeeper.ports import Anchor
from watchkeeper.profiles import Kind, fit_grids, profile_batches

KINDS = {"temp": Kind.NUMERIC, "seats": Kind.NUMERIC, "carrier": Kind.CATEGORICAL, "prediction": Kind.NUMERIC}
FEATURES = ("temp", "seats", "carrier")
RACES = 4
PATIENCE = 30.0
GATES: list[Barrier] = []


def records(rows: int = 300, seed: int = 0) -> pa.Table:
    """Labelled training records; `carrier` is dictionary-encoded, as windows are stored."""
    draw = np.random.default_rng(seed)
    temp = draw.normal(60, 15, rows)
    return pa.table(
        {
            "temp": temp,
            "seats": draw.integers(50, 300, rows),
            "carrier": pa.array(draw.choice(["AA", "B6", "UA"], rows)).dictionary_encode(),
            "_at": [NOON + n * DAY / rows for n in range(rows)],
            "_label": (temp + draw.normal(0, 10, rows) > 60).astype(float),
            "_prediction": draw.uniform(size=rows),
        }
    )


def frame(table: pa.Table) -> object:
    """The features as a trainer would take them."""
    return table.select(FEATURES).to_pandas().astype({"carrier": "str", "seats": "float64"})


@cache
def an_estimator() -> object:
    table = records()
    encode = OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1)
    parts = make_column_transformer((encode, ["carrier"]), remainder="passthrough", sparse_threshold=0)
    pipeline = make_pipeline(parts, HistGradientBoostingClassifier(max_iter=5, categorical_features=[0]))
    return pipeline.fit(frame(table), table.column("_label").to_numpy())


@cache
def a_small_estimator() -> object:
    table = records()
    return LogisticRegression().fit(table.select(["temp"]).to_pandas(), table.column("_label").to_numpy())


def an_anchor(measures: tuple[Measure, ...] = (a_measure(),)) -> Anchor:
    table = records()
    counted = table.append_column("prediction", table.column("_prediction"))
    profile = profile_batches([counted], KINDS, fit_grids(counted, KINDS))
    days = [Interval(NOON + n * DAY, NOON + (n + 1) * DAY) for n in range(3)]
    return Anchor(profile, tuple((day, profile) for day in days), measures, table)


def a_version(**changes: object) -> Version:
    usual = {
        "model": "flights",
        "number": 0,
        "digest": "",
        "created": NOON,
        "trained_on": Interval(NOON - 90 * DAY, NOON),
        "origin": "the first version",
        "metrics": {"log_loss": 0.44},
    }
    return Version(**usual | changes)


def use_gate(gate: Barrier) -> None:
    """Racers start at once, when all have come to this gate."""
    GATES.append(gate)


def register_all(root: Path, racer: int) -> list[tuple[int, int]]:
    """Register what all others register too, then something of one's own; the numbers that each got."""
    registry, estimator, anchor = FolderRegistry(root), a_small_estimator(), an_anchor()
    GATES[0].wait(PATIENCE)
    return [
        tuple(registry.register(a_version(), estimator, anchor, f"{who}-{n}").number for who in ("all", racer))
        for n in range(RACES)
    ]


def point_all(root: Path, racer: int) -> list[bool]:
    """Make one version after another champion as all others do; whether each move was ours."""
    registry = FolderRegistry(root)
    GATES[0].wait(PATIENCE)
    return [_points(registry, number, racer) for number in range(2, RACES + 1)]


def _points(registry: FolderRegistry, number: int, racer: int) -> bool:
    deadline = time.monotonic() + PATIENCE
    while (found := registry.pointers("flights")).champion < number - 1:
        assert time.monotonic() < deadline, f"nobody made version {number - 1} champion"
        time.sleep(0.001)
    mine = Pointers(champion=number, candidate=racer)
    if found.champion >= number:
        return False
    try:
        registry.point("flights", mine, instead_of=found)
    except Conflict:
        return False
    return True


class LastWords(tuple[Measure, ...]):
    """Measures that kill the process which comes to write them: in the middle of registering."""

    __slots__ = ()

    def __iter__(self) -> Iterator[Measure]:
        os.kill(os.getpid(), signal.SIGKILL)
        return super().__iter__()


def die_while_registering(root: Path) -> None:
    FolderRegistry(root).register(a_version(), a_small_estimator(), an_anchor(LastWords((a_measure(),))), "deadly")


def register_for_ever(root: Path) -> None:
    """Register one version after another until killed."""
    registry, estimator, anchor = FolderRegistry(root), a_small_estimator(), an_anchor()
    for number in range(100_000):
        registry.register(a_version(), estimator, anchor, f"request {number}")

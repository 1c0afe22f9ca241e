"""A house of many models, copies of one, and of two that are broken."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pyarrow as pa
from rich.console import Console
from rich.progress import track

from benchmarks.houses import FIRST
from benchmarks.models import spec_of, train, write_house
from benchmarks.past import DAY
from benchmarks.tables import KINDS, labels_of, traffic
from watchkeeper.domain.traffic import Split
from watchkeeper.domain.versions import Pointers, Version
from watchkeeper.ports import Anchor, Trained, TrainingRequest
from watchkeeper.story.house import House
from watchkeeper.story.retraining import register
from watchkeeper.wiring import open_house

__all__ = ["FEATURES", "TYPO", "UNREADABLE", "furnish"]

FEATURES = ("n00", "n01", "n05", "n06", "c00", "c01")
TRAINED_ON = 30
"""Days of training records, as large as those that are swept."""

TYPO, UNREADABLE = "typo", "unreadable"
"""The two that are broken: in its spec, and in its records."""


def furnish(folder: Path, names: Sequence[str], rows: int, progress: Console) -> House:
    """The house in a folder; its models have records of `FIRST` and the day before, so many each."""
    house = open_house(_write_specs(folder, names))
    progress.print("Training the version that all models share ...")
    version, trained = _first_version(house, names[0], rows)
    anchor = house.registry.anchor(names[0], version.number)
    days = [_records(FIRST - DAY, rows), _records(FIRST, rows)]
    for name in track((*names, UNREADABLE), "Furnishing the house", console=progress, transient=True):
        _make_champion(house, replace(version, model=name, digest=""), trained, anchor)
        for records in days if name != UNREADABLE else ():
            house.predictions.append(name, records)
            house.predictions.append_labels(name, labels_of(records))
    (house.spec.folder / "records" / UNREADABLE).write_text("a file where a folder should be", encoding="utf-8")
    return house


def _write_specs(folder: Path, names: Sequence[str]) -> Path:
    file = write_house(folder)
    specs = {name: spec_of(name, FEATURES) for name in (*names, UNREADABLE, TYPO)}
    specs[TYPO] = specs[TYPO].replace("delay", "dely")
    for name, spec in specs.items():
        (folder / "models" / f"{name}.toml").write_text(spec, encoding="utf-8")
    return file


def _records(day: datetime, rows: int) -> pa.Table:
    records = traffic(day, rows)
    return records.select([name for name in records.column_names if name not in KINDS or name in FEATURES])


def _first_version(house: House, name: str, rows: int) -> tuple[Version, Trained]:
    days = [_records(FIRST - n * DAY, rows) for n in range(TRAINED_ON, 0, -1)]
    records = pa.concat_tables([day.append_column("_label", labels_of(day)["_label"]) for day in days])
    request = TrainingRequest("first", name, FIRST, "The first version.")
    trained = train(request, records.drop_columns(["_id", "_key", "_version", "_latency_ms"]))
    return register(house, request, trained, FIRST), trained


def _make_champion(house: House, version: Version, trained: Trained, anchor: Anchor) -> None:
    number = house.registry.register(version, trained.estimator, anchor, "first").number
    house.router.set_split(version.model, Split(number, None, 0.0, "first", FIRST))
    pointers = Pointers(champion=number, last_good=number)
    house.registry.point(version.model, pointers, instead_of=Pointers())

"""What one look costs after a month of one-minute windows, and at other lengths.

`python -m benchmarks.window_lengths [--quick]`. A model of 15 columns is trained. What thirty days of looks leave behind
is written in one go: every window has its profile, its verdict and its measures, as a real look wrote them. Then real
looks at the windows that follow are timed. The first of them makes the sums by hour and day, which otherwise are made
one by one as time goes by.
"""

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median

import numpy as np
import pyarrow as pa
from rich.console import Console
from rich.table import Table
from sklearn.linear_model import LogisticRegression

from watchkeeper.adapters import _kept_profiles
from watchkeeper.adapters._sql_codec import encode, micros
from watchkeeper.adapters._sql_connection import transaction
from watchkeeper.adapters._sql_measures import put_measures
from watchkeeper.adapters._sql_tables import VERDICTS
from watchkeeper.domain.intervals import Interval, interval_ending, window_id
from watchkeeper.domain.reaches import held_against
from watchkeeper.domain.verdicts import Verdict
from watchkeeper.ports import Trained, TrainingRequest
from watchkeeper.profiles import to_bytes
from watchkeeper.story.baselines import recall_anchor
from watchkeeper.story.house import House
from watchkeeper.story.retraining import start_model
from watchkeeper.story.watching import look, read_window
from watchkeeper.wiring import open_house

FIRST = datetime(2024, 6, 3, 12, tzinfo=UTC)
NUMBERS, TEXTS = [f"n{i}" for i in range(10)], [f"c{i}" for i in range(5)]
TRAINED_ON = {"1m": timedelta(days=30), "1h": timedelta(days=30), "1d": timedelta(days=60), "30d": timedelta(days=720)}
GONE = {"1m": timedelta(days=30), "1h": timedelta(days=30), "1d": timedelta(days=90), "30d": timedelta(days=360)}
A_WINDOW = {"1m": 100, "1h": 1_000, "1d": 5_000, "30d": 20_000}
"""Records a window."""

LOOKS, QUICK = 10, ("1m", "30d")
NEWEST = 20
"""So many of the verdicts gone by are whole; of older ones only the level and what was measured is ever read."""
TARGET = 1.0
"""Seconds of computing: a look at a minute that takes longer leaves no time for other models."""

SPEC = """
model = "lengths"
every = "EVERY"
[features]
numeric = NUMBERS
categorical = TEXTS
[training]
function = "benchmarks.window_lengths:train"
holdout = "7d"
history = "720d"
"""


@dataclass(frozen=True, slots=True)
class Cost:
    """What looks at windows of one length cost."""

    every: str
    windows: int
    read: int
    first: float
    later: float
    computing: float
    kilobytes: float


def traffic(start: datetime, length: timedelta, rows: int) -> pa.Table:
    """Made-up records of an interval, with their labels."""
    draw = np.random.default_rng(int(start.timestamp()))
    columns: dict[str, object] = {name: draw.normal(size=rows) for name in NUMBERS}
    columns |= {name: draw.choice(["a", "b", "c", "d"], rows) for name in TEXTS}
    seconds = np.sort(draw.uniform(0, length.total_seconds(), rows))
    at = pa.array([start + timedelta(seconds=s) for s in seconds.tolist()], pa.timestamp("us", "UTC"))
    answers = 1 / (1 + np.exp(-np.asarray(columns["n0"])))
    ids = [f"{start:%Y%m%d%H%M}-{n}" for n in range(rows)]
    ours = {"_id": ids, "_key": ids, "_at": at, "_prediction": answers, "_latency_ms": np.ones(rows)}
    return pa.table(ours | columns | {"_label": (draw.random(rows) < answers).astype(float)})


def train(request: TrainingRequest, records: pa.Table) -> Trained:  # noqa: ARG001 - there is only the first training
    """A logistic regression on made-up records, spread thinly over the training time."""
    days = TRAINED_ON[EVERY[0]]
    known = traffic(FIRST - days, days, 60_000).drop_columns(["_id", "_key", "_latency_ms"])
    estimator = LogisticRegression().fit(known.select(NUMBERS).to_pandas(), known["_label"].to_numpy())
    return Trained(estimator, known)


EVERY = ["1m"]
"""The length that is being measured."""


def measured(every: str, folder: Path) -> Cost:
    """Thirty days of windows of one length, and the looks after them."""
    EVERY[0] = every
    house = _house(folder, every)
    spec, step = house.model("lengths"), house.model("lengths").every
    begins = interval_ending(FIRST, step)
    for number in range(-1, LOOKS + 1):
        _serve(house, begins.shifted(number * step), A_WINDOW[every])
    count = GONE[every] // step
    _live(house, look(house, spec, begins), count)
    windows = [begins.shifted(step * n) for n in range(1, LOOKS + 1)]
    anchor = recall_anchor(house, spec, 1, windows[0])
    size = _size(folder)
    seconds, computing = zip(*[_seconds(house, window) for window in windows], strict=True)
    read = len(house.predictions.sums("lengths", held_against(windows[-1]), step)) + len(anchor.windows)
    grown = (_size(folder) - size) / LOOKS / 1e3
    return Cost(every, count, read, seconds[0], median(seconds[1:]), median(computing[1:]), grown)


def _size(folder: Path) -> int:
    """Bytes that the house takes, without its records."""
    return sum(f.stat().st_size for f in (folder / "kept").rglob("*") if f.is_file() and f.suffix != ".parquet")


def _house(folder: Path, every: str) -> House:
    (folder / "models").mkdir(parents=True)
    said = SPEC.replace("EVERY", every).replace("NUMBERS", str(NUMBERS)).replace("TEXTS", str(TEXTS))
    (folder / "models" / "lengths.toml").write_text(said)
    (folder / "house.toml").write_text('env = "benchmark"\nfolder = "kept"\nmodels = "models"\n')
    house = open_house(folder / "house.toml")
    start_model(house, "lengths", FIRST)
    return house


def _serve(house: House, window: Interval, rows: int) -> None:
    records = traffic(window.start, window.length, rows).append_column("_version", pa.array(np.ones(rows, int)))
    house.predictions.append("lengths", records.drop_columns(["_label"]))
    house.predictions.append_labels("lengths", records.select(["_id", "_label", "_at"]))


def _seconds(house: House, window: Interval) -> tuple[float, float]:
    """How long a look takes, and for how long of that it computes."""
    begun, computed = time.perf_counter(), time.process_time()
    look(house, house.model("lengths"), window)
    return time.perf_counter() - begun, time.process_time() - computed


def _live(house: House, verdict: Verdict, count: int) -> None:
    """Leave behind what looks at the windows before this one would have left."""
    spec = house.model("lengths")
    anchor = recall_anchor(house, spec, 1, verdict.interval)
    profile = to_bytes(read_window(house, spec, 1, anchor, verdict.interval).profile)
    folder = house.spec.folder / "records" / "lengths" / "profiles"
    for window in _before(verdict.interval, count):
        day = folder / f"day={window.start:%Y-%m-%d}"
        day.mkdir(parents=True, exist_ok=True)
        (day / _kept_profiles._name(window)).write_bytes(profile)  # noqa: SLF001 - written as it would have been
    old = encode(replace(verdict, findings=()))
    draw = np.random.default_rng(1)
    with transaction(f"sqlite:///{house.spec.folder / 'state.db'}", writes=True) as connection:
        for number, window in enumerate(_before(verdict.interval, count)):
            mine = replace(verdict, id=window_id("lengths", window.end), interval=window)
            outline = old if number < count - NEWEST else encode(replace(mine, findings=()))
            keys = {"id": mine.id, "model": "lengths", "ended": micros(window.end), "level": 0}
            connection.execute(
                VERDICTS.insert(),
                keys | {"outline": outline, "body": outline if number < count - NEWEST else encode(mine)},
            )
            measures = [m for f in verdict.findings for m in f.measures]
            jittered = (replace(m, value=m.value * draw.normal(1, 0.02), at=window.end) for m in measures)
            put_measures(connection, mine, jittered)


def _before(window: Interval, count: int) -> Iterator[Interval]:
    return (window.shifted(-window.length * n) for n in range(count, 0, -1))


def _shown(costs: list[Cost]) -> Table:
    table = Table(title="One look, after windows of one length")
    for name in (
        "every",
        "windows gone by",
        "profiles read",
        "first look [s]",
        "later [s]",
        "computing [s]",
        "kept [kB]",
    ):
        table.add_column(name, justify="right")
    for c in costs:
        cells = (
            f"{c.windows:,}",
            str(c.read),
            f"{c.first:.2f}",
            f"{c.later:.3f}",
            f"{c.computing:.3f}",
            f"{c.kilobytes:,.0f}",
        )
        table.add_row(c.every, *cells)
    return table


def main() -> None:
    """Measure, show, and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="minutes and months alone")
    lengths = QUICK if parser.parse_args().quick else tuple(A_WINDOW)
    costs = []
    for every in lengths:
        sys.stderr.write(f"windows of {every}\n")
        with tempfile.TemporaryDirectory() as folder:
            costs.append(measured(every, Path(folder) / "house"))
    Console().print(_shown(costs))
    minutes = costs[0]
    names = ("first", "later", "computing", "kilobytes")
    figures = {c.every: {"read": c.read} | {name: round(getattr(c, name), 3) for name in names} for c in costs}
    print(
        json.dumps(
            {"benchmark": "window-lengths", "looks": figures, "target": TARGET, "met": minutes.computing <= TARGET}
        )
    )


if __name__ == "__main__":
    main()

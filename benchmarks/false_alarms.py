"""False pages on days on which nothing can be wrong: January and February of the flights, which the model learned from.

Leave a week out: every day is judged as if it came right after the other days of its two months, without the three
days before and after it, which share its weather. Days after it are dated eight weeks earlier, so that weekdays stay
what they are and the days before it are without a gap but for that half week. From them it has its trailing 28 days and
its seeded history, as production has; every page is false by construction. All checks ask that need no labels, with the
limits that the flights' own spec gives them, and every critical finding counts as a page, confirmed or not.

Beside it, on the same days against the same two months without the week, the usual rules: Evidently's defaults (its
formulas: Wasserstein distance by standard deviation, or Jensen-Shannon distance, from 0.1 on; "dataset drift" when half
of the columns drift), and a PSI from 0.2 on.
"""

import argparse
import json
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from itertools import pairwise, repeat
from os import cpu_count, environ
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from rich.console import Console
from rich.table import Table
from scipy.spatial.distance import jensenshannon
from scipy.stats import wasserstein_distance

from benchmarks.channel import CHANNEL, day, replayer, window_of
from benchmarks.streams import FLIGHTS, Stream, flights
from examples.flights.train import FOLDER, HISTORY, train
from watchkeeper.domain.intervals import Interval
from watchkeeper.domain.levels import Level
from watchkeeper.ports import TrainingRequest
from watchkeeper.profiles import Kind, Profile
from watchkeeper.profiles.distances import psi
from watchkeeper.spec import ModelSpec, read_model
from watchkeeper.window import PREDICTION

__all__ = ["main"]

SPEC = Path("deployments/models/flights.toml")
Days = tuple[tuple[Interval, Profile], ...]
WEEKS, APART = 56, 3
"""Days by which later days are dated back; days before and after a day that share its weather."""

PEERS = ("Evidently: any column", "Evidently: dataset drift", "PSI from 0.2: any column")
DRIFTS, HALF, SIGNIFICANT = 0.1, 0.5, 0.2
"""Evidently's thresholds of a column and of the dataset, and the usual one of the PSI."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Judge every day, show the rules side by side, and print the figures."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.false_alarms", description=__doc__)
    parser.add_argument("--flights", type=Path, default=FLIGHTS, help="the folder of the cached flights")
    parser.add_argument("--processes", type=int, default=cpu_count() or 1)
    asked = parser.parse_args(arguments)
    progress = Console(stderr=True)
    progress.print("answering January and February out of fold ...")
    stream = answered(asked.flights)
    spec = spec_of_channel()
    days = list(stream.training)
    progress.print(f"judging {len(days)} days ...")
    at_once = len(days) // asked.processes + 1
    with ProcessPoolExecutor(asked.processes) as pool:
        pages = list(pool.map(pages_of, repeat(stream.windows), repeat(spec), days, chunksize=at_once))
        peers = list(pool.map(peers_of, repeat(stream), days, chunksize=at_once))
    alarms = {"Watchkeeper": sum(map(bool, pages))} | {p: sum(found[p] for found in peers) for p in PEERS}
    Console(width=110).print(_shown(alarms, len(days)))
    a_month = {name: round(30 * count / len(days), 2) for name, count in alarms.items()}
    ours = a_month.pop("Watchkeeper")
    told = {f"{day(n).start:%b %d}": page for n, page in zip(days, pages, strict=True) if page}
    figures = {"days": len(days), "false_pages_per_30_days": ours, "pages": told, "peers_per_30_days": a_month}
    print(json.dumps({**figures, "target": 1.0, "met": ours <= 1}))


def answered(folder: Path) -> Stream:
    """January and February with the answers of models that had not seen their week."""
    plain = flights(folder)
    environ[FOLDER] = str(folder)
    records = train(TrainingRequest("false-alarms", "flights", HISTORY[1], "a benchmark"), pa.table({})).records
    number = pc.day_of_year(records["_at"]).to_numpy() - 1
    edges = np.searchsorted(number, np.arange(len(plain.training) + 1))
    named = records.select([*plain.kinds, "_prediction"]).rename_columns([*plain.kinds, PREDICTION])
    days = tuple(named.slice(a, b - a) for a, b in pairwise(edges))
    return replace(plain, days=days, kinds={**plain.kinds, PREDICTION: Kind.NUMERIC})


def spec_of_channel() -> ModelSpec:
    """The flights' spec with the limits that it gives, and silent on all that needs labels."""
    whole = read_model(SPEC)
    asking = {check.kind: check for check in whole.asked}
    shares = {k: asking[k].false_alarms for k in ("drift", "prediction_drift")}
    said = {kind: dict(words) for kind, words in whole.checks.items()}
    for kind in asking.keys() - {*CHANNEL, "prediction_drift"}:
        said[kind] = {"enabled": False}
    for kind, share in shares.items():
        said.setdefault(kind, {})["false_alarms"] = share
    return whole.model_copy(update={"checks": said})


def pages_of(days: Days, spec: ModelSpec, number: int) -> str:
    """Why a day would page, if it would: its worst critical finding, confirmed or not."""
    replay = replayer(spec, _others(days, number))
    verdict = replay.step(window_of(*days[number])).verdict
    return next((f.sentence for f in verdict.findings if f.level is Level.CRITICAL), "")


def _others(days: Days, number: int) -> list[tuple[Interval, Profile]]:
    """The days of the two months before a day, those after it dated back, without the week around it."""
    own = {n: profile for n, (_, profile) in enumerate(days) if n < number - APART}
    later = {n - WEEKS: profile for n, (_, profile) in enumerate(days) if n > number + APART}
    return [(day(n), profile) for n, profile in sorted({**later, **own}.items()) if n < number - APART]


def peers_of(stream: Stream, number: int) -> dict[str, bool]:
    """Which of the usual rules call a day drifted."""
    others = [n for n in stream.training if abs(n - number) > APART]
    reference, today = pa.concat_tables([stream.days[n] for n in others]), stream.days[number]
    drifted = [_drifted(reference, today, name, kind) for name, kind in stream.kinds.items()]
    whole = Profile.total(stream.windows[n][1] for n in others)
    now = stream.windows[number][1]
    stable = all(psi(whole.columns[name], now.columns[name]) < SIGNIFICANT for name in stream.kinds)
    return dict(zip(PEERS, (any(drifted), np.mean(drifted) >= HALF, not stable), strict=True))


def _drifted(reference: pa.Table, today: pa.Table, name: str, kind: Kind) -> bool:
    """Whether Evidently's default for large references calls a column drifted; it drops missing values."""
    before, now = (table[name].drop_null() for table in (reference, today))
    if kind is Kind.NUMERIC:
        old, new = before.to_numpy(), now.to_numpy()
        return bool(wasserstein_distance(old, new) / max(float(np.std(old)), 0.001) >= DRIFTS)
    names = sorted({*before.to_pylist(), *now.to_pylist()})
    shares = [[column.to_pylist().count(n) / len(column) for n in names] for column in (before, now)]
    return bool(jensenshannon(*shares) >= DRIFTS)


def _shown(alarms: dict[str, int], days: int) -> Table:
    table = Table(title=f"Days of January and February that are called wrong, of {days}; every one is a false alarm")
    for name in ("rule", "days", "in 30 days"):
        table.add_column(name, justify="left" if name == "rule" else "right")
    for name, count in alarms.items():
        table.add_row(name, str(count), f"{30 * count / days:.1f}")
    return table


if __name__ == "__main__":
    main()

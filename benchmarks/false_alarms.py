"""False pages on days on which nothing can be wrong: January and February of the flights, which the model learned from.

Leave a week out: each week is watched as if it came right after the other weeks of its two months, without the three
days before and after it, which share its weather. Days after it are dated nine weeks earlier, so that weekdays stay
what they are. From these days it has its anchor, its trailing 28 days and its seeded history, as production has; every
page is false by construction. All checks ask that need no labels, as the flights' own spec says.

Beside it, each of these days against the two months without its week, by the usual rules: Evidently's defaults (its
formulas: Wasserstein distance by standard deviation, or Jensen-Shannon distance, from 0.1 on; "dataset drift" when half
of the columns drift), and a PSI from 0.2 on. What they call drifted counts once a day.
"""

import argparse
import json
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from itertools import pairwise, repeat
from multiprocessing import get_context
from os import cpu_count, environ
from pathlib import Path
from typing import cast

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from rich.console import Console
from rich.table import Table
from scipy.spatial.distance import jensenshannon
from scipy.stats import wasserstein_distance
from sklearn.ensemble import HistGradientBoostingClassifier

from benchmarks.channel import CHANNEL, DAY, day, replayer, window_of
from benchmarks.streams import FLIGHTS, Stream, flights
from examples.flights.source import FEATURES, FOLDER, Flights
from examples.flights.train import HISTORY, train
from watchkeeper.domain.intervals import Interval
from watchkeeper.ports import TrainingRequest
from watchkeeper.profiles import Kind, Profile
from watchkeeper.profiles.distances import psi
from watchkeeper.spec import ModelSpec, read_model
from watchkeeper.window import PREDICTION

__all__ = ["main"]

SPEC = Path("deployments/models/flights.toml")
Days = tuple[tuple[Interval, Profile], ...]
WEEK, BACK, APART = 7, 63, 3
"""Days of a week; by which later ones are dated back; and which share the weather of a day before or after them."""

PEERS = ("Evidently: any column", "Evidently: dataset drift", "PSI from 0.2: any column")
DRIFTS, HALF, SIGNIFICANT = 0.1, 0.5, 0.2
"""Evidently's thresholds of a column and of the dataset, and the usual one of the PSI."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Watch every week, show the rules side by side, and print the figures."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.false_alarms", description=__doc__)
    parser.add_argument("--flights", type=Path, default=FLIGHTS, help="the folder of the cached flights")
    parser.add_argument("--processes", type=int, default=cpu_count() or 1)
    asked = parser.parse_args(arguments)
    progress = Console(stderr=True)
    progress.print("answering January and February out of fold ...")
    stream, spec = answered(asked.flights), spec_of_channel()
    count = len(stream.training)
    weeks = [range(n, min(n + WEEK, count)) for n in range(0, count, WEEK)]
    progress.print(f"watching {count} days ...")
    with ProcessPoolExecutor(asked.processes, get_context("spawn")) as pool:
        pages = [page for found in pool.map(pages_of, repeat(stream.windows), repeat(spec), weeks) for page in found]
        peers = list(pool.map(peers_of, repeat(stream), range(count), chunksize=count // asked.processes + 1))
    alarms = {"Watchkeeper": len(pages)} | {name: sum(found[name] for found in peers) for name in PEERS}
    Console(width=110).print(_shown(alarms, count))
    a_month = {name: round(30 * alarmed / count, 2) for name, alarmed in alarms.items()}
    ours = a_month.pop("Watchkeeper")
    figures = {"days": count, "false_pages_per_30_days": ours, "pages": pages, "peers_per_30_days": a_month}
    print(json.dumps({**figures, "target": 1.0, "met": ours <= 1}))


def answered(folder: Path) -> Stream:
    """January and February with the answers of models that had not seen them: out of fold, or never labelled."""
    plain = flights(folder)
    environ[FOLDER] = str(folder)
    trained = train(TrainingRequest("false-alarms", "flights", HISTORY[1], "a benchmark"), pa.table({}))
    scheduled = Flights(folder).between(*HISTORY)
    arrived = scheduled["_label"].is_valid().to_numpy()
    answers = np.empty(scheduled.num_rows)
    answers[arrived] = trained.records["_prediction"].to_numpy()
    rest = scheduled.filter(~arrived).select(list(FEATURES)).to_pandas()
    answers[~arrived] = cast("HistGradientBoostingClassifier", trained.estimator).predict_proba(rest)[:, 1]
    edges = np.searchsorted(pc.day_of_year(scheduled["_at"]).to_numpy() - 1, np.arange(len(plain.training) + 1))
    named = scheduled.select(list(plain.kinds)).append_column(PREDICTION, pa.array(answers))
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


def pages_of(days: Days, spec: ModelSpec, week: range) -> list[str]:
    """The pages of a week that comes right after the others, with their days."""
    replay = replayer(spec, _others(days, week))
    for number in week:
        replay.step(window_of(*days[number]))
    return [f"{page.at - DAY:%b %d} {page.incident.because}" for page in replay.pages]


def _others(days: Days, week: range) -> list[tuple[Interval, Profile]]:
    """The days that a week is held against, oldest first."""
    own = {n: profile for n, (_, profile) in enumerate(days) if n < week[0] - APART}
    later = {n - BACK: profile for n, (_, profile) in enumerate(days) if n > week[-1] + APART}
    return [(day(n), profile) for n, profile in sorted({**later, **own}.items())]


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
    table = Table(title=f"Pages of {days} days of January and February, and days called drifted; every one is false")
    for name in ("rule", "alarms", "in 30 days"):
        table.add_column(name, justify="left" if name == "rule" else "right")
    for name, count in alarms.items():
        table.add_row(name, str(count), f"{30 * count / days:.1f}")
    return table


if __name__ == "__main__":
    main()

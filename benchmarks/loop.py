"""What the whole loop is worth: the flights of March to December 2013, answered with it and without it.

The real stories, in this process: every day is answered through router, version and logger, watched, and answered for:
recalibrated, retrained, tried, released in steps, promoted or rolled back, with every approval given at once. Beside it
the first version answers everything: alone, and under a layer that is fitted anew every day or week and deployed at
once, without trial or canary. `--quick` stops after May.
"""

import argparse
import json
import os
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.progress import track
from rich.table import Table

from benchmarks.loop_days import DAY, Answers, Days
from benchmarks.loop_house import build_house
from examples.flights.answering import Answering
from examples.flights.source import MODEL, Flights
from watchkeeper.domain.problems import Problem
from watchkeeper.layers import fit_layer
from watchkeeper.profiles.metrics import classification_metrics
from watchkeeper.story.recalibrating import BELIEVED
from watchkeeper.story.retraining import start_model
from watchkeeper.window import Floats

__all__ = ["main"]

START, QUICK_END, END = (datetime(*day, tzinfo=UTC) for day in ((2013, 3, 1), (2013, 6, 1), (2014, 1, 1)))
TARGET = {"log_loss": 0.495, "auc": 0.71, "retrainings": 30}

FITTED_ON, LABELS_COME = 14, 1
"""Days that a layer beside the loop learns from, and days that labels take."""

Figures = dict[str, float]


def main(arguments: Sequence[str] | None = None) -> None:
    """Live the days, show the table, and print the figures."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.loop", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="stop after May")
    parser.add_argument("--flights", type=Path, default=Path(".watchkeeper/flights"), help="where flights are cached")
    asked = parser.parse_args(arguments)
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    began, load = time.monotonic(), os.getloadavg()[0]
    with tempfile.TemporaryDirectory(prefix="watchkeeper-loop-") as place:
        answers, done = _lived(Path(place), asked.flights.resolve(), QUICK_END if asked.quick else END)
    figures = _figures(answers)
    Console(width=100).print(_shown(figures, done))
    seconds = round(time.monotonic() - began)
    line = {"until": "05-31" if asked.quick else "12-31", **figures, "done": done, "target": TARGET}
    print(json.dumps({**line, "met": _is_met(figures["served"], done), "seconds": seconds, "load": round(load, 2)}))


def _lived(folder: Path, cached: Path, end: datetime) -> tuple[list[Answers], dict[str, int]]:
    """Every day's answers, and how often each thing was done."""
    console = Console(stderr=True)
    house, flights = build_house(folder, cached), Flights(cached)
    first = start_model(house, MODEL, START)
    frozen = house.registry.load(MODEL, first.number)
    with Answering(house.registry, house.spec.folder / "records", house.spec.folder / "traffic") as answering:
        days = Days(house, flights, answering, frozen, partial(console.print, highlight=False, soft_wrap=True))
        moments = [START + DAY * n for n in range((end - START) // DAY)]
        answers = [days.live(day) for day in track(moments, "  days", console=console, transient=True)]
    days.done["incidents"] = len(house.state.incidents(MODEL))
    return answers, dict(sorted(days.done.items()))


def _figures(answers: Sequence[Answers]) -> dict[str, Figures]:
    labels = np.concatenate([day.labels for day in answers])
    told = {
        "frozen": [day.frozen for day in answers],
        "frozen, layer a week": _layered(answers, every=7),
        "frozen, layer a day": _layered(answers, every=1),
        "served": [day.served for day in answers],
    }
    measured = {name: classification_metrics(np.concatenate(days), labels) for name, days in told.items()}
    wanted = ("log_loss", "auc", "calibration_gap")
    return {name: {metric: round(found[metric], 4) for metric in wanted} for name, found in measured.items()}


def _layered(answers: Sequence[Answers], every: int) -> list[Floats]:
    """The frozen version's answers under a layer fitted every so many days on the labels that are known by then."""
    layered, layer = [], None
    for number, day in enumerate(answers):
        known = answers[max(0, number - LABELS_COME - FITTED_ON) : max(0, number - LABELS_COME)]
        if known and number % every == 0:
            said, came = (np.concatenate([getattr(k, name) for k in known]) for name in ("frozen", "labels"))
            layer = fit_layer(Problem.BINARY, said, came, BELIEVED * FITTED_ON * said.size / len(known))
        layered.append(layer.apply(day.frozen) if layer else day.frozen)
    return layered


def _is_met(served: Figures, done: dict[str, int]) -> bool:
    few = done.get("retrainings", 0) <= TARGET["retrainings"]
    return few and served["log_loss"] <= TARGET["log_loss"] and served["auc"] >= TARGET["auc"]


def _shown(figures: dict[str, Figures], done: dict[str, int]) -> Table:
    table = Table(title="The flights of 2013 from March on, answered")
    for name in ("", "log-loss", "AUC", "said too much by"):
        table.add_column(name, justify="left" if not name else "right")
    for name, found in figures.items():
        table.add_row(name, f"{found['log_loss']:.4f}", f"{found['auc']:.4f}", f"{found['calibration_gap']:+.4f}")
    table.add_section()
    table.add_row(
        "target", f"<= {TARGET['log_loss']}", f">= {TARGET['auc']}", f"<= {TARGET['retrainings']} retrainings"
    )
    table.caption = ", ".join(f"{name}: {count}" for name, count in done.items())
    return table


if __name__ == "__main__":
    main()

"""A FastAPI service under load on loopback, with the SDK and without it, in bursts that take turns."""

import argparse
import json
import os
import random
import tempfile
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median

import pyarrow.parquet as pq
from rich.console import Console
from rich.table import Table

from benchmarks.machine import machine
from benchmarks.serving_bursts import Burst, burst, served
from benchmarks.serving_place import furnish
from examples.flights.source import MODEL

__all__ = ["main"]

WIDTH = 140
LOSS = 0.02
"""The share of throughput that the SDK may cost."""

Interval95 = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Cell:
    """One service. Ratios are medians over rounds of the watched one to its bare twin, with their 95 % intervals.

    Attributes:
        null_p99_ratio, null_p99_95: the same of two bare ones: the noise.
        cpu_us: microseconds of processor a request, bare and watched.
        asked: answers that wrk counted; those on their way at the end of a burst it does not count.
        logged, dropped: records in the store of the watched one after its end, and those that its accounts call lost.
    """

    service: str
    rounds: int
    per_second: tuple[float, float]
    throughput_loss: float
    throughput_loss_95: Interval95
    p99_ms: tuple[float, float]
    p99_ratio: float
    p99_95: Interval95
    null_p99_ratio: float
    null_p99_95: Interval95
    p99_within_noise: bool
    cpu_us: tuple[float, float]
    cpu_loss: float
    cpu_loss_95: Interval95
    asked: int
    logged: int
    dropped: int
    load: float


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure both services, show the table, and print the figures."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.serving_load", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a few short bursts, to see that it works")
    parser.add_argument("--rounds", type=int, default=40, help="of one burst at each of three servers")
    parser.add_argument("--services", nargs="+", choices=["example", "formula"], default=["example", "formula"])
    asked = parser.parse_args(arguments)
    rounds, seconds = (4, 1) if asked.quick else (asked.rounds, 2)
    with tempfile.TemporaryDirectory(prefix="watchkeeper-serving-") as place:
        folder = Path(place)
        flights = furnish(folder)
        cells = [_cell(service, folder, flights, rounds, seconds) for service in asked.services]
    Console(width=WIDTH).print(_shown(cells))
    example = next((cell for cell in cells if cell.service == "example"), cells[0])
    print(
        json.dumps(
            {
                "throughput_loss": example.throughput_loss,
                "throughput_loss_target": LOSS,
                "p99_within_noise": example.p99_within_noise,
                "reached": example.throughput_loss <= LOSS and example.p99_within_noise,
                "cells": [asdict(cell) for cell in cells],
                "machine": machine(),
            }
        )
    )


def _cell(service: str, folder: Path, flights: Path, rounds: int, seconds: int) -> Cell:
    load = os.getloadavg()[0]
    names = {"bare": f"bare_{service}", "twin": f"bare_{service}", "watched": f"watched_{service}"}
    with ExitStack() as stack:
        servers = {name: stack.enter_context(served(factory, folder)) for name, factory in names.items()}
        warmed = {name: burst(server, f"warm-{name}", 2, flights).requests for name, server in servers.items()}
        measured: dict[str, list[Burst]] = {name: [] for name in names}
        for turn in range(rounds):
            order = list(names)[turn % 3 :] + list(names)[: turn % 3]
            for name in order if turn % 2 else reversed(order):
                measured[name].append(burst(servers[name], f"{name}-{turn}", seconds, flights))
    asked = warmed["watched"] + sum(one.requests for one in measured["watched"])
    return _summed(service, measured, asked, _accounts(folder / "records" / _model(service)), load)


def _model(service: str) -> str:
    return MODEL if service == "example" else service


def _accounts(records: Path) -> tuple[int, int]:
    """Records in the store and records that were dropped, after the server's end."""
    files = list(records.glob("predictions/day=*/*.parquet"))
    books = [json.loads(file.read_bytes()) for file in records.glob("accounts/day=*/*.json")]
    return sum(pq.ParquetFile(file).metadata.num_rows for file in files), sum(book["dropped"] for book in books)


def _summed(service: str, measured: dict[str, list[Burst]], asked: int, accounts: tuple[int, int], load: float) -> Cell:
    bare, twin, watched = (measured[name] for name in ("bare", "twin", "watched"))
    both = list(zip(bare, twin, watched, strict=True))
    loss = [1 - w.per_second / ((a.per_second + b.per_second) / 2) for a, b, w in both]
    tail = [2 * w.p99_ms / (a.p99_ms + b.p99_ms) for a, b, w in both]
    cost = [2 * w.cpu_us / (a.cpu_us + b.cpu_us) - 1 for a, b, w in both]
    null = [b.p99_ms / a.p99_ms for a, b, _ in both]
    tail_95, null_95 = _interval(tail), _interval(null)
    cpu = _of(bare + twin, lambda one: one.cpu_us), _of(watched, lambda one: one.cpu_us)
    return Cell(
        service=service,
        rounds=len(both),
        per_second=(_of(bare + twin, lambda one: one.per_second), _of(watched, lambda one: one.per_second)),
        throughput_loss=round(median(loss), 4),
        throughput_loss_95=_interval(loss),
        p99_ms=(_of(bare + twin, lambda one: one.p99_ms), _of(watched, lambda one: one.p99_ms)),
        p99_ratio=round(median(tail), 3),
        p99_95=tail_95,
        null_p99_ratio=round(median(null), 3),
        null_p99_95=null_95,
        p99_within_noise=tail_95[0] <= max(1.0, null_95[1]),
        cpu_us=cpu,
        cpu_loss=round(median(cost), 4),
        cpu_loss_95=_interval(cost),
        asked=asked,
        logged=accounts[0],
        dropped=accounts[1],
        load=round(load, 1),
    )


def _of(bursts: Sequence[Burst], figure: Callable[[Burst], float]) -> float:
    return round(median(figure(one) for one in bursts), 2)


def _interval(values: Sequence[float], draws: int = 2_000) -> Interval95:
    """Where the median lies with 95 % confidence, by the bootstrap."""
    chance = random.Random(0)  # noqa: S311 - nothing secret is drawn
    medians = sorted(median(chance.choices(values, k=len(values))) for _ in range(draws))
    return round(medians[draws // 40], 4), round(medians[-draws // 40], 4)


def _shown(cells: Sequence[Cell]) -> Table:
    table = Table(title="A FastAPI service without the SDK and with it, one worker, 8 connections")
    for name in (
        "service",
        "requests/s",
        "loss",
        "95 %",
        "p99",
        "ratio",
        "noise",
        "processor a request",
        "in the store",
    ):
        table.add_column(name, justify="right")
    for c in cells:
        table.add_row(
            c.service,
            f"{c.per_second[0]:,.0f} / {c.per_second[1]:,.0f}",
            f"{c.throughput_loss:.1%}",
            f"{c.throughput_loss_95[0]:.1%} to {c.throughput_loss_95[1]:.1%}",
            f"{c.p99_ms[0]:.1f} / {c.p99_ms[1]:.1f} ms",
            f"{c.p99_ratio:.2f} ({c.p99_95[0]:.2f} to {c.p99_95[1]:.2f})",
            f"{c.null_p99_95[0]:.2f} to {c.null_p99_95[1]:.2f}",
            f"{c.cpu_us[0]:,.0f} / {c.cpu_us[1]:,.0f} us ({c.cpu_loss:+.1%}, "
            f"{c.cpu_loss_95[0]:+.1%} to {c.cpu_loss_95[1]:+.1%})",
            f"{c.logged:,} of {c.asked:,}, {c.dropped:,} dropped",
        )
    return table


if __name__ == "__main__":
    main()

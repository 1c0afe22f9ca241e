"""Draws the pictures of `docs/how-a-canary-is-judged.md`: `python -m benchmarks.judge_pictures docs/images`.

Launches on the flights of 2013 as in `benchmarks/launches.py`, and streams as in `benchmarks/judge.py`.
"""

import os
import sys
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np

from benchmarks.canary_rules import RULES, Counts
from benchmarks.judge import drawn, judged
from benchmarks.launch_days import DAYS, EVERY, FIRST, Launch, launches
from benchmarks.launches import PLAN, in_the_shadow
from benchmarks.streams import FLIGHTS
from examples.flights.train import FOLDER
from watchkeeper.domain.judgements import Criterion, Judgement, Role
from watchkeeper.domain.rollouts import Move, Verb
from watchkeeper.judge import Block, Evidence, Pairs, judge
from watchkeeper.pictures import LINES, Canvas, rollout_picture

__all__ = ["main"]

YEAR = datetime(2013, 1, 1, tzinfo=UTC)
DAY = timedelta(days=1)
STREAMS = 400
BETTER, WORSE = 48, 54
"""A launch of either kind, by number."""

NEVER = -1.0
"""A margin by which nobody is promoted, so that rolling back is all that can happen."""

NOON, RARE = 12, 0.002
"""The hour at which the canary begins to fail, and how often anybody does."""


def main(into: Path) -> None:
    """Draw all of them."""
    launched = launches(Path(os.environ.get(FOLDER, FLIGHTS)))
    _write(into / "judged-days.png", _days(launched[BETTER]))
    _write(into / "judged-shadow.png", _launch(launched[BETTER], "A better model in the shadow"))
    _write(into / "judged-worse.png", _launch(launched[WORSE], "A worse model in the shadow: it is never promoted"))
    _write(into / "judged-outage.png", _outage())
    _write(into / "judged-looks.png", _looks())


def _write(file: Path, canvas: Canvas) -> None:
    file.write_bytes(canvas.png())
    print(file)


def _start(launch: Launch) -> datetime:
    return YEAR + (FIRST + EVERY * launch.number) * DAY


def _launch(launch: Launch, title: str) -> Canvas:
    """As its rollout would have shown it on the day of its end."""
    start = _start(launch)
    days = enumerate(zip(launch.canary, launch.champion, strict=True), 1)
    pairs = [Pairs(a, b, start + n * DAY) for n, (a, b) in days]
    decided = in_the_shadow(launch)[1]
    return rollout_picture(judge([Evidence(launch.criterion, pairs=pairs[:decided])], PLAN), title)


def _days(launch: Launch) -> Canvas:
    """Each day's difference with what its records alone would make of it."""
    title = "What a launch did on each of its days"
    canvas = Canvas(title, f"difference of log-loss, 28 days from {_start(launch):%d %B %Y}", (2.6,))
    pairs = [a - b for a, b in zip(launch.canary, launch.champion, strict=True)]
    means, errors = [d.mean() for d in pairs], [1.96 * d.std() / np.sqrt(d.size) for d in pairs]
    beyond = np.mean(np.abs(np.array(means) - np.mean(means)) > errors)
    axes = canvas.title(0, f"{beyond:.0%} of the bars miss the mean; of independent records one in twenty would")
    axes.errorbar(range(1, DAYS + 1), means, yerr=errors, fmt="o", color=LINES[0], markersize=4, linewidth=1.2)
    axes.axhline(float(np.mean(means)), color=LINES[1], linewidth=1.4, linestyle="--")
    axes.axhline(0, color="black", linewidth=0.8)
    axes.set_xlabel("day")
    return canvas


def _outage() -> Canvas:
    """A canary that begins to fail and to dawdle after twelve hours: provisional, no label is needed."""
    draw, loss = np.random.default_rng(4), Criterion("loss", 0.01, labelled=True)
    errors, latency = Criterion("errors", 0.005, role=Role.GUARD), Criterion("latency", 0.25, role=Role.GUARD)
    failed, slow = [], []
    for hour in range(1, 17):
        at, bad = YEAR + hour * timedelta(hours=1), hour > NOON
        ours, theirs = draw.random(30) < (0.2 if bad else RARE), draw.random(270) < RARE
        failed.append(Block(ours * 1.0, theirs * 1.0, at))
        slow.append(Block(draw.lognormal(3, 0.4, 30) * (2 if bad else 1), draw.lognormal(3, 0.4, 270), at))
    seen: Judgement = judge([Evidence(loss), Evidence(errors, failed), Evidence(latency, slow)], PLAN)
    moves = [Move(YEAR + 4 * timedelta(hours=1), Verb.ADVANCE, 0.1, "")]
    return rollout_picture(seen, "A canary that fails and dawdles from noon on", moves=moves)


def _looks() -> Canvas:
    """How many harmless canaries have been rolled back after so many looks."""
    counts = drawn(STREAMS, 0.2, 0.0, 11)
    canvas = Canvas("Harmless canaries that are rolled back", f"{STREAMS} canaries as good as their champion", (2.4,))
    with ProcessPoolExecutor(2) as pool:
        lines = {"Watchkeeper": judged(counts, pool)} | {
            name: RULES[name](counts, NEVER) for name in ("z, peeking", "O'Brien-Fleming")
        }
    for colour, (name, (what, looks)) in zip(LINES, lines.items(), strict=False):
        canvas.axes[0].plot(_shares(what, looks, counts), color=colour, linewidth=1.6, label=name)
    canvas.axes[0].axhline(0.05, color="black", linewidth=0.8, linestyle=":")
    canvas.axes[0].set_xlabel("looks")
    canvas.axes[0].legend(frameon=False, fontsize=8.5)
    canvas.title(0, "Share of them, by the number of looks; the dotted line is what was promised")
    return canvas


def _shares(what: np.ndarray, looks: np.ndarray, counts: Counts) -> Sequence[float]:
    return [float(np.mean((what == -1) & (looks <= look))) for look in range(counts.canary.shape[1] + 1)]


if __name__ == "__main__":
    main(Path(sys.argv[1]))

"""Ninety-two real launches on the flights of 2013: is the canary judged rightly, and how often not at all?

The champion was trained on January and February and stays; the challenger is trained anew every month on the 60 days
before it. Every third day from March on one is launched, and its first 28 days are looked at, a block a day. The truth
is the mean of those days' differences of log-loss, the margin one percent of the champion's loss.

* A better canary (truth below 0) that is rolled back, and a worse one (truth above the margin) that is promoted, are
  wrong. Undecided ones end in the champion at the rollout's deadline.
* Shadow: both answer every flight, and the pairs are judged. Canary: a fifth, or half, of the flights, drawn at random.
* Beside them, as others do it: records one by one, by a bet on pairs that takes flights of a day for independent (the
  first decision from the first, or from the seventh, day on), and a t-test of the days at every look.
"""

import argparse
import json
import os
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from functools import partial
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table
from scipy import stats

from benchmarks.launch_days import DAYS, Launch, launches
from benchmarks.streams import FLIGHTS
from examples.flights.train import FOLDER
from watchkeeper.domain.judgements import Outcome
from watchkeeper.domain.plans import Plan, Step
from watchkeeper.domain.problems import Problem
from watchkeeper.judge import Block, Evidence, Pairs, betting, bounds_of, judge

__all__ = ["PLAN", "in_the_shadow", "main"]

TARGETS = {"wrong_rollback": 0.02, "wrong_promotion": 0.02, "undecided_better": 0.53}
PLAN = Plan((Step(0.5, timedelta(days=1), 0),), alpha=0.05)
OURS = "shadow, judged by days"

Decision = tuple[Outcome, int]
UNDECIDED: Decision = (Outcome.UNDECIDED, DAYS)


def main(arguments: Sequence[str] | None = None) -> None:
    """Train, launch, tell."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--flights", type=Path, default=Path(os.environ.get(FOLDER, FLIGHTS)), help="cached flights")
    launched = launches(parser.parse_args(arguments).flights)
    rules: dict[str, Callable[[Launch], Decision]] = {
        OURS: in_the_shadow,
        "canary of 50 %, judged by days": partial(split, share=0.5),
        "canary of 20 %, judged by days": partial(split, share=0.2),
        "records one by one, from day 1": partial(record_by_record, least_days=1),
        "records one by one, from day 7": partial(record_by_record, least_days=7),
        "t-test of the days, peeking": t_test,
    }
    tell(launched, {name: [decide(launch) for launch in launched] for name, decide in rules.items()})


def in_the_shadow(launch: Launch) -> Decision:
    """Both answer every flight."""
    pairs = [Pairs(a, b) for a, b in zip(launch.canary, launch.champion, strict=True)]
    return _first(Evidence(launch.criterion, pairs=pairs))


def split(launch: Launch, share: float) -> Decision:
    """The canary answers a share of the flights, the champion the others."""
    draw, blocks = np.random.default_rng(launch.number), []
    for ours, theirs in zip(launch.canary, launch.champion, strict=True):
        mine = draw.random(ours.size) < share
        blocks.append(Block(ours[mine], theirs[~mine]))
    return _first(Evidence(launch.criterion, blocks))


def _first(evidence: Evidence) -> Decision:
    path = judge([evidence], PLAN).readings[0].path
    decided = ((seen.outcome, day) for day, seen in enumerate(path, 1) if seen.outcome is not Outcome.UNDECIDED)
    return next(decided, UNDECIDED)


def record_by_record(launch: Launch, least_days: int) -> Decision:
    """The bet on pairs alone, at the end of every day."""
    low, high = bounds_of(Problem.BINARY)
    pairs = [Pairs(a / high, b / high) for a, b in zip(launch.canary, launch.champion, strict=True)]
    enough = -np.log(PLAN.alpha)
    looks = zip(betting.worse(pairs, low) >= enough, betting.better(pairs, launch.margin / high) >= enough, strict=True)
    return _decided(list(looks), least_days)


def t_test(launch: Launch) -> Decision:
    """One-sided, 5 %, at the end of every day from the fifth on."""
    x, looks = launch.differences, []
    for day in range(1, x.size + 1):
        error = x[:day].std(ddof=1) / np.sqrt(day) if day > 1 else np.inf
        beyond = stats.t.ppf(1 - PLAN.alpha, max(day - 1, 1)) * error
        looks.append((x[:day].mean() > beyond, x[:day].mean() < launch.margin - beyond))
    return _decided(looks, 5)


def _decided(looks: Sequence[tuple[bool, bool]], least_days: int) -> Decision:
    for day, (worse, no_worse) in enumerate(looks, 1):
        if day >= least_days and (worse or no_worse):
            return (Outcome.WORSE if worse else Outcome.NO_WORSE), day
    return UNDECIDED


def tell(launched: Sequence[Launch], decisions: Mapping[str, Sequence[Decision]]) -> None:
    """The table, and one line of JSON."""
    better = [launch.truth < 0 for launch in launched]
    worse = [launch.truth > launch.margin for launch in launched]
    title = f"{len(launched)} launches: {sum(better)} better, {sum(worse)} worse by more than the margin"
    table = Table(title=title)
    for column in ("rule", "better: rolled back", "promoted", "undecided", "worse: promoted", "rolled back", "days"):
        table.add_column(column, justify="left" if column == "rule" else "right", no_wrap=column == "rule")
    found = {name: _figures(told, better, worse) for name, told in decisions.items()}
    for name, one in found.items():
        table.add_row(name, *(f"{value:.2f}" if figure != "days" else f"{value:g}" for figure, value in one.items()))
    Console().print(table)
    figures = {name: found[OURS][name] for name in TARGETS}
    met = {name: value <= TARGETS[name] for name, value in figures.items()}
    many = {"launches": len(launched), "better": sum(better), "worse": sum(worse)}
    print(json.dumps({"benchmark": "launches", **many, **figures, "targets": TARGETS, "met": met, "all": found}))


def _figures(told: Sequence[Decision], better: Sequence[bool], worse: Sequence[bool]) -> dict[str, float]:
    def share(outcome: Outcome, of: Sequence[bool]) -> float:
        return float(np.mean([what is outcome for (what, _), counts in zip(told, of, strict=True) if counts]))

    return {
        "wrong_rollback": share(Outcome.WORSE, better),
        "promoted_better": share(Outcome.NO_WORSE, better),
        "undecided_better": share(Outcome.UNDECIDED, better),
        "wrong_promotion": share(Outcome.NO_WORSE, worse),
        "rolled_back_worse": share(Outcome.WORSE, worse),
        "days": float(np.median([day for what, day in told if what is not Outcome.UNDECIDED])),
    }


if __name__ == "__main__":
    main()

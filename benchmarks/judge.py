"""How often a canary is judged wrongly, and after how many requests: `judge` beside the rules of others.

Every request fails with a chance of 0.10, the canary's with 0.10 plus its harm; one point is the margin. 200,000
requests come in blocks of 1,000, the canary answers 5, 20 or 50 % of them, and everybody may look after every block.
What is judged is a loss of 0 or 1 by the function that rollouts use, with the usual alpha of 5 %; its blocks are these.

* A/A: the canary is as good as the champion. Rolling it back is wrong.
* +1 pt: it is worse by the margin. Promoting it is wrong.
* Requests: until the first decision, as a share of the 200,000 that the fixed-n test asks for.
"""

import argparse
import json
import math
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import timedelta
from functools import partial

import numpy as np
import numpy.typing as npt
from rich.console import Console
from rich.table import Table

from benchmarks.canary_rules import RULES, Counts, Decided
from watchkeeper.domain.judgements import Criterion, Outcome
from watchkeeper.domain.plans import Plan, Step
from watchkeeper.judge import Block, Evidence, judge

__all__ = ["first_decision", "main"]

USUAL, MARGIN = 0.10, 0.01
SHARES = (0.05, 0.20, 0.50)
HARMS = {"A/A": 0.0, "+1 pt": 0.01, "+2 pt": 0.02}
LOOKS, BLOCK = 200, 1_000
TARGETS = {"false_rollback": 0.025, "wrong_promotion": 0.055, "requests": {0.05: 0.55, 0.20: 0.25, 0.50: 0.15}}
OURS = "Watchkeeper"

PLAN = Plan((Step(0.5, timedelta(days=1), 0),), alpha=0.05)
LOSS = Criterion("loss", MARGIN, bounds=(0.0, 1.0))
STAGES = (25, 50, 100, LOOKS)
"""So many blocks are judged at a time: the path tells what every look in between would have said."""

SLOW = 200
"""So many streams are judged by the rule that takes longest."""

DECIDED = {Outcome.WORSE: -1, Outcome.NO_WORSE: 1}

Row = dict[str, float | str]

progress = Console(stderr=True)


def main(arguments: Sequence[str] | None = None) -> None:
    """Simulate and tell."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="200 simulations instead of 2,000")
    streams = 200 if parser.parse_args(arguments).quick else 2_000
    rows: list[Row] = []
    with ProcessPoolExecutor(2) as pool:
        for canary in HARMS:
            for share in SHARES:
                rows += _measured(canary, share, streams, pool)
                progress.print(f"{canary}, {share:.0%}: {rows[-len(RULES) - 1]}")
    tell(rows, streams)


def _measured(canary: str, share: float, streams: int, pool: ProcessPoolExecutor) -> list[Row]:
    """What every rule makes of the same streams; Kayenta of the first 200 of them."""
    counts = drawn(streams, share, HARMS[canary], list(HARMS).index(canary))
    rules = {OURS: partial(judged, pool=pool)} | {name: partial(rule, margin=MARGIN) for name, rule in RULES.items()}
    return [
        _row(name, share, canary, *decide(counts.first(SLOW) if name == "Kayenta" else counts))
        for name, decide in rules.items()
    ]


def drawn(streams: int, share: float, harm: float, seed: int) -> Counts:
    """The counts of so many streams, the same at every run."""
    draw = np.random.default_rng([seed, int(1_000 * share)])
    canary = draw.binomial(BLOCK, share, (streams, LOOKS)).astype(float)
    champion = BLOCK - canary
    failed = draw.binomial(canary.astype(int), USUAL + harm), draw.binomial(champion.astype(int), USUAL)
    return Counts(canary, failed[0].astype(float), champion, failed[1].astype(float))


def judged(counts: Counts, pool: ProcessPoolExecutor) -> Decided:
    """What `judge` decides of every stream."""
    sides = (counts.canary, counts.canary_failed, counts.champion, counts.champion_failed)
    told = list(pool.map(first_decision, *sides, chunksize=50))
    return np.array([what for what, _ in told]), np.array([look for _, look in told])


def first_decision(*sides: npt.NDArray[np.float64]) -> tuple[int, int]:
    """What the first look says that decides, and which it is; 0 and the last one where none does."""
    blocks = [Block(_values(n, a), _values(m, b)) for n, a, m, b in zip(*sides, strict=True)]
    for stage in STAGES:
        path = judge([Evidence(LOSS, blocks[:stage])], PLAN).readings[0].path
        found = next((look for look, seen in enumerate(path) if seen.outcome in DECIDED), None)
        if found is not None:
            return DECIDED[path[found].outcome], found + 1
    return 0, len(blocks)


def _values(records: float, failed: float) -> npt.NDArray[np.float64]:
    return np.repeat([1.0, 0.0], [int(failed), int(records - failed)])


def _row(rule: str, share: float, canary: str, what: npt.NDArray[np.int64], looks: npt.NDArray[np.int64]) -> Row:
    rolled, promoted = float(np.mean(what == -1)), float(np.mean(what == 1))
    requests = float(looks.mean() / LOOKS)
    return {"rule": rule, "share": share, "canary": canary, "back": rolled, "on": promoted, "requests": requests}


def tell(rows: Sequence[Row], streams: int) -> None:
    """The table, and one line of JSON."""
    table = Table(title=f"{streams:,} canaries each, {LOOKS} looks, margin one point of 10 %")
    for column in ("canary", "share", "rule", "rolled back", "promoted", "requests"):
        table.add_column(column, justify="left" if column in ("canary", "rule") else "right")
    for name in HARMS:
        for row in (r for r in rows if r["canary"] == name):
            figures = (f"{row[figure]:.3f}" for figure in ("back", "on", "requests"))
            table.add_row(name, f"{row['share']:.0%}", str(row["rule"]), *figures)
    Console().print(table)
    ours = {(r["canary"], r["share"]): r for r in rows if r["rule"] == OURS}
    figures = {
        "false_rollback": {s: ours["A/A", s]["back"] for s in SHARES},
        "wrong_promotion": {s: ours["+1 pt", s]["on"] for s in SHARES},
        "requests": {s: ours["A/A", s]["requests"] for s in SHARES},
    }
    met = {name: all(value <= _target(name, share) for share, value in by.items()) for name, by in figures.items()}
    error = {s: math.sqrt(figures["wrong_promotion"][s] / streams) for s in SHARES}
    told = {"benchmark": "judge", "streams": streams, **figures, "standard_error": error}
    print(json.dumps({**told, "targets": TARGETS, "met": met, "all": rows}))


def _target(name: str, share: float) -> float:
    target = TARGETS[name]
    return target[share] if isinstance(target, dict) else float(target)  # type: ignore[arg-type]


if __name__ == "__main__":
    main()

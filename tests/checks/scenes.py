"""Windows and baselines for checks: a quiet model of three columns, and what tests change about it."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from functools import cache

import numpy as np
import pyarrow as pa

from watchkeeper.checks import Check, built_in, seed, seed_outcomes
from watchkeeper.checks.business import Business
from watchkeeper.domain.business import Metric
from watchkeeper.domain.findings import Finding
from watchkeeper.domain.intervals import Interval
from watchkeeper.domain.problems import Problem
from watchkeeper.profiles import Kind, Profile, fit_grids, profile_batches
from watchkeeper.window import PREDICTION, Baseline, History, Outcomes, Window

DAY = timedelta(days=1)
MONDAY = datetime(2013, 7, 1, tzinfo=UTC)
TODAY = Interval(MONDAY, MONDAY + DAY)
KINDS = {"temp": Kind.NUMERIC, "carrier": Kind.CATEGORICAL, "weekday": Kind.NUMERIC, PREDICTION: Kind.NUMERIC}
METRICS = {"auc": 0.75, "excess_log_loss": -0.08, "base_rate": 0.25}
ROWS = 600


def day_table(start: datetime, rows: int = ROWS) -> pa.Table:
    """One ordinary day: temperatures with a day's own weather, three carriers, and answers around 0.25."""
    rng = np.random.default_rng(start.toordinal())
    return pa.table(
        {
            "temp": rng.normal(15 + rng.normal(0, 1), 5, rows),
            "carrier": rng.choice(["AA", "B6", "DL"], rows, p=[0.5, 0.3, 0.2]),
            "weekday": np.full(rows, float(start.weekday())),
            PREDICTION: rng.beta(2, 6, rows),
        }
    )


@cache
def grids() -> dict[str, object]:
    return fit_grids(pa.concat_tables([day_table(MONDAY - i * DAY) for i in range(1, 61)]), KINDS)


def profile(table: pa.Table) -> Profile:
    return profile_batches([table], KINDS, grids())


@cache
def past(days: int) -> tuple[tuple[Interval, Profile], ...]:
    """The ordinary days before today, oldest first."""
    starts = [MONDAY - i * DAY for i in range(days, 0, -1)]
    return tuple((Interval(start, start + DAY), profile(day_table(start))) for start in starts)


def history(measures: Iterable[object]) -> History:
    found: dict[tuple[str, str, str], list[tuple[datetime, float]]] = {}
    for m in measures:
        found.setdefault((m.check, m.subject, m.name), []).append((m.at, m.value))
    return {key: tuple(sorted(values)) for key, values in found.items()}


def check_for(kind: str) -> Check:
    """The check as it asks when nothing is said of it; the one about the business needs a metric to ask about."""
    if kind == "business":
        return Business(metrics=(Metric("answer", column=PREDICTION),))
    return built_in()[kind]()


@cache
def seeded(days: int) -> History:
    checks = [kind() for kind in built_in().values()]
    return history([*seed(checks, past(days)), *proven(days)])


def proven(days: int) -> list[object]:
    """What labels told of the ordinary days before today, out of fold."""
    yesterdays = [TODAY.shifted(-i * DAY) for i in range(days, 0, -1)]
    measures: list[object] = []
    for problem in (Problem.BINARY, Problem.MULTICLASS, Problem.REGRESSION):
        checks = [kind() for kind in built_in().values() if next(p for p in Problem if p in kind.problems) is problem]
        blocks = [labelled(problem, day, day.start.toordinal()) for day in yesterdays]
        measures += seed_outcomes(checks, blocks, DAY)
    return measures


def labelled(problem: Problem, interval: Interval, seed: int, rows: int = 600, harm: float = 0.0) -> Outcomes:
    """Answers and labels of one interval that agree as well as on any other day; of `harm` of them they do not."""
    rng = np.random.default_rng(seed)
    spoilt = rng.random(rows) < harm
    if problem is Problem.BINARY:
        answers = rng.beta(2, 6, rows)
        truth = (rng.random(rows) < np.clip(answers * 2 - 0.25, 0, 1)).astype(float)
        return Outcomes(interval, answers, np.where(spoilt, 1 - truth, truth), rows, problem)
    if problem is Problem.REGRESSION:
        answers = rng.normal(20, 5, rows)
        return Outcomes(interval, answers, answers + rng.normal(0, np.where(spoilt, 20, 2)), rows, problem)
    scores = rng.dirichlet([2, 1, 1], rows)
    truth = (rng.random(rows)[:, None] > scores.cumsum(axis=1)).sum(axis=1).clip(0, 2)
    return Outcomes(interval, scores, np.where(spoilt, (truth + 1) % 3, truth).astype(float), rows, problem)


def baseline(days: int = 60, **changes: object) -> Baseline:
    """What sixty ordinary days leave behind."""
    usual = {
        "version": 3,
        "digest": "sha256:5e",
        "anchor": Profile.total(p for _, p in past(max(days, 1))),
        "trailing": Profile.total(p for _, p in past(min(days, 28))) if days else None,
        "history": seeded(days),
        "metrics": METRICS,
    }
    return Baseline(**usual | changes)


def outcomes(rows: int = 1000, *, slope: float = 4.0, gap: float = 0.0, expected: int | None = None) -> Outcomes:
    """Labels that follow the answers: the steeper the better ranked, with `gap` more of label 1 than was said."""
    rng = np.random.default_rng(5)
    answers = rng.beta(2, 6, rows)
    truth = rng.random(rows) < np.clip(0.25 + slope / 4 * (answers - 0.25) + gap, 0, 1)
    return Outcomes(TODAY.shifted(-DAY), answers, truth.astype(float), rows if expected is None else expected)


def table_with(**columns: object) -> pa.Table:
    """Today's table with some columns replaced, or dropped where None is given."""
    table = day_table(MONDAY)
    for name, values in columns.items():
        table = table.drop_columns([name])
        if values is not None:
            table = table.append_column(name, values if isinstance(values, pa.Array) else pa.array(values))
    return table


def window(table: pa.Table | None = None, **changes: object) -> Window:
    """Today, ordinary unless a table is given."""
    seen = day_table(MONDAY) if table is None else table
    usual = {
        "model": "flights",
        "interval": TODAY,
        "rows": seen.num_rows,
        "profile": profile(seen),
        "outcomes": outcomes(),
        "newest": TODAY.end - timedelta(minutes=10),
    }
    return Window(**usual | changes)


def window_for(check: type[Check], **changes: object) -> Window:
    """Today for a check: labels are those of a model that it asks."""
    problem = next(p for p in Problem if p in check.problems)
    return window(outcomes=labelled(problem, TODAY.shifted(-DAY), 5), **changes)


def empty_window() -> Window:
    return window(day_table(MONDAY, 0), newest=None, outcomes=Outcomes(TODAY, np.empty(0), np.empty(0), 0))


def ask(check: Check, base: Baseline | None = None, seen: Window | None = None) -> Mapping[str, Finding]:
    """The check's findings by subject."""
    findings = check.examine(baseline() if base is None else base, window() if seen is None else seen)
    assert len({f.subject for f in findings}) == len(findings)
    return {f.subject: f for f in findings}


def values(name: str) -> np.ndarray:
    """A numeric column of today's table, free to be changed."""
    return day_table(MONDAY)[name].to_numpy().copy()

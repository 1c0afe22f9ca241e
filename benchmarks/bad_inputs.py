"""Forty-eight bad inputs, logged, judged and drawn; and what Evidently's presets make of them.

Each goes the whole way: through the logger into Parquet, counted, asked by every check, and drawn as a report. Counted
is whether anything crashes, whether every bad column is named by a finding that is not OK (critical ones by a critical
one), and whether the good columns are still scored.
"""

import json
import tempfile
import tomllib
from collections.abc import Mapping
from contextlib import closing
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
from rich.console import Console
from rich.progress import track
from rich.table import Table

from benchmarks.bad_cases import CASES, COLUMNS, EVERY, Case, ordinary
from benchmarks.children import last_line
from watchkeeper.adapters.evidently_reporter import EvidentlyReporter
from watchkeeper.adapters.parquet_predictions import ParquetPredictions
from watchkeeper.domain.findings import Family, Finding
from watchkeeper.domain.intervals import Interval
from watchkeeper.domain.levels import Level
from watchkeeper.domain.verdicts import Verdict
from watchkeeper.domain.versions import Version
from watchkeeper.ports import Anchor, Look
from watchkeeper.profiles import Kind
from watchkeeper.serving import PredictionLogger
from watchkeeper.serving.columns import records_table
from watchkeeper.spec import ModelSpec
from watchkeeper.story.anchors import grids_of, make_anchor
from watchkeeper.story.replaying import Replayer
from watchkeeper.window import PREDICTION

__all__ = ["Told", "main"]

DAY = timedelta(days=1)
TODAY = datetime(2024, 12, 2, tzinfo=UTC)
PAST_DAYS, PAST_ROWS = 40, 500
ENOUGH = 50
"""With fewer values than this a column is not compared, and says so."""

SPEC = (
    "".join(['model = "odd"\n[features]\n', *(f"{kind} = {list(names)}\n" for kind, names in COLUMNS.items())])
    + '[training]\nfunction = "benchmarks.models:train"\n'
)


@dataclass(frozen=True, slots=True)
class Told:
    """What became of one input.

    Attributes:
        crash: the error that ended the run; empty when there was none.
        unnamed: bad columns of which nothing was said.
        unscored: good columns without a score for drift.
        drawn: columns in the report.
        evidently: what its drift and its summary preset did: `raises`, `drift`, `silent`.
    """

    case: str
    crash: str
    unnamed: tuple[str, ...]
    unscored: tuple[str, ...]
    drawn: int
    evidently: tuple[str, str]


def main() -> None:
    """Try every input, show the table, and print the figures."""
    spec = ModelSpec.model_validate(tomllib.loads(SPEC))
    direct = json.loads(last_line("bad_inputs_direct"))
    console = Console(stderr=True)
    told = [_tried(spec, case, direct[case.name]) for case in track(CASES, "  inputs", console=console, transient=True)]
    Console(width=120).print(_shown(told))
    print(json.dumps(_figures(told)))


def _figures(told: list[Told]) -> Mapping[str, object]:
    crashed = sum(bool(t.crash) for t in told)
    unnamed, unscored = sum(bool(t.unnamed) for t in told), sum(bool(t.unscored) for t in told)
    raised = sum("raises" in t.evidently for t in told)
    return {
        "inputs": len(told),
        "crashes": crashed,
        "inputs_with_unnamed_columns": unnamed,
        "inputs_with_unscored_columns": unscored,
        "evidently_raises": raised,
        "met": not (crashed or unnamed or unscored),
        "cases": [asdict(t) for t in told],
    }


def _tried(spec: ModelSpec, case: Case, evidently: tuple[str, str]) -> Told:
    with tempfile.TemporaryDirectory(prefix="watchkeeper-odd-") as place:
        try:
            verdict, drawn = _judged(spec, case, Path(place))
        except Exception as error:  # noqa: BLE001 - counting crashes is what this is for
            return Told(case.name, f"{type(error).__name__}: {error}", case.bad, (), 0, evidently)
    unnamed = tuple(name for name in case.bad if not _is_named(name, verdict))
    if case.critical and not any(_is_named(name, verdict, Level.CRITICAL) for name in case.bad):
        unnamed = (*unnamed, "nothing critical")
    good = [name for name in EVERY if name not in case.bad] if case.rows >= ENOUGH else []
    unscored = tuple(name for name in good if not _is_scored(name, verdict))
    return Told(case.name, "", unnamed, unscored, drawn, evidently)


def _is_named(name: str, verdict: Verdict, least: Level = Level.UNKNOWN) -> bool:
    return any(f.subject == name and f.level >= least and name in f.sentence for f in verdict.findings)


def _is_scored(name: str, verdict: Verdict) -> bool:
    """Compared with the past, or left out of that with a reason, such as one value by nature."""
    finding: Finding | None = verdict.finding(f"drift:{name}")
    return finding is not None and finding.level is not Level.UNKNOWN


def _judged(spec: ModelSpec, case: Case, place: Path) -> tuple[Verdict, int]:
    """The verdict on the window, and how many columns its report shows."""
    anchor, store, interval = _anchor(spec, case), ParquetPredictions(place), Interval(TODAY, TODAY + DAY)
    _log(place, store, case.window(ordinary(1_000, case.rows)))
    look = Look(spec.model, interval, spec.columns, grids_of(anchor.profile), interval)
    window = store.window(look)
    version = Version(spec.model, 1, "", TODAY, Interval(TODAY - PAST_DAYS * DAY, TODAY), "made up", {})
    verdict = Replayer(spec, version, anchor).step(window).verdict
    drift = [f for f in verdict.findings if f.family is Family.DRIFT and f.subject in spec.columns]
    scores, limits = {f.subject: f.value for f in drift}, {f.subject: f.limit for f in drift}
    sample = store.sample(spec.model, interval, list(spec.columns), 5_000)
    kinds = spec.columns | {PREDICTION: Kind.NUMERIC}
    drawn = EvidentlyReporter().draw(anchor.sample, sample, kinds, scores, limits, place / "report.html")
    return verdict, len(drawn.columns)


def _log(place: Path, store: ParquetPredictions, frame: pd.DataFrame) -> None:
    """As a host would; what no mapping can hold goes in as a table."""
    moments = [TODAY + i * DAY / max(len(frame), 1) for i in range(len(frame))]
    answers = np.random.default_rng(len(frame)).beta(2, 5, len(frame))
    if frame.columns.has_duplicates:
        own = _records(frame.loc[:, ~frame.columns.duplicated()], moments, answers)
        again = frame.loc[:, frame.columns.duplicated()]
        for position, name in enumerate(again.columns):
            own = own.append_column(name, pa.array(again.iloc[:, position].tolist()))
        store.append("odd", own)
        return
    with closing(PredictionLogger(place, "odd")) as predictions:
        for number, row in enumerate(_rows(frame)):
            identity, key = f"r{number}", f"k{number % 50}"
            predictions.log(identity, key, 1, row, answers[number], at=moments[number])


def _rows(frame: pd.DataFrame) -> list[dict[str, object]]:
    columns = [frame[name].tolist() for name in frame.columns]
    return [dict(zip(frame.columns, row, strict=True)) for row in zip(*columns, strict=True)]


def _records(frame: pd.DataFrame, moments: list[datetime], answers: np.ndarray) -> pa.Table:
    rows = enumerate(zip(_rows(frame), moments, answers.tolist(), strict=True))
    records = [(0, f"r{n}", f"k{n % 50}", 1, row, answer, None, at, None) for n, (row, at, answer) in rows]
    return records_table(list(zip(*records, strict=True)))


def _anchor(spec: ModelSpec, case: Case) -> Anchor:
    return _anchor_of(spec.model_dump_json(), case.reference)


@cache
def _anchor_of(_spec: str, bend: object) -> Anchor:
    """Forty ordinary days, bent alike."""
    spec = ModelSpec.model_validate(tomllib.loads(SPEC))
    parts = []
    for day in range(PAST_DAYS):
        start = TODAY - (PAST_DAYS - day) * DAY
        frame = bend(ordinary(day, PAST_ROWS))  # type: ignore[operator]
        answers = np.random.default_rng(day).beta(2, 5, PAST_ROWS)
        parts.append(_records(frame, [start + i * DAY / PAST_ROWS for i in range(PAST_ROWS)], answers))
    records = pa.concat_tables(parts, promote_options="permissive")
    labels = np.random.default_rng(7).random(records.num_rows) < records["_prediction"].to_numpy()
    return make_anchor(spec, records.append_column("_label", pa.array(labels.astype(float))))


def _shown(told: list[Told]) -> Table:
    table = Table(title="Bad inputs")
    for name in ("input", "crash", "not named", "not scored", "drawn", "Evidently drift", "summary"):
        table.add_column(name)
    for t in told:
        found = (t.crash[:40] or "-", ", ".join(t.unnamed) or "-", ", ".join(t.unscored) or "-", str(t.drawn))
        table.add_row(t.case, *found, *t.evidently)
    return table


if __name__ == "__main__":
    main()

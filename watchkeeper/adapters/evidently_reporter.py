"""Pictures of drift by Evidently, drawn in a process of their own: it takes seconds and 300 MB to import.

Evidently draws and does not decide: it shows our scores of all rows and our limits over a bounded sample.
"""

import json
import math
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from watchkeeper.adapters._drawable import Undrawable, column_of, drawable, thinned
from watchkeeper.adapters._renderer import the_renderer
from watchkeeper.errors import OutsideError
from watchkeeper.ports import Drawn
from watchkeeper.profiles import Kind

__all__ = ["EvidentlyReporter"]

MOST_ROWS = 5_000


@dataclass(frozen=True, slots=True)
class EvidentlyReporter:
    """Implements `Reporter`.

    Attributes:
        timeout: seconds that drawing may take.
        most_columns: columns shown, those furthest beyond their limits first.
    """

    timeout: float = 180.0
    most_columns: int = 15

    def draw(
        self,
        baseline: pa.Table,
        window: pa.Table,
        kinds: Mapping[str, Kind],
        scores: Mapping[str, float],
        limits: Mapping[str, float],
        into: Path,
    ) -> Drawn:
        samples = {"baseline": thinned(baseline, MOST_ROWS), "window": thinned(window, MOST_ROWS)}
        ranked = sorted(scores, key=lambda name: -_excess(scores[name], limits.get(name, math.nan)))
        columns, left_out = _prepared(samples, kinds, ranked, scores, self.most_columns)
        shown = [{"name": name, "score": scores[name], "limit": limits.get(name, math.nan)} for name in columns]
        request = {"title": into.stem, "about": _about(samples), "columns": shown, "left_out": left_out}
        with TemporaryDirectory(prefix="watchkeeper-report-") as place:
            folder = Path(place)
            for index, sample in enumerate(samples):
                pq.write_table(pa.table({name: both[index] for name, both in columns.items()}), folder / sample)
            (folder / "request.json").write_text(json.dumps(request))
            the_renderer().draw(folder / "request.json", self.timeout)
            return _kept(folder, into)


def _excess(score: float, limit: float) -> float:
    """How telling a column is: its score in units of its limit."""
    if math.isnan(score):
        return -math.inf
    return score / limit if limit > 0 else score


def _prepared(
    samples: Mapping[str, pa.Table],
    kinds: Mapping[str, Kind],
    ranked: Sequence[str],
    scores: Mapping[str, float],
    most: int,
) -> tuple[dict[str, tuple[pa.Array, pa.Array]], dict[str, str]]:
    """The first columns that can be drawn, and why those before them cannot."""
    columns: dict[str, tuple[pa.Array, pa.Array]] = {}
    left_out = {name: "has no score" for name in ranked if math.isnan(scores[name])}
    for name in (name for name in ranked if name not in left_out):
        try:
            before, now = (column_of(table, name, sample) for sample, table in samples.items())
            columns[name] = drawable(before, now, kinds.get(name, Kind.NUMERIC))
        except Undrawable as reason:
            left_out[name] = str(reason)
        if len(columns) == most:
            break
    return columns, left_out


def _about(samples: Mapping[str, pa.Table]) -> list[str]:
    return [f"{sample.capitalize()}: {_told(table)}." for sample, table in samples.items()]


def _told(table: pa.Table) -> str:
    rows = f"a sample of {table.num_rows:,} records"
    if "_at" not in table.column_names or not table.num_rows:
        return rows
    span = pc.min_max(table.column("_at")).as_py()
    return f"{rows} from {span['min']:%Y-%m-%d %H:%M} to {span['max']:%Y-%m-%d %H:%M}"


def _kept(folder: Path, into: Path) -> Drawn:
    """The report at its place, whole or not at all."""
    answer = json.loads((folder / "answer.json").read_text())
    try:
        into.parent.mkdir(parents=True, exist_ok=True)
        draft = into.with_name(f".{into.name}.{os.getpid()}")
        draft.write_bytes((folder / "report.html").read_bytes())
        draft.replace(into)
    except OSError as error:
        raise OutsideError("report", f"cannot write {into}: {error.strerror}; make its folder writable") from error
    return Drawn(into, tuple(answer["columns"]), answer["left_out"])

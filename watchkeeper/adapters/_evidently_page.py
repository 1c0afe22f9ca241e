"""The process that draws: `python -m watchkeeper.adapters._evidently_page IDLE`, with paths of requests on its input.

Reads the samples `baseline` and `window` beside a request (Parquet), leaves `report.html` and `answer.json` there, and
says `drawn`, or what went wrong, in one line. Ends with its input, or after IDLE seconds without a request.
The only file that imports Evidently. DO_NOT_TRACK=1 must be set before, or Evidently calls home.
"""

import json
import math
import os
import sys
import threading
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from html import escape
from pathlib import Path
from typing import IO

import pandas as pd
from evidently import DataDefinition, Dataset, Report
from evidently.legacy.calculations.stattests import StatTest, register_stattest
from evidently.legacy.core import ColumnType
from evidently.presets import DataDriftPreset

__all__: list[str] = []

STYLE = "font-family:Roboto,Helvetica,Arial,sans-serif;max-width:1240px;margin:24px auto 0;padding:0 24px"

EMPTY = "<!DOCTYPE html><html lang='en'><head><meta charset='UTF-8'></head><body></body></html>"


@dataclass(frozen=True)
class Shown:
    """A column with our score of all its rows and our limit; NaN when there is no limit."""

    name: str
    score: float
    limit: float

    @property
    def method(self) -> str:
        """The name under which Evidently looks up this column's score."""
        return f"watchkeeper {self.name}"

    def announce(self) -> None:
        """Make our score what Evidently's statistical test of this column finds."""
        against = "no limit" if math.isnan(self.limit) else f"limit {self.limit:.4g}"
        kinds = [ColumnType.Numerical, ColumnType.Categorical]
        test = StatTest(self.method, f"Watchkeeper, all rows, {against}", kinds, default_threshold=self.limit)
        register_stattest(test, default_impl=self._answer)

    def _answer(self, *_: object) -> tuple[float, bool]:
        return self.score, self.score >= self.limit


Page = Callable[[list[Shown]], str]


def page_of(baseline: pd.DataFrame, window: pd.DataFrame, columns: list[Shown]) -> str:
    """Evidently's page about these columns."""
    if not columns:
        return EMPTY
    names = [column.name for column in columns]
    numeric = [name for name in names if pd.api.types.is_float_dtype(window[name])]
    names_of_categories = [name for name in names if name not in numeric]
    kinds = DataDefinition(numerical_columns=numeric, categorical_columns=names_of_categories)
    before, now = (Dataset.from_pandas(sample[names], data_definition=kinds) for sample in (baseline, window))
    preset = DataDriftPreset(
        columns=names,
        drift_share=0.01,  # one column at its limit is enough to be called drift
        per_column_method={column.name: column.method for column in columns},
        per_column_threshold={column.name: column.limit for column in columns},
    )
    return str(Report([preset]).run(now, before).get_html_str(as_iframe=False))


def page_of_the_good(columns: list[Shown], page: Page) -> tuple[str, list[Shown], dict[str, str]]:
    """All columns on one page; when that fails, those that can be drawn alone, and why the others cannot."""
    try:
        return page(columns), columns, {}
    except Exception:  # noqa: BLE001 - one column that nobody foresaw never costs the report
        left_out = {column.name: reason for column in columns if (reason := _why_not(column, page))}
    good = [column for column in columns if column.name not in left_out]
    return page(good), good, left_out


def _why_not(column: Shown, page: Page) -> str | None:
    try:
        page([column])
    except Exception as error:  # noqa: BLE001 - the same
        return f"cannot be drawn by Evidently: {type(error).__name__}: {error}"
    return None


def headed(page: str, title: str, about: list[str], left_out: dict[str, str]) -> str:
    """The page under a head that says what it shows, and what it does not."""
    told = [*about, "Scores and limits are Watchkeeper's, of all records; the pictures show the samples."]
    lines = "".join(f"<p>{escape(line)}</p>" for line in told)
    gone = "".join(f"<li><b>{escape(name)}</b> {escape(why)}</li>" for name, why in left_out.items())
    missing = f"<p>Not shown:</p><ul>{gone}</ul>" if gone else ""
    head = f'<header style="{STYLE}"><h1>{escape(title)}</h1>{lines}{missing}</header>'
    return page.replace("<head>", f"<head><title>{escape(title)}</title>", 1).replace("<body>", f"<body>{head}", 1)


def draw(file: Path) -> None:
    """Answer one request."""
    request = json.loads(file.read_text())
    columns = [Shown(**column) for column in request["columns"]]
    for column in columns:
        column.announce()
    baseline, window = (pd.read_parquet(file.with_name(sample)) for sample in ("baseline", "window"))
    page, shown, left_out = page_of_the_good(columns, partial(page_of, baseline, window))
    left_out = request["left_out"] | left_out
    file.with_name("report.html").write_text(headed(page, request["title"], request["about"], left_out))
    answer = {"columns": [column.name for column in shown], "left_out": left_out}
    file.with_name("answer.json").write_text(json.dumps(answer))


def main(requests: IO[str], answers: IO[str], idle: float) -> None:
    """Answer one request after the other."""
    warnings.simplefilter("ignore")
    while request := _next(requests, idle):
        try:
            draw(Path(request))
            answer = "drawn"
        except Exception as error:  # noqa: BLE001 - whoever asked must hear of it, and may ask for another
            answer = " ".join(f"{type(error).__name__}: {error}".split())
        print(answer, file=answers, flush=True)


def _next(requests: IO[str], idle: float) -> str:
    """The next line; when none comes in time the process ends."""
    patience = threading.Timer(idle, os._exit, (0,))
    patience.daemon = True
    patience.start()
    line = requests.readline().strip()
    patience.cancel()
    return line


if __name__ == "__main__":
    voice = os.fdopen(os.dup(sys.stdout.fileno()), "w")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # what libraries print is no answer
    main(sys.stdin, voice, float(sys.argv[1]))

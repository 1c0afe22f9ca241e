"""A fresh process that judges a window and draws its report: `python -m benchmarks.reporting WHOSE ROWS TIMES`.

WHOSE is `ours` or `evidently`; it prints what every round cost. Both have the window and what it is held against in
memory, and Evidently imported, before the clock starts; the first round of ours still waits for its drawing process.
"""

import gc
import json
import os
import sys
import tempfile
import time
import tomllib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa

from benchmarks.houses import FIRST, METRICS, MODEL, window_of
from benchmarks.models import spec_of
from benchmarks.past import DAY, past_days
from benchmarks.tables import KINDS, traffic
from watchkeeper.adapters.evidently_reporter import MOST_ROWS, EvidentlyReporter
from watchkeeper.checks import seed
from watchkeeper.domain.findings import Family
from watchkeeper.domain.intervals import Interval
from watchkeeper.domain.versions import Version
from watchkeeper.ports import Anchor
from watchkeeper.profiles import Kind, Profile, profile_batches
from watchkeeper.spec import ModelSpec
from watchkeeper.story.anchors import grids_of
from watchkeeper.story.replaying import Replayer
from watchkeeper.window import PREDICTION, Outcomes, Window

__all__ = ["measure"]

PAST_DAYS, PAST_ROWS = 60, 20_000
"""What the window is held against; how many records a day of it had does not change what comparing costs."""

ALL_KINDS = KINDS | {PREDICTION: Kind.NUMERIC}


def measure(whose: str, rows: int, times: int) -> dict[str, object]:
    """Seconds of every round, and the size of the page in MB."""
    with tempfile.TemporaryDirectory(prefix="watchkeeper-report-speed-") as place:
        page = Path(place) / "report.html"
        round_of = _ours(rows, page) if whose == "ours" else _evidently(rows, page)
        gc.collect()
        seconds = []
        for _ in range(times):
            began = time.perf_counter()
            round_of()
            seconds.append(time.perf_counter() - began)
        return {"seconds": seconds, "html_mb": page.stat().st_size / 1e6}


def _ours(rows: int, page: Path) -> Callable[[], object]:
    """The verdict on all rows by all checks, and the report of the most telling columns."""
    records = traffic(FIRST, rows)
    counted = records.select([*KINDS, "_prediction"]).rename_columns(list(ALL_KINDS))
    spec = ModelSpec.model_validate(tomllib.loads(spec_of(MODEL, list(KINDS))))
    anchor = _anchor(spec)
    version = Version(MODEL, 1, "", FIRST, Interval(FIRST - PAST_DAYS * DAY, FIRST), "made up", METRICS)

    def judged_and_drawn() -> object:
        profile = profile_batches([counted], ALL_KINDS, grids_of(anchor.profile))
        none = Outcomes(window_of(-1), np.empty(0), np.empty(0), 0)
        window = Window(MODEL, window_of(0), rows, profile, none, FIRST + DAY)
        verdict = Replayer(spec, version, anchor).step(window).verdict
        drift = [f for f in verdict.findings if f.family is Family.DRIFT and f.subject in ALL_KINDS]
        scores, limits = {f.subject: f.value for f in drift}, {f.subject: f.limit for f in drift}
        thin = records.take(np.linspace(0, rows - 1, min(rows, MOST_ROWS)).astype(int))
        return EvidentlyReporter().draw(anchor.sample, thin, ALL_KINDS, scores, limits, page)

    return judged_and_drawn


def _anchor(spec: ModelSpec) -> Anchor:
    windows = past_days(FIRST, PAST_DAYS, PAST_ROWS)
    whole = Profile.total(profile for _, profile in windows)
    return Anchor(whole, tuple(windows), seed(spec.asked, windows, whole), traffic(FIRST - DAY, MOST_ROWS))


def _evidently(rows: int, page: Path) -> Callable[[], object]:
    """Its drift preset with its own defaults on all rows against as many of the day before, and its page."""
    os.environ["DO_NOT_TRACK"] = "1"
    from evidently import DataDefinition, Dataset, Report  # noqa: PLC0415 - asks the environment when imported
    from evidently.presets import DataDriftPreset  # noqa: PLC0415 - the same

    numbers = [name for name, kind in KINDS.items() if kind is Kind.NUMERIC]
    definition = DataDefinition(numerical_columns=numbers, categorical_columns=[c for c in KINDS if c not in numbers])
    reference, window = (
        Dataset.from_pandas(traffic(day, rows).select(list(KINDS)).to_pandas(), data_definition=definition)
        for day in (FIRST - DAY, FIRST)
    )
    pa.default_memory_pool().release_unused()

    def reported() -> object:
        return Report([DataDriftPreset()]).run(window, reference).save_html(str(page))

    return reported


if __name__ == "__main__":
    print(json.dumps(measure(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))))

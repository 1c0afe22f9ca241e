"""Pictures by the real Evidently: our scores and limits are shown, and a bad column costs only itself."""

import math
import os
import re
import signal
import time
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.builders import NOON
from watchkeeper.adapters._renderer import Renderer, the_renderer
from watchkeeper.adapters.evidently_reporter import EvidentlyReporter
from watchkeeper.errors import OutsideError
from watchkeeper.ports import Drawn
from watchkeeper.profiles import Kind

ROWS = 400
MEGABYTE = 1_000_000
GOOD = ("prediction", "infinite", "price", "flag", "text numbers", "when", "remark", "tail", "constant", "<b>temp</b>")
BAD = {
    "unscored": "has no score",
    "empty": "has no numeric value in the window",
    "lists": "holds list<item: int64> and list<item: int64>, not numeric values",
    "gone": "is not in the window",
    "enormous": "cannot be drawn by Evidently",
}


def sample(*, window: bool) -> pa.Table:
    """Every sort of column that has cost somebody a report."""
    draw = np.random.default_rng(int(window))
    columns = {
        "_at": [NOON + n * timedelta(minutes=1) for n in range(ROWS)],
        "_prediction": draw.uniform(size=ROWS),
        "infinite": np.where(draw.uniform(size=ROWS) < 0.1, math.inf, draw.normal(size=ROWS)),
        "price": pa.array([Decimal("1.50"), Decimal("2.25")] * (ROWS // 2)),
        "flag": draw.uniform(size=ROWS) < 0.5,
        "text numbers": ["7", " 8.5 ", "n/a", None] * (ROWS // 4),
        "when": [NOON + n * timedelta(hours=1) for n in range(ROWS)],
        "remark": ["late", "very late"] * (ROWS // 2),
        "tail": [f"N{number}" for number in draw.integers(0, 5_000, ROWS)],
        "constant": [3.0] * ROWS,
        "<b>temp</b>": draw.normal(size=ROWS) + 2 * window,
        "unscored": draw.normal(size=ROWS),
        "empty": pa.nulls(ROWS, pa.float64()) if window else draw.normal(size=ROWS),
        "lists": [[1]] * ROWS,
        "enormous": draw.integers(0, 5, ROWS) + 2**62,
    }
    return pa.table(columns if window else columns | {"gone": [1.0] * ROWS})


KINDS = {
    "flag": Kind.BOOLEAN,
    "when": Kind.DATETIME,
    "remark": Kind.TEXT,
    "tail": Kind.CATEGORICAL,
}
SCORES = {name: 0.875 - n / 100 for n, name in enumerate(GOOD)} | dict.fromkeys(BAD, 0.9) | {"unscored": math.nan}
LIMITS = dict.fromkeys(SCORES, 0.8125)


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Drawn:
    into = tmp_path_factory.mktemp("evidence") / "flights" / "report-flights-2013-07-01T1200Z.html"
    return EvidentlyReporter().draw(sample(window=False), sample(window=True), KINDS, SCORES, LIMITS, into)


@pytest.fixture(scope="module")
def page(drawn: Drawn) -> str:
    return drawn.file.read_text()


def test_every_column_that_can_be_drawn_is_the_most_telling_first(drawn: Drawn) -> None:
    assert drawn.columns == GOOD


def test_a_bad_column_costs_only_itself_and_is_named_with_the_reason(drawn: Drawn) -> None:
    assert set(drawn.left_out) == set(BAD)
    for name, reason in BAD.items():
        assert drawn.left_out[name].startswith(reason)


def test_our_scores_and_limits_are_shown(page: str) -> None:
    assert page.count("Watchkeeper, all rows, limit 0.8125") >= len(GOOD)
    for score in (0.875, 0.865, 0.785):
        assert f"{score}" in page


def test_drift_is_what_our_limits_say(page: str) -> None:
    verdicts = re.findall(r'"(Detected|Not Detected)"', page)
    within = sum(SCORES[name] < LIMITS[name] for name in GOOD)
    assert (verdicts.count("Detected"), verdicts.count("Not Detected")) == (len(GOOD) - within, within)


def test_the_head_says_what_is_shown_and_what_is_not(page: str) -> None:
    assert "<title>report-flights-2013-07-01T1200Z</title>" in page
    assert "Window: a sample of 400 records from 2013-07-01 12:00 to 2013-07-01 18:39." in page
    assert "<b>enormous</b> cannot be drawn by Evidently: ValueError" in page


def test_the_page_stands_alone_and_is_small(drawn: Drawn, page: str) -> None:
    assert drawn.file.stat().st_size < 5 * MEGABYTE
    assert not re.search(r"<(script|img|iframe)[^>]+src=|<link", page.partition("<body>")[0])
    assert not re.search(r"<script[^>]+src=", page)


def test_with_nothing_to_draw_the_page_still_says_why(tmp_path: Path) -> None:
    silent = sample(window=True).slice(0, 0)
    into = tmp_path / "report.html"
    drawn = EvidentlyReporter().draw(sample(window=False), silent, KINDS, {"<b>temp</b>": 0.9}, {}, into)
    assert drawn == Drawn(into, (), {"<b>temp</b>": "has no numeric value in the window"})
    assert "<li><b>&lt;b&gt;temp&lt;/b&gt;</b> has no numeric value in the window</li>" in into.read_text()
    assert "Window: a sample of 0 records." in into.read_text()


def draw(into: Path, timeout: float = 180.0) -> Drawn:
    table = sample(window=True).select(["_at", "constant"])
    return EvidentlyReporter(timeout).draw(table, table, KINDS, {"constant": 1.0}, {}, into)


def test_what_the_drawing_process_said_last_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    the_renderer().close()
    monkeypatch.setenv("PYTHONIOENCODING", "no-such-encoding")
    with pytest.raises(OutsideError, match=r"evidently: exit 1: [\s\S]*no-such-encoding") as raised:
        draw(tmp_path / "report.html")
    assert not raised.value.permanent
    assert not (tmp_path / "report.html").exists()


def test_drawing_does_not_last_for_ever(tmp_path: Path) -> None:
    with pytest.raises(OutsideError, match=r"evidently: took longer than 0\.001 s"):
        draw(tmp_path / "report.html", timeout=0.001)


def test_who_draws_again_does_not_import_again(tmp_path: Path) -> None:
    draw(tmp_path / "1.html")
    drawing = the_renderer().process
    draw(tmp_path / "2.html")
    assert the_renderer().process == drawing
    assert (tmp_path / "2.html").stat().st_size > MEGABYTE


def test_a_process_that_was_killed_is_replaced(tmp_path: Path) -> None:
    draw(tmp_path / "1.html")
    killed = the_renderer().process
    assert killed
    os.kill(killed, signal.SIGKILL)
    assert draw(tmp_path / "2.html").columns == ("constant",)
    assert the_renderer().process not in (None, killed)


def test_a_process_without_work_ends_and_gives_its_memory_back(tmp_path: Path) -> None:
    renderer = Renderer(idle=0.2)
    request = tmp_path / "request.json"
    request.write_text('{"title": "t", "about": [], "columns": [], "left_out": {}}')
    for name in ("baseline", "window"):
        pq.write_table(pa.table({"constant": [1.0]}), tmp_path / name)
    renderer.draw(request, 180.0)
    while renderer.process:
        time.sleep(0.05)
    renderer.draw(request, 180.0)
    renderer.close()
    assert (tmp_path / "answer.json").exists()

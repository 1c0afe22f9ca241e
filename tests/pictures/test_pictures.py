"""Pictures: drawn without a screen, each value where it belongs, nothing loaded from elsewhere."""

import io
import math
import re
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from matplotlib.image import imread

from tests.builders import an_incident
from watchkeeper.domain.intervals import Interval
from watchkeeper.domain.levels import Level
from watchkeeper.pictures import (
    LEVEL_COLOURS,
    Canvas,
    Heading,
    Image,
    Lane,
    Planted,
    Rows,
    Score,
    Words,
    draw_lanes,
    draw_planted,
    draw_scores,
    page,
)

DAY = timedelta(days=1)
START = datetime(2024, 3, 1, tzinfo=UTC)
OVER = Interval(START, START + 30 * DAY)
WINDOWS = [Interval(START + DAY * i, START + DAY * (i + 1)) for i in range(30)]


def pixels(canvas: Canvas) -> np.ndarray:
    return imread(io.BytesIO(canvas.png()), format="png")


def has_colour(image: np.ndarray, colour: str) -> bool:
    wanted = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    return bool((np.abs(image[..., :3] - wanted).max(axis=-1) < 0.02).sum() > 20)


def a_lane(levels: list[Level], **more: object) -> Lane:
    usual = {"incidents": [], "pages": [], **more}
    return Lane("production", list(zip(WINDOWS, levels, strict=False)), **usual)


@pytest.mark.parametrize("worst", [Level.WARNING, Level.CRITICAL])
def test_a_level_has_its_colour_where_it_was_seen_and_only_then(worst: Level) -> None:
    for levels, seen in (([Level.OK] * 30, False), ([Level.OK] * 20 + [worst] * 10, True)):
        canvas = Canvas("title", "subtitle", [2.0])
        draw_lanes(canvas.axes[0], [a_lane(levels)], OVER)
        canvas.axes[0].get_legend().remove()
        assert has_colour(pixels(canvas), LEVEL_COLOURS[worst]) is seen


def test_lanes_are_named_and_time_is_the_axis() -> None:
    canvas = Canvas("title", "subtitle", [2.0])
    changed = Lane("changed spec", [], [], [])
    draw_lanes(canvas.axes[0], [a_lane([Level.OK] * 30), changed], OVER)
    canvas.png()
    assert [label.get_text() for label in canvas.axes[0].get_yticklabels()] == ["changed spec", "production"]
    assert canvas.axes[0].get_xlim()[1] - canvas.axes[0].get_xlim()[0] == pytest.approx(30)


def test_an_incident_that_began_before_and_one_that_lasts_stay_within_the_axes() -> None:
    before = an_incident(since=START - 5 * DAY, resolved=START + 2 * DAY)
    lasts = an_incident(since=START + 28 * DAY)
    canvas = Canvas("title", "subtitle", [2.0])
    lane = a_lane([Level.CRITICAL] * 30, incidents=[before, lasts], pages=[START + 28 * DAY])
    draw_lanes(canvas.axes[0], [lane], OVER)
    first, last = canvas.axes[0].get_xlim()
    for line in canvas.axes[0].get_lines():
        assert all(first <= x <= last for x in line.get_xdata())


def test_causes_that_would_touch_are_not_all_written() -> None:
    crowded = [an_incident(since=START + DAY * i, resolved=START + DAY * (i + 1)) for i in range(20)]
    canvas = Canvas("title", "subtitle", [2.0])
    draw_lanes(canvas.axes[0], [a_lane([], incidents=crowded)], OVER)
    assert 1 <= len(canvas.axes[0].texts) < 20


def test_scores_beyond_twice_their_limit_are_drawn_at_the_edge_and_the_highest_are_named() -> None:
    scores = [Score(f"drift:{i}", [(w.end, i / 10) for w in WINDOWS]) for i in range(12)]
    scores.append(Score("range:temp", [(WINDOWS[3].end, 40.0), (WINDOWS[4].end, math.nan)]))
    canvas = Canvas("title", "subtitle", [2.0])
    draw_scores(canvas.axes[0], scores, OVER)
    named = [text.get_text() for text in canvas.axes[0].get_legend().get_texts()]
    assert named == ["range:temp", "drift:11", "drift:10", "drift:9", "drift:8", "drift:7"]
    assert max(np.nanmax(line.get_ydata()) for line in canvas.axes[0].get_lines() if len(line.get_ydata())) == 2.0


def test_every_try_of_a_fault_is_a_point_of_its_own() -> None:
    canvas = Canvas("title", "subtitle", [2.0])
    faults = [Planted("nulls", {"before": [1, 1, 1], "after": [2, None, None]}), Planted("shift", {"before": []})]
    draw_planted(canvas.axes[0], faults, 5)
    points = {
        (round(float(line.get_xdata()[0]), 3), round(float(line.get_ydata()[0]), 3))
        for line in canvas.axes[0].get_lines()
    }
    assert len(points) == 6
    assert [label.get_text() for label in canvas.axes[0].get_xticklabels()][-1] == "missed"


def test_nothing_to_draw_is_still_a_picture() -> None:
    canvas = Canvas("title", "subtitle", [1.0, 1.0, 1.0])
    draw_lanes(canvas.axes[0], [], OVER)
    draw_scores(canvas.axes[1], [], OVER)
    draw_planted(canvas.axes[2], [], 5)
    assert canvas.png().startswith(b"\x89PNG")


def test_a_page_needs_no_other_file_and_escapes_what_it_is_given() -> None:
    canvas = Canvas("title", "subtitle", [1.0])
    nasty = '<script>alert("x")</script>'
    rows = Rows(("check", "pages"), [(nasty, "3"), ("drift", "0")], ("pages",))
    text = page(nasty, nasty, [Heading(nasty), Words(nasty), rows, Image(canvas.png(), nasty)])
    assert "<script" not in text
    assert text.count("&lt;script&gt;") == 7
    assert re.findall(r'(?:src|href)="([^"]{5})', text) == ["data:"]
    assert text.count("<tr>") == 3
    assert '<td class="number">3</td>' in text

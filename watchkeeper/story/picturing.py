"""A backtest as one picture, and as one page with its tables."""

import math
from collections.abc import Sequence
from datetime import datetime

from watchkeeper.domain.intervals import spoken
from watchkeeper.domain.levels import WARNING_SHARE, Level
from watchkeeper.domain.verdicts import Verdict
from watchkeeper.pictures import (
    Canvas,
    Heading,
    Image,
    Lane,
    Part,
    Planted,
    Score,
    Words,
    draw_lanes,
    draw_planted,
    draw_scores,
    page,
)
from watchkeeper.story.backtesting import Backtest, Track
from watchkeeper.story.tabling import differences, incidents_of, moment, notes, planted_of, summary_of
from watchkeeper.story.trying import lasting

__all__ = ["page_of", "picture_of", "scores_of"]


def picture_of(seen: Backtest) -> bytes:
    """Levels and incidents of all tracks, values against limits of the last, and planted faults; a PNG file."""
    planted = _planted(seen)
    heights = [0.7 * len(seen.tracks), 2.0, *([0.24 * len(planted)] if planted else [])]
    canvas = Canvas(_title(seen), _lead(seen), heights)
    draw_lanes(canvas.title(0, "Who saw what"), [_lane(track) for track in seen.tracks], seen.over)
    scores = scores_of(seen.tracks[-1].verdicts)
    draw_scores(canvas.title(1, f"Values against limits, {seen.tracks[-1].name}"), scores, seen.over)
    if planted:
        draw_planted(canvas.title(2, "Planted faults, one point a try"), planted, lasting(seen.spec))
    return canvas.png()


def page_of(seen: Backtest, picture: bytes) -> str:
    """The picture with all tables, as one HTML file."""
    shows = "Levels, incidents and pages over time, values against their limits, and planted faults; as in the tables."
    parts: list[Part] = [
        Image(picture, shows),
        Heading("How much it pages"),
        summary_of(seen),
        *(Words(note) for note in notes(seen)),
        Heading("What would change"),
        *(Words(said) for said in differences(seen)),
        Heading("Incidents"),
        incidents_of(seen),
    ]
    if seen.tries:
        parts += [Heading("Planted faults"), planted_of(seen, explained=True)]
    return page(_title(seen), _lead(seen), parts)


def _title(seen: Backtest) -> str:
    return f"{seen.spec.model}: what would have paged, against what did"


def _lead(seen: Backtest) -> str:
    days = f"{moment(seen.over.start)} to {moment(seen.over.end)} (UTC)"
    return f"{days}, windows of {spoken(seen.spec.every)}; budget {seen.spec.alerts.budget}"


def _lane(track: Track) -> Lane:
    false = [page.at for page in track.false_pages]
    return Lane(track.name, track.levels, track.incidents, [p.at for p in track.pages if p.at not in false], false)


def scores_of(verdicts: Sequence[Verdict]) -> list[Score]:
    """Every finding's values as shares of its limits, over time.

    There is a gap where a value reached its limit and was allowed to, because that is usual.
    """
    points: dict[str, list[tuple[datetime, float]]] = {}
    for verdict in verdicts:
        for f in verdict.findings:
            if math.isfinite(f.value) and math.isfinite(f.limit) and f.limit > 0:
                share = f.value / f.limit
                allowed = f.level is Level.OK and share >= WARNING_SHARE
                points.setdefault(f.mark, []).append((verdict.interval.end, math.nan if allowed else share))
    return [Score(mark, values) for mark, values in points.items()]


def _planted(seen: Backtest) -> list[Planted]:
    looked = [track.name for track in seen.tracks[1:]]
    faults = dict.fromkeys(t.fault for t in seen.tries)
    return [
        Planted(fault, {name: [t.paged for t in seen.tries if (t.fault, t.looked) == (fault, name)] for name in looked})
        for fault in faults
    ]

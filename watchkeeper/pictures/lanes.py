"""Who saw which level when, with incidents and pages: one lane for each way of looking."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from watchkeeper.domain.incidents import Incident
from watchkeeper.domain.intervals import Interval
from watchkeeper.domain.levels import Level
from watchkeeper.pictures.canvas import explain
from watchkeeper.pictures.clock import name_moments, place_of
from watchkeeper.pictures.style import GREY, INK, LEVEL_COLOURS, PAGE, SMALL

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["Lane", "draw_lanes"]

HEIGHTS = {Level.OK: 0.12, Level.UNKNOWN: 0.22, Level.WARNING: 0.34, Level.CRITICAL: 0.46}
"""Of a level's bar, in lanes."""

LETTERS = 150
"""So many small letters are as wide as the axes."""

LINE, NOTCH = -0.16, 0.07
"""Where an incident's line runs below its lane, and how high its ends are."""


@dataclass(frozen=True, slots=True)
class Lane:
    """How one way of looking saw a period.

    Attributes:
        levels: of the windows, oldest first.
        incidents: whatever was open.
        pages: when somebody was paged and something was wrong.
        false_pages: when somebody was paged and nothing was.
    """

    name: str
    levels: Sequence[tuple[Interval, Level]]
    incidents: Sequence[Incident]
    pages: Sequence[datetime]
    false_pages: Sequence[datetime] = ()


def draw_lanes(axes: "Axes", lanes: Sequence[Lane], over: Interval) -> None:
    """Levels as bars that grow with how bad they are, incidents as lines below them, pages as triangles."""
    for place, lane in enumerate(reversed(lanes)):
        for level in HEIGHTS:
            _draw_level(axes, level, [i for i, seen in lane.levels if seen is level], place)
        for incident in lane.incidents:
            _draw_incident(axes, incident, over, place)
        _name_causes(axes, lane.incidents, over, place)
        _draw_pages(axes, lane.pages, place, PAGE)
        _draw_pages(axes, lane.false_pages, place, "white")
    axes.set_yticks(range(len(lanes)), [lane.name for lane in reversed(lanes)])
    axes.set_ylim(-0.55, len(lanes) - 0.35)
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
    name_moments(axes, over.start, over.end)
    _explain(axes)


def _draw_level(axes: "Axes", level: Level, windows: Sequence[Interval], place: int) -> None:
    spans = [(place_of(i.start), place_of(i.end) - place_of(i.start)) for i in windows]
    hatch, edge = ("////", GREY) if level is Level.UNKNOWN else (None, "white")
    axes.broken_barh(
        spans, (place, HEIGHTS[level]), facecolor=LEVEL_COLOURS[level], edgecolor=edge, hatch=hatch, linewidth=0.4
    )


def _draw_incident(axes: "Axes", incident: Incident, over: Interval, place: int) -> None:
    begin, end = max(incident.since, over.start), min(incident.resolved or over.end, over.end)
    low = place + LINE
    axes.plot([place_of(begin), place_of(end)], [low, low], color=INK, linewidth=1.6, solid_capstyle="butt")
    for moment in (begin, *([end] if incident.resolved else [])):
        axes.plot([place_of(moment)] * 2, [low - NOTCH, low + NOTCH], color=INK, linewidth=1.6)


def _name_causes(axes: "Axes", incidents: Sequence[Incident], over: Interval, place: int) -> None:
    """Below every incident its cause, where it does not touch the one before; the last ones end at the edge."""
    letter = (place_of(over.end) - place_of(over.start)) / LETTERS
    taken = -math.inf
    for incident in incidents:
        name = str(incident.cause)
        begin = min(place_of(max(incident.since, over.start)), place_of(over.end) - letter * len(name))
        if begin >= taken:
            axes.text(begin, place + LINE - 0.1, name, va="top", fontsize=SMALL - 1, color=INK)
            taken = begin + letter * (len(name) + 1)


def _draw_pages(axes: "Axes", pages: Sequence[datetime], place: int, face: str) -> None:
    at = [place_of(moment) for moment in pages]
    axes.plot(at, [place + LINE] * len(at), "v", color=PAGE, markerfacecolor=face, markersize=8, zorder=3)


def _explain(axes: "Axes") -> None:
    """What bars, lines and triangles are."""
    from matplotlib.lines import Line2D  # noqa: PLC0415 - imported when something is drawn
    from matplotlib.patches import Patch  # noqa: PLC0415 - the same

    levels = [
        Patch(facecolor=colour, edgecolor=GREY, linewidth=0.5, label=str(level), hatch="////" if level == 1 else None)
        for level, colour in LEVEL_COLOURS.items()
    ]
    line = Line2D([], [], color=INK, linewidth=1.6, label="incident, with its cause")
    pages = [
        Line2D([], [], color=PAGE, marker="v", linestyle="", markersize=8, markerfacecolor=face, label=label)
        for face, label in ((PAGE, "page"), ("white", "false page"))
    ]
    explain(axes, [*levels, line, *pages], 7)

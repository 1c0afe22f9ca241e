"""The confidence sequence of a rollout: which harms were not ruled out, block after block, by each criterion."""

import math
from collections.abc import Sequence
from datetime import datetime
from textwrap import wrap
from typing import TYPE_CHECKING

from watchkeeper.domain.intervals import Interval
from watchkeeper.domain.judgements import ERRORS, LATENCY, Judgement, Outcome, Reading, Seen
from watchkeeper.domain.rollouts import Move, Verb
from watchkeeper.pictures.canvas import Canvas, explain
from watchkeeper.pictures.clock import name_moments, place_of
from watchkeeper.pictures.style import GREY, INK, LINES, SMALL

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["draw_sequence", "rollout_picture"]

HEIGHT = 2.2
"""Of each criterion's axes, in inches."""

LETTERS = 150
"""So many small letters fit beside each other."""

COLOURS = {Outcome.WORSE: LINES[1], Outcome.NO_WORSE: LINES[2]}
MARKS = {Outcome.WORSE: "v", Outcome.NO_WORSE: "^"}
TOLD = {Outcome.WORSE: "worse", Outcome.NO_WORSE: "no worse"}
MOVES = {
    Verb.SHADOW: "shadow",
    Verb.ADVANCE: "canary {:.0%}",
    Verb.PROMOTE: "promoted",
    Verb.KEEP: "kept",
    Verb.ROLL_BACK: "rolled back",
}


def rollout_picture(judgement: Judgement, title: str, subtitle: str = "", moves: Sequence[Move] = ()) -> Canvas:
    """Each criterion that has been read, below each other; `.png()` or `.svg()` of it are bytes.

    Args:
        moves: of the rollout's history, drawn as lines with their shares of traffic.
    """
    told = [r for r in judgement.readings if r.path]
    said = subtitle or "\n".join(wrap(judgement.sentence, LETTERS)[:2])
    canvas = Canvas(title, said, [HEIGHT] * max(len(told), 1))
    for place, reading in enumerate(told):
        axes = canvas.title(place, _name(reading))
        draw_sequence(axes, reading)
        _draw_moves(axes, moves, reading.path)
    if not told:
        canvas.title(0, "Nothing has been read of the canary yet")
    return canvas


def draw_sequence(axes: "Axes", reading: Reading) -> None:
    """The band of harms that are not ruled out, the harm so far, nothing, and the margin."""
    scale = 100.0 if reading.criterion.name in (ERRORS, LATENCY) else 1.0
    at, path = _places(reading.path), reading.path
    low, high = _reach(reading)
    lower = [max(seen.lower, low) * scale for seen in path]
    upper = [min(seen.upper, high) * scale for seen in path]
    axes.fill_between(at, lower, upper, color=LINES[0], alpha=0.18, linewidth=0, label="possible")
    axes.plot(at, [seen.harm * scale for seen in path], color=LINES[0], linewidth=1.6, label="harm")
    axes.axhline(0, color=INK, linewidth=0.9)
    axes.axhline(reading.criterion.margin * scale, color=LINES[1], linewidth=1.2, linestyle="--", label="margin")
    for outcome in TOLD:
        _draw_decision(axes, at, path, outcome, scale)
    axes.set_ylim(low * scale, high * scale)
    axes.set_ylabel(_unit(reading), fontsize=SMALL, color=INK)
    _name_places(axes, path)
    explain(axes, axes.get_legend_handles_labels()[0], 5)


def _draw_decision(axes: "Axes", at: Sequence[float], path: Sequence[Seen], outcome: Outcome, scale: float) -> None:
    first = next((n for n, seen in enumerate(path) if seen.outcome is outcome), None)
    if first is not None:
        mark, colour = MARKS[outcome], COLOURS[outcome]
        place = [path[first].harm * scale]
        axes.plot([at[first]], place, mark, color=colour, markersize=10, label=TOLD[outcome], linestyle="")


def _reach(reading: Reading) -> tuple[float, float]:
    """What is shown: the newest band and as much again, and the margin."""
    known = [s for s in reading.path if math.isfinite(s.lower) and math.isfinite(s.upper)] or list(reading.path)
    margin, newest = reading.criterion.margin, known[len(known) // 2 :]
    wide = [abs(x) for s in newest for x in (s.lower, s.upper, s.harm) if math.isfinite(x)]
    most = max(1.2 * max(wide, default=0.0), 2 * margin)
    return -most, most


def _places(path: Sequence[Seen]) -> list[float]:
    """On an axis of time, or by number where no time is known."""
    moments = _moments(path)
    return [place_of(at) for at in moments] if moments else [float(n) for n in range(1, len(path) + 1)]


def _moments(path: Sequence[Seen]) -> list[datetime]:
    """The ends of all blocks; none where one of them is not known."""
    known = [seen.at for seen in path if seen.at]
    return known if len(known) == len(path) else []


def _name_places(axes: "Axes", path: Sequence[Seen]) -> None:
    moments = _moments(path)
    if len(moments) > 1:
        name_moments(axes, moments[0], moments[-1])
    elif not moments:
        axes.set_xlabel("blocks", fontsize=SMALL, color=INK)


def _draw_moves(axes: "Axes", moves: Sequence[Move], path: Sequence[Seen]) -> None:
    """Lines where the share changed, named above the axes' foot."""
    moments = _moments(path)
    over = Interval(moments[0], moments[-1]) if len(moments) > 1 else None
    for move in moves:
        if over and move.verb in MOVES and over.start <= move.at <= over.end:
            axes.axvline(place_of(move.at), color=GREY, linewidth=0.9, linestyle=":")
            words = MOVES[move.verb].format(move.share)
            foot = axes.get_ylim()[0] * 0.94
            axes.text(place_of(move.at), foot, f" {words}", fontsize=SMALL, color=GREY, va="bottom")


def _name(reading: Reading) -> str:
    role = reading.criterion.role
    return f"{reading.criterion.name}, {role}: {reading.outcome}"


def _unit(reading: Reading) -> str:
    units = {ERRORS: "more failures,\nin 100 requests", LATENCY: "slower,\nin percent"}
    return units.get(reading.criterion.name, "harm")

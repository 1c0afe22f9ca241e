"""Values against their limits: how near each answer came, window after window."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from watchkeeper.domain.intervals import Interval
from watchkeeper.domain.levels import WARNING_SHARE, Level
from watchkeeper.pictures.canvas import explain
from watchkeeper.pictures.clock import name_moments, place_of
from watchkeeper.pictures.style import GREY, INK, LEVEL_COLOURS, LINES, SMALL

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["Score", "draw_scores"]

TOP = 2.0
"""Values beyond twice their limit are drawn at its edge: how far beyond does not matter any more."""


@dataclass(frozen=True, slots=True)
class Score:
    """What one check found about one subject.

    Attributes:
        mark: check and subject, `drift:temp`.
        points: ends of windows, and values as shares of their critical limit: 1 is critical, NaN is not shown.
    """

    mark: str
    points: Sequence[tuple[datetime, float]]

    @property
    def highest(self) -> float:
        """The largest value; 0 for none."""
        return max((value for _, value in self.points if math.isfinite(value)), default=0.0)


def draw_scores(axes: "Axes", scores: Sequence[Score], over: Interval) -> None:
    """The six that came highest in colours, with their names; all others in grey."""
    ranked = sorted(scores, key=lambda score: -score.highest)
    for score in ranked[len(LINES) :]:
        _draw(axes, score, GREY, 0.6, faint=True)
    for score, colour in reversed(list(zip(ranked, LINES, strict=False))):
        _draw(axes, score, colour, 1.5, faint=False)
    axes.axhspan(WARNING_SHARE, 1.0, color=LEVEL_COLOURS[Level.WARNING], alpha=0.25, linewidth=0)
    axes.axhline(1.0, color=LEVEL_COLOURS[Level.CRITICAL], linewidth=1.2)
    axes.text(1.005, 1.0, "critical", transform=axes.get_yaxis_transform(), va="center", fontsize=SMALL, color=INK)
    axes.set_ylim(0, TOP * 1.05)
    axes.set_ylabel("value as a share of\nits critical limit (1 = critical)", fontsize=SMALL, color=INK)
    name_moments(axes, over.start, over.end)
    explain(axes, axes.get_legend_handles_labels()[0][::-1], 3)


def _draw(axes: "Axes", score: Score, colour: str, width: float, *, faint: bool) -> None:
    at = [place_of(moment) for moment, _ in score.points]
    shown = [value if math.isnan(value) else min(max(value, 0.0), TOP) for _, value in score.points]
    label, alpha = (None, 0.35) if faint else (score.mark, 1.0)
    axes.plot(at, shown, color=colour, linewidth=width, alpha=alpha, label=label)
    beyond = [x for x, (_, value) in zip(at, score.points, strict=True) if value > TOP]
    axes.plot(beyond, [TOP] * len(beyond), "^", color=colour, markersize=5, alpha=alpha, clip_on=False)

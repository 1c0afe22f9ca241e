"""What performance was estimated to be before the labels came, and what it turned out to be."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from watchkeeper.domain.intervals import Interval
from watchkeeper.pictures.canvas import explain
from watchkeeper.pictures.clock import name_moments, place_of
from watchkeeper.pictures.style import INK, LINES, SMALL

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["Foretold", "draw_foretold"]

ESTIMATED, REALISED = LINES[0], LINES[1]


@dataclass(frozen=True, slots=True)
class Foretold:
    """One metric, before and after its labels came.

    Attributes:
        metric: its name.
        estimated: ends of the time that was asked about, the estimate, and its standard deviation by chance.
        realised: ends of the same, and the metric of its labels.
    """

    metric: str
    estimated: Sequence[tuple[datetime, float, float]]
    realised: Sequence[tuple[datetime, float]]


def draw_foretold(axes: "Axes", told: Foretold, over: Interval) -> None:
    """Both as lines over the time that they are about; the estimate with a band of two standard deviations."""
    at = [place_of(moment) for moment, _, _ in told.estimated]
    low, high = ([value + side * 2 * error for _, value, error in told.estimated] for side in (-1, 1))
    axes.fill_between(at, low, high, color=ESTIMATED, alpha=0.18, linewidth=0)
    said = "estimated without labels, if records still mean the same"
    axes.plot(at, [value for _, value, _ in told.estimated], color=ESTIMATED, linewidth=1.5, linestyle="--", label=said)
    came = [place_of(moment) for moment, _ in told.realised]
    axes.plot(came, [v for _, v in told.realised], "o-", color=REALISED, linewidth=1.5, markersize=3, label="realised")
    axes.set_ylabel(told.metric, fontsize=SMALL, color=INK)
    name_moments(axes, over.start, over.end)
    explain(axes, axes.get_legend_handles_labels()[0], 2)

"""Planted faults: after how many windows each was caught."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from watchkeeper.domain.levels import Level
from watchkeeper.pictures.canvas import explain
from watchkeeper.pictures.style import FAINT, GREY, INK, LEVEL_COLOURS, LINES, SMALL

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["Planted", "draw_planted"]

APART = 0.2
"""Points of one fault that lie at one place are drawn so far apart, in rows."""


@dataclass(frozen=True, slots=True)
class Planted:
    """How a fault fared.

    Attributes:
        paged: by whoever looked, in which window somebody was paged at each try, counted from 1; None when nobody was.
    """

    fault: str
    paged: dict[str, Sequence[int | None]]


def draw_planted(axes: "Axes", planted: Sequence[Planted], lasts: int) -> None:
    """One row a fault, one point a try; who missed it stands at the right.

    Args:
        lasts: windows that a fault lasts.
    """
    looked = list(dict.fromkeys(name for fault in planted for name in fault.paged))
    for row, fault in enumerate(planted):
        for turn, name in enumerate(looked):
            _draw(axes, fault.paged.get(name, ()), row, turn - (len(looked) - 1) / 2, LINES[turn], lasts)
    axes.axvspan(lasts + 0.5, lasts + 1.8, color=LEVEL_COLOURS[Level.OK], alpha=0.5, linewidth=0)
    axes.set_yticks(range(len(planted)), [fault.fault for fault in planted])
    axes.set_ylim(len(planted) - 0.4, -0.6)
    axes.set_xlim(0.4, lasts + 1.8)
    step = max(1, lasts // 10)
    ticks = list(range(1, lasts + 1, step))
    axes.set_xticks([*ticks, lasts + 1.15], [*map(str, ticks), "missed"])
    axes.set_xlabel("windows with the fault until somebody was paged", fontsize=SMALL, color=INK)
    axes.grid(axis="y", visible=True, color=FAINT, linewidth=0.8)
    axes.tick_params(axis="y", length=0)
    _explain(axes, looked)


def _draw(axes: "Axes", paged: Sequence[int | None], row: int, side: float, colour: str, lasts: int) -> None:
    """Tries side by side; those with the same outcome are spread around their place."""
    outcomes: dict[float, int] = {}
    for window in paged:
        place = float(lasts + 1.15 if window is None else window)
        turn = outcomes[place] = outcomes.get(place, 0) + 1
        x = place + APART * ((turn // 2) * (-1 if turn % 2 else 1))
        face = "white" if window is None else colour
        axes.plot(x, row + side * 0.36, "o", markersize=5.5, markerfacecolor=face, markeredgecolor=colour)


def _explain(axes: "Axes", looked: Sequence[str]) -> None:
    from matplotlib.lines import Line2D  # noqa: PLC0415 - imported when something is drawn

    shown = [
        Line2D([], [], linestyle="", marker="o", color=colour, label=name)
        for name, colour in zip(looked, LINES, strict=False)
    ]
    missed = Line2D([], [], linestyle="", marker="o", markerfacecolor="white", markeredgecolor=GREY, label="missed")
    explain(axes, [*shown, missed], 4)

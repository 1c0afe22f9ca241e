"""One figure with titled axes below each other, every size given in inches."""

import io
from collections.abc import Sequence
from typing import TYPE_CHECKING

from watchkeeper.pictures.style import GREY, INK, SMALL

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["Canvas", "explain"]

WIDTH, LEFT, RIGHT = 11.0, 1.35, 0.6
"""Of the whole picture, and of the margins beside the axes, in inches."""

HEAD, ABOVE, BELOW = 0.6, 0.5, 0.5
"""Over all axes for the title; over each for its own and its legend; under each for its labels, in inches."""

DOTS_PER_INCH = 130


class Canvas:
    """A figure in the house's style; it shares nothing with other figures, so that any thread may draw.

    Args:
        title: what the picture is about.
        subtitle: of what, when, how much.
        heights: of the axes, in inches, from the top down.

    Attributes:
        axes: from the top down.
    """

    figure: "Figure"
    axes: "list[Axes]"

    def __init__(self, title: str, subtitle: str, heights: Sequence[float]) -> None:
        from matplotlib.figure import Figure  # noqa: PLC0415 - takes half a second to import

        whole = HEAD + sum(heights) + (ABOVE + BELOW) * len(heights)
        self.figure = Figure(figsize=(WIDTH, whole))
        self.figure.text(0.012, 1 - 0.16 / whole, title, va="top", fontsize=14, fontweight="bold", color=INK)
        self.figure.text(0.012, 1 - 0.44 / whole, subtitle, va="top", fontsize=SMALL + 1, color=GREY)
        self.axes = []
        low = whole - HEAD
        for height in heights:
            low -= ABOVE + height
            box = (LEFT / WIDTH, low / whole, 1 - (LEFT + RIGHT) / WIDTH, height / whole)
            self.axes.append(_plain(self.figure.add_axes(box)))
            low -= BELOW

    def title(self, row: int, title: str) -> "Axes":
        """The axes of a row, with a title of their own."""
        axes = self.axes[row]
        axes.set_title(title, loc="left", fontsize=10.5, fontweight="bold", color=INK, pad=9)
        return axes

    def png(self) -> bytes:
        """The picture, as a PNG file."""
        file = io.BytesIO()
        self.figure.savefig(file, format="png", dpi=DOTS_PER_INCH, facecolor="white")
        return file.getvalue()

    def svg(self) -> bytes:
        """The picture, as an SVG file."""
        file = io.BytesIO()
        self.figure.savefig(file, format="svg", facecolor="white", metadata={"Date": None})
        return file.getvalue()


def explain(axes: "Axes", handles: "Sequence[Artist]", columns: int) -> None:
    """What is what, above the axes at the right."""
    axes.legend(
        handles=handles,
        ncols=columns,
        loc="lower right",
        bbox_to_anchor=(1.0, 1.0),
        fontsize=SMALL,
        frameon=False,
        labelcolor=INK,
        columnspacing=1.4,
        handletextpad=0.5,
        borderaxespad=0.3,
    )


def _plain(axes: "Axes") -> "Axes":
    """Without what distracts."""
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    for side in ("left", "bottom"):
        axes.spines[side].set_color(GREY)
    axes.tick_params(labelsize=SMALL, colors=INK)
    axes.set_axisbelow(True)
    return axes

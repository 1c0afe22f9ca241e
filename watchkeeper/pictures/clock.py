"""Moments on a horizontal axis."""

from datetime import datetime
from typing import TYPE_CHECKING

from watchkeeper.pictures.style import FAINT, SMALL

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["name_moments", "place_of"]


def place_of(moment: datetime) -> float:
    """Where a moment lies on an axis of time."""
    from matplotlib.dates import date2num  # noqa: PLC0415 - imported when something is drawn

    return float(date2num(moment))  # type: ignore[no-untyped-call] # Matplotlib does not type its dates


def name_moments(axes: "Axes", since: datetime, until: datetime) -> None:
    """Days, or hours, below the axis, and faint lines at them."""
    from matplotlib.dates import AutoDateLocator, ConciseDateFormatter  # noqa: PLC0415 - the same

    locator = AutoDateLocator(minticks=4, maxticks=12)  # type: ignore[no-untyped-call] # the same
    axes.xaxis.set_major_locator(locator)
    axes.xaxis.set_major_formatter(ConciseDateFormatter(locator))  # type: ignore[no-untyped-call] # the same
    axes.set_xlim(place_of(since), place_of(until))
    axes.xaxis.get_offset_text().set_fontsize(SMALL)
    axes.grid(axis="x", visible=True, color=FAINT, linewidth=0.8)

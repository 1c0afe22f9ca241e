"""Colours and sizes; what a colour says is said by height, shape or words as well."""

from watchkeeper.domain.levels import Level

__all__ = ["FAINT", "GREY", "INK", "LEVEL_COLOURS", "LINES", "PAGE", "SMALL"]

INK, GREY, FAINT, PAGE = "#1f2933", "#6b7680", "#e4e7eb", "#0072b2"

LEVEL_COLOURS = {
    Level.OK: "#cfd8dc",
    Level.UNKNOWN: "#ffffff",
    Level.WARNING: "#f0b429",
    Level.CRITICAL: "#a61e2d",
}
"""Of falling lightness, so that they stay in order for the colour-blind and on grey paper; UNKNOWN is hatched."""

LINES = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#e69f00")
"""Okabe & Ito 2008: told apart with every kind of colour vision."""

SMALL = 8.5
"""The size of words beside the drawing, in points."""

"""One mergeable histogram per column: adding two profiles is profiling the union."""

from watchkeeper.profiles.profile import CategoricalColumn, Column, Grid, Kind, NumericColumn, Profile

__all__ = ["CategoricalColumn", "Column", "Grid", "Kind", "NumericColumn", "Profile"]

"""One mergeable histogram per column: adding two profiles is profiling the union."""

from watchkeeper.profiles.counting import fit_grids, profile_batches
from watchkeeper.profiles.merging import MOST_CATEGORIES
from watchkeeper.profiles.profile import CategoricalColumn, Column, Grid, Kind, NumericColumn, Profile
from watchkeeper.profiles.segments import Segments
from watchkeeper.profiles.storage import from_bytes, to_bytes
from watchkeeper.profiles.trailing import Trailing

__all__ = [
    "MOST_CATEGORIES",
    "CategoricalColumn",
    "Column",
    "Grid",
    "Kind",
    "NumericColumn",
    "Profile",
    "Segments",
    "Trailing",
    "fit_grids",
    "from_bytes",
    "profile_batches",
    "to_bytes",
]

"""Pure questions about a baseline and a window, one file each; the kind of a check is its file's name."""

import importlib
import pkgutil
from types import ModuleType

from watchkeeper.checks.base import Check
from watchkeeper.checks.examining import examine_all
from watchkeeper.checks.seeding import seed, seed_outcomes
from watchkeeper.checks.segmenting import Apart, examine_segments

__all__ = ["Apart", "Check", "built_in", "check_in", "examine_all", "examine_segments", "seed", "seed_outcomes"]

NO_CHECKS = frozenset(
    {
        "base",
        "calibrated",
        "calibrating",
        "chart_limits",
        "charting",
        "charts",
        "columns",
        "drifting",
        "examining",
        "history",
        "metering",
        "outcomes",
        "scales",
        "seeding",
        "segmenting",
        "suspecting",
        "troubles",
    }
)
"""Modules of this folder that hold what checks have in common; every other module holds one check."""


def built_in() -> dict[str, type[Check]]:
    """Every check that comes with Watchkeeper, by kind.

    Raises:
        TypeError: a module holds no check, or more than one.
    """
    names = [module.name for module in pkgutil.iter_modules(__path__) if module.name not in NO_CHECKS]
    return {name: check_in(importlib.import_module(f"{__name__}.{name}")) for name in names}


def check_in(module: ModuleType) -> type[Check]:
    """The one check that a module defines. Raises TypeError when there is none, or more than one."""
    own = [
        thing
        for thing in vars(module).values()
        if isinstance(thing, type) and issubclass(thing, Check) and thing.__module__ == module.__name__
    ]
    if len(own) != 1:
        raise TypeError(f"{module.__name__} defines {len(own)} checks: a file of this folder defines exactly one")
    return own[0]

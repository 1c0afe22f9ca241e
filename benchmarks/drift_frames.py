"""Made-up frames for contenders to score, the same for all of them whatever numpy they come with.

Seven columns in ten are numbers: normal, log-normal, Poisson, Student's t with 2 % missing, uniform, and rounded
exponential; the others are texts of 5, 20 or 200 levels whose frequencies fall as 1, 1/2, 1/3, ... A window differs
from its reference by chance, and in every fourth column by a tenth of a shift. Needs nothing but numpy and pandas, for
it is also read in the peers' environments.
"""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

__all__ = ["draw", "frame_of", "is_number"]

NUMBERS = 0.7
MISSING = 0.02
LEVELS = (5, 20, 200)

Draw = np.random.Generator


def _with_gaps(draw_: Draw, rows: int) -> np.ndarray:
    values = draw_.standard_t(3, rows)
    values[draw_.random(rows) < MISSING] = np.nan
    return values


SHAPES: tuple[Callable[[Draw, int], np.ndarray], ...] = (
    lambda draw_, rows: draw_.normal(50, 10, rows),
    lambda draw_, rows: draw_.lognormal(1, 1, rows),
    lambda draw_, rows: draw_.poisson(4, rows),
    _with_gaps,
    lambda draw_, rows: draw_.uniform(0, 1, rows),
    lambda draw_, rows: draw_.exponential(10, rows).round(),
)


def is_number(name: str) -> bool:
    """Whether a column holds numbers, by its name."""
    return name.startswith("n")


def draw(path: Path, rows: int, columns: int, seed: int) -> Path:
    """Write a frame of numbers and levels, to be read by `frame_of`; an odd seed draws a window, an even one none."""
    random = np.random.default_rng(seed)
    numbers = round(columns * NUMBERS)
    stored = {f"n{place:02d}": _numbers(random, rows, place, moved=seed % 2 == 1) for place in range(numbers)}
    stored |= {f"c{place:02d}": _levels(random, rows, LEVELS[place % 3]) for place in range(columns - numbers)}
    np.savez(path, **stored)
    return path


def _numbers(random: Draw, rows: int, place: int, *, moved: bool) -> np.ndarray:
    values = SHAPES[place % len(SHAPES)](random, rows)
    return values + np.nanstd(values).astype(values.dtype) / 10 if moved and place % 4 == 0 else values


def _levels(random: Draw, rows: int, levels: int) -> np.ndarray:
    weights = 1 / np.arange(1, levels + 1)
    return random.choice(levels, rows, p=weights / weights.sum()).astype(np.uint8)


def frame_of(path: Path) -> pd.DataFrame:
    """What was drawn, as a frame whose texts have the type that this pandas gives to texts."""
    names = np.array([f"level_{level}" for level in range(max(LEVELS))], object)
    with np.load(path) as stored:
        columns = {name: stored[name] if is_number(name) else names[stored[name]] for name in stored.files}
    return pd.DataFrame(columns)

"""Changes of the world itself: other inputs, another relation. Each draws what exactly changes, once."""

from dataclasses import replace

import numpy as np

from benchmarks.worldly import standard
from benchmarks.worlds import Change, Day, World

__all__ = ["concept", "harmful", "harmless", "none", "offset"]

Draw = np.random.Generator

POOL = 8
"""So many times as many records are drawn as are chosen, where others come than did."""


def _tilted(world: World, tilts: dict[str, float], days: int) -> Change:
    """Other records of the same world come: those in which these columns are large come more often, or less.

    Args:
        tilts: by how many spreads a normal column's mean moves.
        days: so many it takes until all of it is there.
    """
    since: list[int] = []

    def change(day: Day) -> Day:
        since.append(day.number)
        part = min((day.number - since[0] + 1) / days, 1.0)
        pool = world.begin(day.number, POOL)
        odds = sum(part * by * np.clip(standard(name, pool.real[name]), -3, 3) for name, by in tilts.items())
        chance = np.exp(odds - np.max(odds))
        rows = len(day.real["channel"])
        chosen = pool.draw.choice(chance.size, rows, replace=False, p=chance / chance.sum())
        real = {name: values[chosen] for name, values in pool.real.items()}
        return replace(day, draw=pool.draw, real=real, logged=dict(real))

    return change


def harmless(world: World, draw: Draw) -> Change:
    """Columns move that matter little."""
    names = [str(n) for n in draw.choice(world.ranked[3:], int(draw.integers(2, 4)), replace=False)]
    tilts = {n: float(draw.choice([-1, 1])) * draw.uniform(0.5, 1.1) for n in names}
    return _tilted(world, tilts, int(draw.integers(1, 6)))


def harmful(world: World, draw: Draw) -> Change:
    """Columns that matter move to where the truth bends, of which the model has hardly seen anything."""
    names = list(world.sides)[: int(draw.integers(2, 4))]
    tilts = {name: world.sides[name] * draw.uniform(0.9, 1.4) for name in names}
    return _tilted(world, tilts, int(draw.integers(1, 6)))


def concept(world: World, draw: Draw) -> Change:
    """What spoke for a label no longer does, or speaks against it; for one or two of the columns that matter."""
    names, turn = world.ranked[: int(draw.integers(1, 3))], float(draw.choice([-1.0, -2.0]))
    changed = {**world.weights, **{name: (1 + turn) * world.weights[name] for name in names}}
    other = replace(world, weights=changed)
    return lambda day: replace(day, odds=other.truth(day).odds)


def offset(_world: World, draw: Draw) -> Change:
    """Label 1 becomes more frequent, or less, whatever the columns say."""
    by = float(draw.choice([-1, 1]) * draw.uniform(0.5, 1.0))
    return lambda day: replace(day, odds=day.odds + by)


def none(_world: World, _draw: Draw) -> Change:
    """Nothing happens."""
    return lambda day: day

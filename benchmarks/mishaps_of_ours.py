"""Mishaps on our own side: in the records, at the host, in the labels. Each draws what exactly goes wrong, once."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from benchmarks.worldly import NUMBERS
from benchmarks.worlds import Change, Columns, Day, World

__all__ = [
    "codes",
    "flipped",
    "late_kind",
    "lost",
    "missing",
    "no_answers",
    "nulls",
    "one_label",
    "partly_flipped",
    "preprocessing",
    "slow",
    "stuck",
    "swap",
    "texts",
    "unit",
    "version",
]

Draw = np.random.Generator


def _logged(change: Callable[[Columns, Draw], Columns]) -> Change:
    return lambda day: replace(day, logged={**day.logged, **change(day.logged, day.draw)})


def nulls(world: World, draw: Draw) -> Change:
    """A column loses values."""
    name, share = str(draw.choice(world.ranked)), draw.uniform(0.2, 0.9)
    return _logged(lambda c, d: {name: np.where(d.random(c[name].size) < share, np.nan, c[name])})


def unit(_world: World, draw: Draw) -> Change:
    """A column is written in another unit, all of it or most."""
    name = str(draw.choice(["age", "amount", "distance", "humidity", "pressure"]))
    factor = float(draw.choice([0.1, 0.45, 1.8, 2.54, 1_000.0]))
    share = float(draw.choice([1.0, 1.0, 0.6]))
    return _logged(lambda c, d: {name: np.where(d.random(c[name].size) < share, c[name] * factor, c[name])})


def swap(_world: World, draw: Draw) -> Change:
    """Two columns are written in each other's place."""
    one, other = (str(n) for n in draw.choice(list(NUMBERS), 2, replace=False))
    return _logged(lambda c, _: {one: c[other], other: c[one]})


def stuck(world: World, draw: Draw) -> Change:
    """A column says the same all day, or most of it."""
    name, share = str(draw.choice(world.ranked)), float(draw.choice([1.0, 1.0, 0.7]))
    return _logged(lambda c, d: {name: np.where(d.random(c[name].size) < share, np.median(c[name]), c[name])})


def codes(_world: World, draw: Draw) -> Change:
    """A column is written in other codes."""
    name = str(draw.choice(["channel", "region"]))
    return _logged(lambda c, _: {name: np.char.lower(np.char.add(c[name].astype(str), "_v2"))})


def texts(world: World, draw: Draw) -> Change:
    """A column of numbers is written as texts."""
    name = str(draw.choice(world.ranked))
    return _logged(lambda c, _: {name: c[name].astype(str).astype(object)})


def version(world: World, draw: Draw) -> Change:
    """Answers of an older version, which learned other weights and another base rate."""
    by = float(draw.choice([-1, 1]) * draw.uniform(0.3, 1.0))
    learned = {name: weight * draw.uniform(0.2, 1.6) for name, weight in world.learned.items()}
    other = replace(world, learned=learned, rate=world.rate + by)
    return lambda day: replace(day, answers=other.answered(day).answers)


def preprocessing(world: World, draw: Draw) -> Change:
    """One of the two columns that matter most reaches the model as a constant, or unscaled."""
    name = str(draw.choice(world.ranked[:2]))
    spoil: Callable[[Columns], Columns] = (
        (lambda c: {name: np.full(c[name].size, np.nan)})
        if draw.random() < 1 / 2
        else (lambda c: {name: c[name] * 1.4})
    )
    return lambda day: replace(day, answers=world.answered(replace(day, logged=day.logged | spoil(day.logged))).answers)


def no_answers(_world: World, draw: Draw) -> Change:
    """Many requests are not answered."""
    share = draw.uniform(0.2, 0.8)
    return lambda day: replace(day, answers=np.where(day.draw.random(day.answers.size) < share, np.nan, day.answers))


def slow(_world: World, draw: Draw) -> Change:
    """Answers take longer."""
    times = draw.uniform(2.5, 10)
    return lambda day: replace(day, latency=day.latency * times)


def lost(_world: World, draw: Draw) -> Change:
    """Most records are lost."""
    kept = draw.uniform(0.05, 0.35)
    return lambda day: _part(day, day.draw.random(day.odds.size) < kept)


def _part(day: Day, of: np.ndarray) -> Day:
    logged = {name: values[of] for name, values in day.logged.items()}
    real = {name: values[of] for name, values in day.real.items()}
    return replace(day, real=real, logged=logged, odds=day.odds[of], answers=day.answers[of], latency=day.latency[of])


def _labels(change: Callable[[np.ndarray, Draw], np.ndarray]) -> Change:
    return lambda day: replace(day, labels=change(day.labels, day.draw))


def missing(_world: World, draw: Draw) -> Change:
    """Most labels do not come."""
    share = draw.uniform(0.6, 1.0)
    return _labels(lambda labels, d: np.where(d.random(labels.size) < share, np.nan, labels))


def flipped(_world: World, _draw: Draw) -> Change:
    """Every label is turned round."""
    return _labels(lambda labels, _: 1 - labels)


def partly_flipped(_world: World, draw: Draw) -> Change:
    """Some labels are turned round."""
    share = draw.uniform(0.2, 0.5)
    return _labels(lambda labels, d: np.where(d.random(labels.size) < share, 1 - labels, labels))


def one_label(_world: World, draw: Draw) -> Change:
    """Every label is the same."""
    label = float(draw.choice([0.0, 1.0]))
    return _labels(lambda labels, _: np.full(labels.size, label))


def late_kind(_world: World, draw: Draw) -> Change:
    """The labels of one kind come late, most of them."""
    kind, share = float(draw.choice([0.0, 1.0])), draw.uniform(0.6, 0.9)
    return _labels(lambda labels, d: np.where((labels == kind) & (d.random(labels.size) < share), np.nan, labels))

"""What can go wrong in a made-up world, and which cause it is.

A mishap changes one step of a day. It draws what exactly goes wrong once for the whole scenario, so that it lasts as it
began: the same column, the same size.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from benchmarks.worlds import NUMBERS, Columns, Day, World, standard
from watchkeeper.domain.causes import Cause

__all__ = ["MISHAPS", "Change", "Mishap"]

Draw = np.random.Generator
Change = Callable[[Day], Day]

POOL = 8
"""So many times as many records are drawn as are chosen, where others come than did."""


@dataclass(frozen=True)
class Mishap:
    """One kind of mishap.

    Attributes:
        cause: that it shall be routed to; None where nothing is wrong.
        step: the step of the day that it changes: `real`, `logged`, `odds`, `answers` or `labels`.
        begin: draws what exactly goes wrong in a world.
        scenarios: how many are planted.
    """

    name: str
    cause: Cause | None
    step: str
    begin: Callable[[World, Draw], Change]
    scenarios: int


def _logged(change: Callable[[Columns, Draw], Columns]) -> Change:
    return lambda day: replace(day, logged={**day.logged, **change(day.logged, day.draw)})


def _nulls(world: World, draw: Draw) -> Change:
    name, share = str(draw.choice(world.ranked)), draw.uniform(0.2, 0.9)
    return _logged(lambda c, d: {name: np.where(d.random(c[name].size) < share, np.nan, c[name])})


def _unit(world: World, draw: Draw) -> Change:
    name = str(draw.choice(["age", "amount", "distance", "humidity", "pressure"]))
    factor = float(draw.choice([0.1, 0.45, 1.8, 2.54, 1_000.0]))
    share = float(draw.choice([1.0, 1.0, 0.6]))
    return _logged(lambda c, d: {name: np.where(d.random(c[name].size) < share, c[name] * factor, c[name])})


def _swap(world: World, draw: Draw) -> Change:
    one, other = (str(n) for n in draw.choice(list(NUMBERS), 2, replace=False))
    return _logged(lambda c, d: {one: c[other], other: c[one]})


def _stuck(world: World, draw: Draw) -> Change:
    name, share = str(draw.choice(world.ranked)), float(draw.choice([1.0, 1.0, 0.7]))
    return _logged(lambda c, d: {name: np.where(d.random(c[name].size) < share, np.median(c[name]), c[name])})


def _codes(world: World, draw: Draw) -> Change:
    name = str(draw.choice(["channel", "region"]))
    return _logged(lambda c, d: {name: np.char.lower(np.char.add(c[name].astype(str), "_v2"))})


def _texts(world: World, draw: Draw) -> Change:
    name = str(draw.choice(world.ranked))
    return _logged(lambda c, d: {name: c[name].astype(str).astype(object)})


def _version(world: World, draw: Draw) -> Change:
    """Answers of an older version, which learned other weights and another base rate."""
    by = float(draw.choice([-1, 1]) * draw.uniform(0.3, 1.0))
    learned = {name: weight * draw.uniform(0.2, 1.6) for name, weight in world.learned.items()}
    other = replace(world, learned=learned, rate=world.rate + by)
    return lambda day: replace(day, answers=other.answered(day).answers)


def _preprocessing(world: World, draw: Draw) -> Change:
    """One of the two columns that matter most reaches the model as a constant, or unscaled."""
    name = str(draw.choice(world.ranked[:2]))
    spoil: Callable[[Columns], Columns] = (
        (lambda c: {name: np.full(c[name].size, np.nan)})
        if draw.random() < 1 / 2
        else (lambda c: {name: c[name] * 1.4})
    )
    return lambda day: replace(day, answers=world.answered(replace(day, logged=day.logged | spoil(day.logged))).answers)


def _no_answers(_world: World, draw: Draw) -> Change:
    share = draw.uniform(0.2, 0.8)
    return lambda day: replace(day, answers=np.where(day.draw.random(day.answers.size) < share, np.nan, day.answers))


def _slow(_world: World, draw: Draw) -> Change:
    times = draw.uniform(2.5, 10)
    return lambda day: replace(day, latency=day.latency * times)


def _lost(_world: World, draw: Draw) -> Change:
    kept = draw.uniform(0.05, 0.35)
    return lambda day: _part(day, day.draw.random(day.odds.size) < kept)


def _part(day: Day, of: np.ndarray) -> Day:
    logged = {name: values[of] for name, values in day.logged.items()}
    real = {name: values[of] for name, values in day.real.items()}
    return replace(day, real=real, logged=logged, odds=day.odds[of], answers=day.answers[of], latency=day.latency[of])


def _labels(change: Callable[[np.ndarray, Draw], np.ndarray]) -> Change:
    return lambda day: replace(day, labels=change(day.labels, day.draw))


def _missing(_world: World, draw: Draw) -> Change:
    share = draw.uniform(0.6, 1.0)
    return _labels(lambda labels, d: np.where(d.random(labels.size) < share, np.nan, labels))


def _flipped(_world: World, _draw: Draw) -> Change:
    return _labels(lambda labels, _: 1 - labels)


def _partly_flipped(_world: World, draw: Draw) -> Change:
    share = draw.uniform(0.2, 0.5)
    return _labels(lambda labels, d: np.where(d.random(labels.size) < share, 1 - labels, labels))


def _one_label(_world: World, draw: Draw) -> Change:
    label = float(draw.choice([0.0, 1.0]))
    return _labels(lambda labels, _: np.full(labels.size, label))


def _late_kind(_world: World, draw: Draw) -> Change:
    """The labels of one kind come late, most of them."""
    kind, share = float(draw.choice([0.0, 1.0])), draw.uniform(0.6, 0.9)
    return _labels(lambda labels, d: np.where((labels == kind) & (d.random(labels.size) < share), np.nan, labels))


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


def _harmless(world: World, draw: Draw) -> Change:
    """Columns move that matter little."""
    names = [str(n) for n in draw.choice(world.ranked[3:], int(draw.integers(2, 4)), replace=False)]
    tilts = {n: float(draw.choice([-1, 1])) * draw.uniform(0.5, 1.1) for n in names}
    return _tilted(world, tilts, int(draw.integers(1, 6)))


def _harmful(world: World, draw: Draw) -> Change:
    """Columns that matter move to where the truth bends, of which the model has hardly seen anything."""
    names = list(world.sides)[: int(draw.integers(2, 4))]
    tilts = {name: world.sides[name] * draw.uniform(0.9, 1.4) for name in names}
    return _tilted(world, tilts, int(draw.integers(1, 6)))


def _concept(world: World, draw: Draw) -> Change:
    """What spoke for a label no longer does, or speaks against it; for one or two of the columns that matter."""
    names, turn = world.ranked[: int(draw.integers(1, 3))], float(draw.choice([-1.0, -2.0]))
    changed = {**world.weights, **{name: (1 + turn) * world.weights[name] for name in names}}
    other = replace(world, weights=changed)
    return lambda day: replace(day, odds=other.truth(day).odds)


def _offset(_world: World, draw: Draw) -> Change:
    by = float(draw.choice([-1, 1]) * draw.uniform(0.5, 1.0))
    return lambda day: replace(day, odds=day.odds + by)


def _none(_world: World, _draw: Draw) -> Change:
    return lambda day: day


BUG, SERVING, FEED = Cause.DATA_BUG, Cause.SERVING_FAULT, Cause.LABEL_FEED_FAULT

MISHAPS = (
    Mishap("values go missing", BUG, "logged", _nulls, 10),
    Mishap("another unit", BUG, "logged", _unit, 10),
    Mishap("two columns swapped", BUG, "logged", _swap, 9),
    Mishap("a sensor is stuck", BUG, "logged", _stuck, 8),
    Mishap("other codes", BUG, "logged", _codes, 4),
    Mishap("numbers as texts", BUG, "logged", _texts, 4),
    Mishap("another version answers", SERVING, "answers", _version, 10),
    Mishap("a wrong preprocessing", SERVING, "answers", _preprocessing, 8),
    Mishap("no answers", SERVING, "answers", _no_answers, 4),
    Mishap("slow answers", SERVING, "answers", _slow, 4),
    Mishap("records are lost", SERVING, "answers", _lost, 4),
    Mishap("labels do not come", FEED, "labels", _missing, 7),
    Mishap("labels are turned", FEED, "labels", _flipped, 8),
    Mishap("some labels are turned", FEED, "labels", _partly_flipped, 8),
    Mishap("one label alone", FEED, "labels", _one_label, 6),
    Mishap("one kind comes late", FEED, "labels", _late_kind, 6),
    Mishap("inputs move harmlessly", Cause.COVARIATE_SHIFT, "real", _harmless, 20),
    Mishap("inputs move and it costs", Cause.HARMFUL_SHIFT, "real", _harmful, 20),
    Mishap("the relation turns", Cause.CONCEPT_DRIFT, "odds", _concept, 20),
    Mishap("the base rate moves", Cause.CALIBRATION_DRIFT, "odds", _offset, 20),
    Mishap("nothing is wrong", None, "labels", _none, 10),
)
"""Two hundred scenarios."""

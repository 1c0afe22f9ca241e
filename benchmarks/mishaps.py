"""What can go wrong in a made-up world, and which cause it is.

A mishap changes one step of a day. It draws what exactly goes wrong once for the whole scenario, so that it lasts as it
began: the same column, the same size.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from benchmarks import mishaps_of_ours as ours
from benchmarks import mishaps_of_the_world as theirs
from benchmarks.worlds import Change, World
from watchkeeper.domain.causes import Cause

__all__ = ["MISHAPS", "Mishap"]

Draw = np.random.Generator


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


BUG, SERVING, FEED = Cause.DATA_BUG, Cause.SERVING_FAULT, Cause.LABEL_FEED_FAULT

MISHAPS = (
    Mishap("values go missing", BUG, "logged", ours.nulls, 10),
    Mishap("another unit", BUG, "logged", ours.unit, 10),
    Mishap("two columns swapped", BUG, "logged", ours.swap, 9),
    Mishap("a sensor is stuck", BUG, "logged", ours.stuck, 8),
    Mishap("other codes", BUG, "logged", ours.codes, 4),
    Mishap("numbers as texts", BUG, "logged", ours.texts, 4),
    Mishap("another version answers", SERVING, "answers", ours.version, 10),
    Mishap("a wrong preprocessing", SERVING, "answers", ours.preprocessing, 8),
    Mishap("no answers", SERVING, "answers", ours.no_answers, 4),
    Mishap("slow answers", SERVING, "answers", ours.slow, 4),
    Mishap("records are lost", SERVING, "answers", ours.lost, 4),
    Mishap("labels do not come", FEED, "labels", ours.missing, 7),
    Mishap("labels are turned", FEED, "labels", ours.flipped, 8),
    Mishap("some labels are turned", FEED, "labels", ours.partly_flipped, 8),
    Mishap("one label alone", FEED, "labels", ours.one_label, 6),
    Mishap("one kind comes late", FEED, "labels", ours.late_kind, 6),
    Mishap("inputs move harmlessly", Cause.COVARIATE_SHIFT, "real", theirs.harmless, 20),
    Mishap("inputs move and it costs", Cause.HARMFUL_SHIFT, "real", theirs.harmful, 20),
    Mishap("the relation turns", Cause.CONCEPT_DRIFT, "odds", theirs.concept, 20),
    Mishap("the base rate moves", Cause.CALIBRATION_DRIFT, "odds", theirs.offset, 20),
    Mishap("nothing is wrong", None, "labels", theirs.none, 10),
)
"""Two hundred scenarios."""

"""What a changed world looks like in the findings of a window: one function a signature, asked when no fault fits."""

import math
from collections.abc import Sequence

from watchkeeper.domain.findings import Family, Finding
from watchkeeper.domain.levels import Level
from watchkeeper.domain.scenes import Scene, divergence, has_moved, marks, measured, subjects

__all__ = ["kept_ranking", "lost_relation", "moved_inputs", "moved_inputs_with_loss", "nothing_known"]

CALIBRATION_BOUND = ("log_loss", "brier")
"""Measures of performance that suffer when probabilities are off although the ranking is as good as ever."""

MUCH = 0.1
"""Of what an AUC is above 1/2. A base rate that moves takes a few hundredths of it along."""

SLIGHT = 0.15
"""A Jensen-Shannon distance that a bell curve has when it moved by four tenths of its spread: answers to records that
are as alike as that are not much worse."""


def moved_inputs_with_loss(scene: Scene) -> str | None:
    """Worse answers while inputs moved."""
    known = [f for f in scene.moved if divergence(f)]
    if not (scene.losses and scene.moved) or (known and scene.surprise(known) < SLIGHT):
        return None
    return f"Answers are worse ({marks(scene.losses)}) while {subjects(scene.moved)} moved."


def kept_ranking(scene: Scene) -> str | None:
    """Probabilities that are off while the ranking is as good as ever."""
    gap = scene.of_family(Family.CALIBRATION)
    ranking = [f for f in scene.window if f.family is Family.PERFORMANCE and f.check not in CALIBRATION_BOUND]
    if not scene.losses or _suffers(scene, ranking) or not (gap or ranking):
        return None
    said = [*gap, *scene.losses][0].sentence
    told = ", ".join(f.check for f in ranking if f.level is not Level.UNKNOWN)
    kept = f"the ranking hardly suffered ({told})" if told else "no measure of ranking speaks"
    return f"What is predicted and what comes true differ, and {kept}: {said}"


def _suffers(scene: Scene, ranking: Sequence[Finding]) -> bool:
    """Whether the ranking has become worse; beside a gap by enough to be more than a side of it."""
    gap, lost = scene.of_family(Family.CALIBRATION), measured(scene.window, "label_shift", "auc_lost")
    if gap and math.isfinite(lost):
        return lost >= MUCH
    return any(f.level >= Level.WARNING or (not gap and has_moved(f)) for f in ranking)


def lost_relation(scene: Scene) -> str | None:
    """Worse answers to the same inputs."""
    if not scene.losses:
        return None
    return (
        f"Answers are worse ({marks(scene.losses)}) although the inputs are what they were: what they mean has changed."
    )


def moved_inputs(scene: Scene) -> str | None:
    """Inputs that moved without harm that is known."""
    moved = scene.of_family(Family.DRIFT)
    if not moved:
        return None
    quality = [f for f in scene.window if f.family is Family.PERFORMANCE]
    known = quality and all(f.level is Level.OK for f in quality)
    return f"{subjects(moved)} moved; " + (
        "the answers whose labels are known are as good as before." if known else "whether answers suffer is not known."
    )


def nothing_known(scene: Scene) -> str:
    """What is said when no signature fits."""
    if not scene.bad:
        return "Evidence is missing; nothing that was measured points to a cause."
    return f"No known cause looks like this: {marks(scene.bad)}."

"""What each cause looks like in the findings of a window: one function a signature.

Each gives the sentence of evidence when a scene has its signature, None when it has not. They are asked in the order of
`causes.SIGNATURES`, so each may take for granted that none before it fits.
"""

from watchkeeper.domain.findings import Family
from watchkeeper.domain.levels import Level
from watchkeeper.domain.scenes import ANSWERS, Scene, divergence, has_moved, marks, subjects

__all__ = [
    "broken_answers",
    "broken_inputs",
    "broken_labels",
    "jumped_inputs",
    "kept_ranking",
    "lost_records",
    "lost_relation",
    "moved_answers",
    "moved_inputs",
    "moved_inputs_with_loss",
    "nothing_known",
    "slow_answers",
]

TRAFFIC = ("volume", "freshness")
"""Integrity of the stream of records, not of the values in them."""

CALIBRATION_BOUND = ("log_loss", "brier")
"""Measures of performance that suffer when probabilities are off although the ranking is as good as ever."""

JUMP = 0.46
"""The Jensen-Shannon distance of a window half of whose values never occurred before; a bell curve has it that moved by
one and a half of its spreads. The world does not move that far within a few weeks for one input alone."""


def broken_inputs(scene: Scene) -> str | None:
    """Values that break the rules of the records; what is seen once explains a column that drifts at once."""
    drifting = {f.topic for f in scene.of_family(Family.DRIFT)}
    seen = [f for f in scene.window if f.level >= Level.WARNING and f.topic in drifting]
    found = [f for f in (*scene.bad, *seen) if f.family is Family.INTEGRITY and f.check not in TRAFFIC]
    broken = list({f.mark: f for f in found if f.topic not in ANSWERS}.values())
    return f"The records themselves are broken, whatever else moved: {marks(broken)}." if broken else None


def broken_answers(scene: Scene) -> str | None:
    """Answers that are none: missing, of a wrong type, out of all range."""
    broken = [f for f in scene.of_family(Family.INTEGRITY) if f.topic in ANSWERS]
    if not broken:
        return None
    return f"The model's answers are broken while its inputs are whole: {marks(broken)}."


def lost_records(scene: Scene) -> str | None:
    """Records that do not come, or come too often, while those that come are whole."""
    lost = [f for f in scene.of_family(Family.INTEGRITY) if f.check in TRAFFIC]
    if not lost:
        return None
    return f"The stream of records is broken and their values are whole: {marks(lost)}."


def jumped_inputs(scene: Scene) -> str | None:
    """Few inputs that left everything they were, while the others stayed."""
    far = {f.mark for f in scene.drifts if divergence(f) >= JUMP}
    jumped = [f for f in scene.of_family(Family.DRIFT) if f.mark in far]
    if not jumped or 2 * len(jumped) > len(scene.drifts):
        return None
    others = len(scene.drifts) - len(jumped)
    return (
        f"{subjects(jumped)} left the last weeks' values almost entirely while {others} other inputs did not: "
        "a unit, a join, a source or a swapped column rather than the world."
    )


def moved_answers(scene: Scene) -> str | None:
    """Answers that moved further than the inputs they are made of.

    A function of its inputs diverges no more than they do together, and they no more than the sum of each one's
    divergence where they are independent (data-processing inequality; Jensen-Shannon, the distance squared).
    """
    moved = [f for f in scene.of_family(Family.DRIFT) if f.topic in ANSWERS]
    if not moved:
        return None
    furthest = max(moved, key=divergence)
    inputs = [f for f in scene.drifts if has_moved(f)]
    if inputs and divergence(furthest) ** 2 <= sum(divergence(f) ** 2 for f in inputs):
        return None
    told = f"further than {subjects(inputs)} can explain" if inputs else "while no input did"
    return f"The answers moved {told}: another version, other preprocessing, or rows that were mixed up."


def broken_labels(scene: Scene) -> str | None:
    """Labels that do not come, or are not what they were; and losses that are measured on such labels."""
    if broken := scene.of_family(Family.LABELS):
        return f"The labels are not to be believed: {broken[0].sentence}"
    if not scene.losses:
        return None
    doubtful = [f for f in scene.window if f.family is Family.LABELS and has_moved(f)]
    if doubtful:
        return f"The loss is measured on labels that may be none: {doubtful[0].sentence}"
    before = [f for f in scene.earlier if f.family is Family.LABELS]
    return f"The loss came right after trouble with the labels: {before[0].sentence}" if before else None


def moved_inputs_with_loss(scene: Scene) -> str | None:
    """Worse answers while inputs moved and took the answers along: such inputs matter."""
    inputs = [f for f in scene.drifts if f.level >= Level.WARNING]
    if not (scene.losses and inputs) or not all(has_moved(f) for f in scene.answers):
        return None
    return f"Answers are worse ({marks(scene.losses)}) while {subjects(inputs)} moved and took them along."


def kept_ranking(scene: Scene) -> str | None:
    """Probabilities that are off while the ranking is as good as ever."""
    gap = scene.of_family(Family.CALIBRATION)
    ranking = [f for f in scene.window if f.family is Family.PERFORMANCE and f.check not in CALIBRATION_BOUND]
    suffers = any(f.level >= Level.WARNING or (not gap and has_moved(f)) for f in ranking)
    if not scene.losses or suffers or not (gap or ranking):
        return None
    told = ", ".join(f.check for f in ranking if f.level is Level.OK)
    kept = f"the ranking did not suffer ({told})" if told else "no measure of ranking speaks"
    return f"What is predicted and what comes true differ, and {kept}: {scene.losses[0].sentence}"


def lost_relation(scene: Scene) -> str | None:
    """Worse answers to the same inputs."""
    if not scene.losses:
        return None
    inputs = [f for f in scene.drifts if f.level >= Level.WARNING]
    same = f"{subjects(inputs)} moved without moving the answers" if inputs else "the inputs are what they were"
    return f"Answers are worse ({marks(scene.losses)}) although {same}: what they mean has changed."


def slow_answers(scene: Scene) -> str | None:
    """Answers that come late, or not; that alone makes none worse."""
    slow = scene.of_family(Family.SERVING)
    return f"The model's host is in trouble: {slow[0].sentence}" if slow else None


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

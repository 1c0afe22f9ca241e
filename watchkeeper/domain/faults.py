"""What faults on our own side look like in the findings of a window: one function a signature.

Each gives the sentence of evidence when a scene has its signature, None when it has not. They are asked in the order of
`causes.FAULT_SIGNATURES`, so each may take for granted that none before it fits.
"""

from watchkeeper.domain.findings import Family, Finding
from watchkeeper.domain.levels import Level
from watchkeeper.domain.scenes import ANSWERS, Scene, divergence, has_moved, marks, measured, subjects, together

__all__ = [
    "answers_left_truth",
    "broken_answers",
    "broken_inputs",
    "broken_labels",
    "jumped_inputs",
    "leapt_input",
    "lost_records",
    "moved_answers",
    "slow_answers",
]

TRAFFIC = ("volume", "freshness", "losses")
"""Integrity of the stream of records, not of the values in them."""

JUMP = 0.46
"""The Jensen-Shannon distance of a window half of whose values never occurred before; a bell curve has it that moved by
one and a half of its spreads. The world does not move that far within a few weeks for some inputs alone."""

LEAP = 0.2
"""The distance of a bell curve that moved by half a spread: less may be weather."""

ASIDE, THERE = 0.35, 0.7
"""An input has leapt when it was within the first share of where it is now and, a window later, beyond the second; a
world that moves passes through what lies between."""

FLIPPED = "flipped"
"""The subject of labels that look turned round."""

UNUSUAL = 3.0
"""In spreads of earlier windows."""


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
    return f"The model's answers are broken while its inputs are whole: {marks(broken)}." if broken else None


def lost_records(scene: Scene) -> str | None:
    """Records that do not come, or come too often, while those that come are whole."""
    lost = [f for f in scene.of_family(Family.INTEGRITY) if f.check in TRAFFIC]
    return f"The stream of records is broken and their values are whole: {marks(lost)}." if lost else None


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


def leapt_input(scene: Scene) -> str | None:
    """One input alone that is elsewhere from one window to the next, and stays there."""
    moved = [f for f in scene.of_family(Family.DRIFT) if f.topic not in ANSWERS]
    farthest = max(moved, key=divergence, default=None)
    if farthest is None or divergence(farthest) < LEAP or not _has_leapt(farthest, scene):
        return None
    others = [f for f in scene.drifts if f.topic != farthest.topic and has_moved(f)]
    if any(2 * divergence(f) > divergence(farthest) for f in others):
        return None
    return (
        f"{subjects([farthest])} alone moved, from one window to the next: look for a unit, a join or a source first, "
        "as the world seldom moves one input alone and at once."
    )


def _has_leapt(finding: Finding, scene: Scene) -> bool:
    now = divergence(finding)
    for found in scene.earlier:
        before = next((divergence(f) for f in found if f.mark == finding.mark), None)
        if before is None or before < THERE * now:
            return before is not None and before <= ASIDE * now
    return False


def moved_answers(scene: Scene) -> str | None:
    """Answers that moved further than the inputs they are made of.

    A function of its inputs diverges no more than they do together, and they no more than the sum of each one's
    divergence where they are independent (data-processing inequality; Jensen-Shannon, the distance squared). What is
    usual of the answers is left out, of the inputs nothing: a day's weather always differs from the last weeks', each
    time in another way, and so may explain any answers. Where answers are known to be worse, it is enough that they
    were half way to their limit in two of three windows.
    """
    moved = [f for f in scene.of_family(Family.DRIFT) if f.topic in ANSWERS]
    moved = moved or (_restless_answers(scene) if scene.losses else [])
    if not moved or max(scene.surprise([f]) for f in moved) <= together(scene.drifts):
        return None
    inputs = [f for f in scene.drifts if has_moved(f)]
    told = f"further than {subjects(inputs)} and all other inputs can explain" if inputs else "while no input did"
    return f"The answers moved {told}: another version, other preprocessing, or rows that were mixed up."


def _restless_answers(scene: Scene) -> list[Finding]:
    """What was said of the answers when they were half way to their limit, in two of the last three windows."""
    seen = [f for found in (scene.window, *scene.earlier[:2]) for f in found if f.family is Family.DRIFT]
    restless = [f for f in seen if f.topic in ANSWERS and not f.segment and has_moved(f)]
    return restless if len(restless) >= 2 else []  # noqa: PLR2004 - two of three


def answers_left_truth(scene: Scene) -> str | None:
    """A gap that opened on the side of the answers, while what comes true and the inputs stayed."""
    if not scene.of_family(Family.CALIBRATION) or scene.moved:
        return None
    answers, truth = (measured(scene.window, "label_shift", name) for name in ("answers_z", "truth_z"))
    if not abs(answers) >= UNUSUAL or 2 * abs(truth) > abs(answers):
        return None
    return (
        f"The answers moved by {abs(answers):.1f} of their usual spreads while what comes true moved by "
        f"{abs(truth):.1f} and no input did: another version or other preprocessing rather than the world."
    )


def broken_labels(scene: Scene) -> str | None:
    """Labels that do not come, or are not what they were; and losses that are measured on such labels.

    That labels look turned round says nothing where inputs moved: a model that is asked elsewhere ranks worse, and
    other records have another base rate.
    """
    elsewhere = scene.surprise(scene.moved) >= LEAP
    broken = [f for f in scene.of_family(Family.LABELS) if not (f.subject == FLIPPED and elsewhere)]
    if broken:
        return f"The labels are not to be believed: {broken[0].sentence}"
    labels = [f for f in scene.window if f.family is Family.LABELS] if scene.losses else []
    labels = [f for f in labels if not (f.subject == FLIPPED and elsewhere)]
    doubtful = [f for f in labels if f.level >= Level.WARNING or (f.check == "labels" and has_moved(f))]
    return f"The loss is measured on labels that may be none: {doubtful[0].sentence}" if doubtful else None


def slow_answers(scene: Scene) -> str | None:
    """Answers that come late, or not; that alone makes none worse."""
    slow = scene.of_family(Family.SERVING)
    return f"The model's host is in trouble: {slow[0].sentence}" if slow else None

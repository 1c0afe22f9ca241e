"""Why a window is bad, read from its findings."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from watchkeeper.domain import faults, shifts
from watchkeeper.domain.findings import Family, Finding
from watchkeeper.domain.scenes import Scene

__all__ = ["BROKEN_LABELS", "BROKEN_RECORDS", "CAUSES_OF", "FAULTS", "Cause", "Diagnosis", "diagnose", "explains_more"]


class Cause(StrEnum):
    """What most likely happened.

    A covariate shift is one without loss: inputs moved, and no worse answers are seen; `HARMFUL_SHIFT` is one with.
    """

    DATA_BUG = "data bug"
    COVARIATE_SHIFT = "covariate shift"
    HARMFUL_SHIFT = "covariate shift with loss"
    CONCEPT_DRIFT = "concept drift"
    CALIBRATION_DRIFT = "calibration drift"
    SERVING_FAULT = "serving fault"
    LABEL_FEED_FAULT = "label-feed fault"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """The most likely cause, and the one sentence of evidence that speaks for it.

    Attributes:
        is_over: whether a fault is named that is no longer seen: only what it left behind is.
    """

    cause: Cause
    evidence: str
    is_over: bool = False


BROKEN_RECORDS = (Cause.DATA_BUG, Cause.SERVING_FAULT)
"""The records of such a window are nothing to learn from or to compare with."""

BROKEN_LABELS = (Cause.LABEL_FEED_FAULT,)
"""The records whose labels such a window judged are nothing to learn from; its own are sound."""

FAULTS = BROKEN_RECORDS + BROKEN_LABELS
"""Causes on our own side, which a person mends: what is learned from broken records or labels is broken."""

Signature = Callable[[Scene], str | None]

FAULT_SIGNATURES: tuple[tuple[Cause, Signature], ...] = (
    (Cause.DATA_BUG, faults.broken_inputs),
    (Cause.SERVING_FAULT, faults.broken_answers),
    (Cause.SERVING_FAULT, faults.lost_records),
    (Cause.DATA_BUG, faults.jumped_inputs),
    (Cause.DATA_BUG, faults.leapt_input),
    (Cause.SERVING_FAULT, faults.moved_answers),
    (Cause.LABEL_FEED_FAULT, faults.broken_labels),
    (Cause.SERVING_FAULT, faults.answers_left_truth),
)
"""Asked first, in this order: what breaks the evidence of the others comes before them."""

LINGERING = tuple((cause, sign) for cause, sign in FAULT_SIGNATURES if sign is not faults.lost_records)
"""Faults that spoil answers or labels, whose losses may still be measured when they are over."""

AFTERMATH = 3
"""So many windows after a fault a loss is taken for what it left behind. Outcomes leave out the fault's own records, so
that only the charts must come back; longer, and a world that turns soon after a fault would be taken for it."""

SHIFT_SIGNATURES: tuple[tuple[Cause, Signature], ...] = (
    (Cause.HARMFUL_SHIFT, shifts.moved_inputs_with_loss),
    (Cause.CALIBRATION_DRIFT, shifts.kept_ranking),
    (Cause.CONCEPT_DRIFT, shifts.lost_relation),
    (Cause.SERVING_FAULT, faults.slow_answers),
    (Cause.COVARIATE_SHIFT, shifts.moved_inputs),
)
"""Asked when no fault fits, in this order; that answers come late makes none of them worse."""

_OF_LOSS = (
    Cause.DATA_BUG,
    Cause.SERVING_FAULT,
    Cause.LABEL_FEED_FAULT,
    Cause.HARMFUL_SHIFT,
    Cause.CALIBRATION_DRIFT,
    Cause.CONCEPT_DRIFT,
)

CAUSES_OF = {
    Family.INTEGRITY: (Cause.DATA_BUG, Cause.SERVING_FAULT),
    Family.SERVING: (Cause.SERVING_FAULT,),
    Family.LABELS: (Cause.LABEL_FEED_FAULT,),
    Family.DRIFT: (Cause.DATA_BUG, Cause.SERVING_FAULT, Cause.HARMFUL_SHIFT, Cause.COVARIATE_SHIFT),
    Family.PERFORMANCE: _OF_LOSS,
    Family.CALIBRATION: _OF_LOSS,
    Family.BUSINESS: (Cause.UNKNOWN,),
    Family.ESTIMATE: (),
}
"""The causes that findings of a family can lead to; the family's runbooks say of each what a person does."""


EXPLAINS = (
    (Cause.UNKNOWN,),
    (Cause.COVARIATE_SHIFT,),
    (Cause.CALIBRATION_DRIFT, Cause.HARMFUL_SHIFT),
    (Cause.CONCEPT_DRIFT,),
    FAULTS,
)
"""Causes that explain less first: a fault explains all that comes after it, a harmless shift only that inputs moved."""


def explains_more(cause: Cause, than: Cause) -> bool:
    """Whether a cause that is seen later takes the place of an earlier one.

    What comes later caused nothing of what was there before, unless it explains more: among equals the first one stays,
    but a fault that is found makes way for another fault.
    """
    places = {cause: place for place, causes in enumerate(EXPLAINS) for cause in causes}
    return places[cause] > places[than] or cause in FAULTS


def diagnose(
    findings: Sequence[Finding], window: Sequence[Finding] = (), earlier: Sequence[Sequence[Finding]] = ()
) -> Diagnosis:
    """The most likely cause of these findings; those below WARNING explain nothing.

    Args:
        findings: those that are to be explained.
        window: everything that the same window was asked, the good answers too.
        earlier: the findings of the windows before, newest first.
    """
    scene = Scene.of(findings, window, earlier)
    known = _first(FAULT_SIGNATURES, scene) or _aftermath(scene) or _first(SHIFT_SIGNATURES, scene)
    return known or Diagnosis(Cause.UNKNOWN, shifts.nothing_known(scene))


def _first(signatures: Iterable[tuple[Cause, Signature]], scene: Scene) -> Diagnosis | None:
    for cause, signature in signatures:
        if evidence := signature(scene):
            return Diagnosis(cause, evidence)
    return None


def _aftermath(scene: Scene) -> Diagnosis | None:
    """The fault of the last windows that a loss may be left over from."""
    for ago, found in enumerate(scene.earlier[:AFTERMATH] if scene.losses else (), 1):
        fault = _first(LINGERING, Scene.of(found, found, scene.earlier[ago:]))
        if fault:
            windows = f"{ago} windows" if ago > 1 else "one window"
            told = f"The loss is measured {windows} after a {fault.cause}, and may be left over from it."
            return Diagnosis(fault.cause, f"{told} {fault.evidence}", is_over=True)
    return None

"""Why a window is bad, read from its findings."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from watchkeeper.domain import signatures as signs
from watchkeeper.domain.findings import Family, Finding
from watchkeeper.domain.scenes import Scene

__all__ = ["BROKEN_LABELS", "BROKEN_RECORDS", "CAUSES_OF", "FAULTS", "Cause", "Diagnosis", "diagnose"]


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
    """The most likely cause, and the one sentence of evidence that speaks for it."""

    cause: Cause
    evidence: str


BROKEN_RECORDS = (Cause.DATA_BUG, Cause.SERVING_FAULT)
"""The records of such a window are nothing to learn from or to compare with."""

BROKEN_LABELS = (Cause.LABEL_FEED_FAULT,)
"""The records whose labels such a window judged are nothing to learn from; its own are sound."""

FAULTS = BROKEN_RECORDS + BROKEN_LABELS
"""Causes on our own side, which a person mends: what is learned from broken records or labels is broken."""

SIGNATURES: tuple[tuple[Cause, Callable[[Scene], str | None]], ...] = (
    (Cause.DATA_BUG, signs.broken_inputs),
    (Cause.SERVING_FAULT, signs.broken_answers),
    (Cause.SERVING_FAULT, signs.lost_records),
    (Cause.DATA_BUG, signs.jumped_inputs),
    (Cause.SERVING_FAULT, signs.moved_answers),
    (Cause.LABEL_FEED_FAULT, signs.broken_labels),
    (Cause.HARMFUL_SHIFT, signs.moved_inputs_with_loss),
    (Cause.CALIBRATION_DRIFT, signs.kept_ranking),
    (Cause.CONCEPT_DRIFT, signs.lost_relation),
    (Cause.SERVING_FAULT, signs.slow_answers),
    (Cause.COVARIATE_SHIFT, signs.moved_inputs),
)
"""Asked in this order: what breaks the evidence of the others comes first."""

_OF_LOSS = (
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
    for cause, signature in SIGNATURES:
        if evidence := signature(scene):
            return Diagnosis(cause, evidence)
    return Diagnosis(Cause.UNKNOWN, signs.nothing_known(scene))

"""Why a window is bad, read from its findings."""

from collections.abc import Sequence
from enum import StrEnum

from watchkeeper.domain.findings import Family, Finding
from watchkeeper.domain.levels import Level

__all__ = ["Cause", "likely_cause"]


class Cause(StrEnum):
    """What most likely happened."""

    DATA_BUG = "data bug"
    COVARIATE_SHIFT = "covariate shift"
    CONCEPT_DRIFT = "concept drift"
    CALIBRATION_DRIFT = "calibration drift"
    SERVING_FAULT = "serving fault"
    LABEL_FEED_FAULT = "label-feed fault"
    UNKNOWN = "unknown"


def likely_cause(findings: Sequence[Finding]) -> Cause:
    """The most likely cause of these findings; what breaks the evidence of others is believed first."""
    bad = {f.family for f in findings if f.level >= Level.WARNING}
    if Family.INTEGRITY in bad:
        return Cause.DATA_BUG
    if Family.SERVING in bad:
        return Cause.SERVING_FAULT
    if Family.LABELS in bad:
        return Cause.LABEL_FEED_FAULT
    return _cause_of_change(bad)


def _cause_of_change(bad: set[Family]) -> Cause:
    if Family.PERFORMANCE in bad:
        return Cause.COVARIATE_SHIFT if Family.DRIFT in bad else Cause.CONCEPT_DRIFT
    if Family.CALIBRATION in bad:
        return Cause.CALIBRATION_DRIFT
    return Cause.COVARIATE_SHIFT if Family.DRIFT in bad else Cause.UNKNOWN

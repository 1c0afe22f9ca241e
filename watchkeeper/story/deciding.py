"""What is thought of a window, and what becomes of the incident: the same in production, in a replay, in a backtest."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from watchkeeper.checks import examine_all, examine_segments
from watchkeeper.checks.examining import worst_of_each
from watchkeeper.domain.causes import Diagnosis
from watchkeeper.domain.confirmations import confirmed_findings
from watchkeeper.domain.findings import Family, Finding
from watchkeeper.domain.forecasts import LOOKS_BACK, foreseen
from watchkeeper.domain.incidents import Change, Incident, Transition, develop, diagnosis_of
from watchkeeper.domain.levels import Level
from watchkeeper.domain.responses import Asked, Response, respond, respond_to_age
from watchkeeper.domain.verdicts import Verdict, settle
from watchkeeper.spec import ModelSpec
from watchkeeper.window import Baseline, Window

__all__ = ["Developed", "Recall", "answer", "decide", "follow", "look_back"]

Recall = Callable[[int], Sequence[Verdict]]
"""Gives so many of a model's verdicts before a window, newest first."""


@dataclass(frozen=True, slots=True)
class Developed:
    """The incident after a verdict, the transition a person is told of, and the findings that stood often enough.

    Attributes:
        diagnosis: of the confirmed findings.
        lasting: the families of those that are bad and were so in the window before, too.
        paged: whether the incident became CRITICAL with this verdict: what it may cost is counted in pages.
    """

    incident: Incident | None
    transition: Transition | None
    confirmed: tuple[Finding, ...]
    diagnosis: Diagnosis
    lasting: frozenset[Family] = frozenset()
    paged: bool = False


def _nothing(_most: int) -> Sequence[Verdict]:
    return ()


def decide(spec: ModelSpec, baseline: Baseline, window: Window, recall: Recall = _nothing) -> Verdict:
    """The settled opinion on one window.

    Args:
        recall: gives the verdicts before: recent trouble explains, and warnings that rise are forecast.
    """
    found = [f for f in _examined(spec, baseline, window) if spec.asks(f.mark)]
    earlier = recall(look_back(spec, found))
    told = foreseen(found, earlier, window.interval.end)
    return settle(spec.model, baseline.version, window.interval, window.rows, told, earlier)


def look_back(spec: ModelSpec, findings: Sequence[Finding]) -> int:
    """How many verdicts before a window are looked at: more than the confirmation needs, where something is bad."""
    reach = spec.confirmation.reach
    return max(reach, LOOKS_BACK) if any(f.level >= Level.WARNING for f in findings) else reach


def _examined(spec: ModelSpec, baseline: Baseline, window: Window) -> tuple[Finding, ...]:
    """What the checks find in the records as a whole and, where they are told apart, in each segment."""
    whole, apart = examine_all(spec.asked, baseline, window), spec.apart(len(window.profile.segments))
    return worst_of_each((*whole, *examine_segments(apart, baseline, window))) if apart else whole


def follow(env: str, spec: ModelSpec, last: Incident | None, verdicts: Sequence[Verdict]) -> Developed:
    """What the newest verdict does to the model's incident.

    Args:
        last: the one that is open, else the one that was resolved last.
        verdicts: newest first, with as many before it as `look_back` says, where they exist.
    """
    seen = verdicts[: look_back(spec, verdicts[0].findings) + 1]
    incident, transition = develop(env, last, seen, spec.confirmation, spec.asks)
    confirmed = confirmed_findings(seen, spec.confirmation)
    lasting = frozenset(f.family for f in confirmed if f.level >= Level.WARNING and _stood_before(f, seen))
    likely = diagnosis_of(confirmed, seen)
    return Developed(incident, transition, confirmed, likely, lasting, paged=_is_page(last, transition))


def _stood_before(finding: Finding, verdicts: Sequence[Verdict]) -> bool:
    """Whether the window before found the same."""
    before = verdicts[1].finding(finding.mark) if len(verdicts) > 1 else None
    return before is not None and before.level >= Level.WARNING


def answer(spec: ModelSpec, verdict: Verdict, now: Developed, asked: Asked) -> Response:
    """What is done after the newest verdict: about an incident, or because what the champion learned is old.

    Args:
        asked: what the model's incidents have asked for before.
    """
    at, rule = verdict.interval.end, spec.response_rule
    due = respond_to_age(now.diagnosis, asked, at, rule)
    if now.incident is None or due.story:
        return due
    return respond(now.incident, now.diagnosis, now.lasting, asked, at, rule)


def _is_page(last: Incident | None, transition: Transition | None) -> bool:
    """Whether a transition makes its incident critical; one that was critical before has paged already."""
    if transition is None or transition.change is Change.RESOLVED or transition.incident.level < Level.CRITICAL:
        return False
    before = last.level if last and last.key == transition.incident.key else Level.OK
    return before < Level.CRITICAL

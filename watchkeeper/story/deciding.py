"""What is thought of a window, and what becomes of the incident: the same in production, in a replay, in a backtest."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from watchkeeper.checks import examine_all, examine_segments
from watchkeeper.checks.examining import worst_of_each
from watchkeeper.domain.causes import Diagnosis
from watchkeeper.domain.confirmations import confirmed_findings
from watchkeeper.domain.findings import Finding
from watchkeeper.domain.forecasts import LOOKS_BACK, foreseen, is_foreseeable
from watchkeeper.domain.incidents import Change, Incident, Transition, develop, diagnosis_of
from watchkeeper.domain.levels import Level
from watchkeeper.domain.responses import Asked, Response, respond, respond_to_age
from watchkeeper.domain.verdicts import Verdict, settle
from watchkeeper.spec import ModelSpec
from watchkeeper.window import Baseline, Window

__all__ = ["Developed", "Recall", "answer", "decide", "follow"]

Recall = Callable[[int], Sequence[Verdict]]
"""Gives so many of a model's verdicts before a window, newest first."""


@dataclass(frozen=True, slots=True)
class Developed:
    """The incident after a verdict, the transition a person is told of, and the findings that stood often enough.

    Attributes:
        diagnosis: of the confirmed findings.
        paged: whether the incident became CRITICAL with this verdict: what it may cost is counted in pages.
    """

    incident: Incident | None
    transition: Transition | None
    confirmed: tuple[Finding, ...]
    diagnosis: Diagnosis
    paged: bool = False


def _nothing(_most: int) -> Sequence[Verdict]:
    return ()


def decide(spec: ModelSpec, baseline: Baseline, window: Window, recall: Recall = _nothing) -> Verdict:
    """The settled opinion on one window.

    Args:
        recall: gives the verdicts before: recent trouble explains, and warnings that rise are forecast. Only for a
            forecast more of them are asked for than the confirmation looks back on.
    """
    found = [f for f in _examined(spec, baseline, window) if spec.asks(f.mark)]
    reach = spec.confirmation.reach
    earlier = recall(max(reach, LOOKS_BACK) if any(map(is_foreseeable, found)) else reach)
    told = foreseen(found, earlier, window.interval.end)
    return settle(spec.model, baseline.version, window.interval, window.rows, told, earlier[:reach])


def _examined(spec: ModelSpec, baseline: Baseline, window: Window) -> tuple[Finding, ...]:
    """What the checks find in the records as a whole and, where they are told apart, in each segment."""
    whole, apart = examine_all(spec.asked, baseline, window), spec.apart(len(window.profile.segments))
    return worst_of_each((*whole, *examine_segments(apart, baseline, window))) if apart else whole


def follow(env: str, spec: ModelSpec, last: Incident | None, verdicts: Sequence[Verdict]) -> Developed:
    """What the newest verdict does to the model's incident.

    Args:
        last: the one that is open, else the one that was resolved last.
        verdicts: newest first, at least `spec.confirmation.reach` of them where they exist.
    """
    seen = verdicts[: spec.confirmation.reach + 1]
    incident, transition = develop(env, last, seen, spec.confirmation, spec.asks)
    confirmed = confirmed_findings(seen, spec.confirmation)
    likely = diagnosis_of(confirmed, seen)
    return Developed(incident, transition, confirmed, likely, paged=_is_page(last, transition))


def answer(spec: ModelSpec, verdict: Verdict, now: Developed, asked: Asked) -> Response:
    """What is done after the newest verdict: about an incident, or because the last training is old.

    Args:
        asked: what the model's incidents have asked for before.
    """
    at, rule = verdict.interval.end, spec.response_rule
    due = respond_to_age(now.diagnosis, asked, at, rule)
    if now.incident is None or due.story:
        return due
    families = frozenset(f.family for f in now.confirmed if f.level >= Level.WARNING)
    return respond(now.incident, now.diagnosis, families, asked, at, rule)


def _is_page(last: Incident | None, transition: Transition | None) -> bool:
    """Whether a transition makes its incident critical; one that was critical before has paged already."""
    if transition is None or transition.change is Change.RESOLVED or transition.incident.level < Level.CRITICAL:
        return False
    before = last.level if last and last.key == transition.incident.key else Level.OK
    return before < Level.CRITICAL

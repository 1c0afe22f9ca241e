"""What is thought of a window, and what becomes of the incident: the same in production, in a replay, in a backtest."""

from collections.abc import Sequence
from dataclasses import dataclass

from watchkeeper.checks import examine_all
from watchkeeper.domain.confirmations import confirmed_findings
from watchkeeper.domain.findings import Finding
from watchkeeper.domain.incidents import Change, Incident, Transition, develop
from watchkeeper.domain.levels import Level
from watchkeeper.domain.verdicts import Verdict, settle
from watchkeeper.spec import ModelSpec
from watchkeeper.window import Baseline, Window

__all__ = ["Developed", "decide", "follow"]


@dataclass(frozen=True, slots=True)
class Developed:
    """The incident after a verdict, the transition a person is told of, and the findings that stood often enough.

    Attributes:
        paged: whether the incident became CRITICAL with this verdict: what it may cost is counted in pages.
    """

    incident: Incident | None
    transition: Transition | None
    confirmed: tuple[Finding, ...]
    paged: bool = False


def decide(spec: ModelSpec, baseline: Baseline, window: Window) -> Verdict:
    """The settled opinion on one window."""
    findings = examine_all(spec.asked, baseline, window)
    return settle(spec.model, baseline.version, window.interval, window.rows, findings)


def follow(env: str, spec: ModelSpec, last: Incident | None, verdicts: Sequence[Verdict]) -> Developed:
    """What the newest verdict does to the model's incident.

    Args:
        last: the one that is open, else the one that was resolved last.
        verdicts: newest first, at least `spec.confirmation.reach` of them where they exist.
    """
    incident, transition = develop(env, last, verdicts, spec.confirmation)
    confirmed = confirmed_findings(verdicts, spec.confirmation)
    return Developed(incident, transition, confirmed, paged=_is_page(last, transition))


def _is_page(last: Incident | None, transition: Transition | None) -> bool:
    """Whether a transition makes its incident critical; one that was critical before has paged already."""
    if transition is None or transition.change is Change.RESOLVED or transition.incident.level < Level.CRITICAL:
        return False
    before = last.level if last and last.key == transition.incident.key else Level.OK
    return before < Level.CRITICAL

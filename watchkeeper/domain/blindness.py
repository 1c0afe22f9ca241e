"""What is told when a canary answers people and nobody can see how."""

from dataclasses import replace
from datetime import datetime

from watchkeeper.domain.causes import Cause
from watchkeeper.domain.findings import Family, Finding
from watchkeeper.domain.incidents import Change, Incident, Transition
from watchkeeper.domain.intervals import stamp
from watchkeeper.domain.levels import Level

__all__ = ["ROLLOUT", "RUNBOOK", "blind_finding", "blind_incident", "sighted_incident"]

ROLLOUT = "rollout"
"""What of a model such an incident is about."""

RUNBOOK = "blind.md"
MARK = "blind:*"


def blind_incident(
    env: str, model: str, since: datetime, now: datetime, why: str, frozen: str
) -> tuple[Incident, Transition]:
    """The incident of a rollout that two looks have not seen; asked again with the same `since`, the same one.

    Args:
        since: the first look that could see nothing.
        now: the look that tells.
        why: nothing could be seen.
        frozen: what stands still meanwhile.
    """
    incident = Incident(
        key=f"wk:{env}:{model}:blind:{stamp(since)}",
        model=model,
        level=Level.CRITICAL,
        cause=Cause.UNKNOWN,
        because=why,
        since=since,
        detected=now,
        marks=(MARK,),
        evidence=frozen,
        about=ROLLOUT,
    )
    return incident, _told(incident, Change.OPENED, now)


def sighted_incident(incident: Incident, now: datetime, because: str) -> tuple[Incident, Transition]:
    """The same incident, over."""
    after = replace(incident, resolved=now, because=because, changes=incident.changes + 1)
    return after, _told(after, Change.RESOLVED, now)


def blind_finding(incident: Incident) -> Finding:
    """What the channels show of it, with its runbook."""
    nan, said = float("nan"), f"{incident.because} {incident.evidence}" if incident.is_open else incident.because
    return Finding("blind", "*", Family.INTEGRITY, incident.level, nan, nan, said, RUNBOOK)


def _told(incident: Incident, change: Change, now: datetime) -> Transition:
    return Transition(
        f"{incident.key}#{incident.changes}-{change}", change, incident, now, f"{incident.model}: {incident.because}"
    )

"""Transitions on their way to people."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from watchkeeper.domain.causes import Cause
from watchkeeper.domain.findings import Finding
from watchkeeper.domain.incidents import Change, Transition
from watchkeeper.domain.levels import Level

__all__ = ["Alert", "Link", "Receipt", "Route", "alerts_for"]

TOLD_FINDINGS = 10
"""An alert carries at most this many findings: more is read by nobody, and channels cut long payloads."""


@dataclass(frozen=True, slots=True)
class Link:
    """A page worth opening, with its name."""

    name: str
    url: str


@dataclass(frozen=True, slots=True)
class Route:
    """Which channel hears of incidents from which level on."""

    channel: str
    least: Level


@dataclass(frozen=True, slots=True)
class Alert:
    """One transition on its way to one channel.

    Attributes:
        id: unique per transition and channel; sending it twice is sending it once.
        incident: the incident's key, the channel's dedup key.
        links: the runbook first.
        evidence: the sentence that speaks for the cause.
    """

    id: str
    channel: str
    incident: str
    change: Change
    model: str
    level: Level
    cause: Cause
    sentence: str
    findings: tuple[str, ...]
    links: tuple[Link, ...]
    at: datetime
    evidence: str = ""


@dataclass(frozen=True, slots=True)
class Receipt:
    """Proof that a channel took an alert.

    Attributes:
        reference: what the channel calls it (a dedup key, an issue's URL, a line in a file).
    """

    alert: str
    channel: str
    reference: str
    at: datetime


def alerts_for(
    transition: Transition, findings: Iterable[Finding], routes: Iterable[Route], links: tuple[Link, ...]
) -> tuple[Alert, ...]:
    """One alert for every channel that hears of incidents this bad."""
    incident = transition.incident
    told = tuple(f"{f.level}: {f.sentence}" for f in findings if f.level > Level.OK)[:TOLD_FINDINGS]
    return tuple(
        Alert(
            id=f"{transition.id}>{route.channel}",
            channel=route.channel,
            incident=incident.key,
            change=transition.change,
            model=incident.model,
            level=incident.level,
            cause=incident.cause,
            sentence=transition.sentence,
            findings=told,
            links=links,
            at=transition.at,
            evidence=incident.evidence,
        )
        for route in routes
        if incident.level >= route.least
    )

"""What lasts from *opened* to *resolved*."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from watchkeeper.domain.causes import Cause, Diagnosis, diagnose, explains_more
from watchkeeper.domain.confirmations import Confirmation, confirmed_findings
from watchkeeper.domain.findings import Finding
from watchkeeper.domain.intervals import stamp
from watchkeeper.domain.levels import Level
from watchkeeper.domain.verdicts import Verdict

__all__ = ["Change", "Incident", "Transition", "develop", "diagnosis_of"]


class Change(StrEnum):
    """What a transition does to its incident."""

    OPENED = "opened"
    ESCALATED = "escalated"
    RESOLVED = "resolved"


@dataclass(frozen=True, slots=True)
class Incident:
    """One lasting trouble of one model; at most one is open at a time, and every finding joins it.

    Attributes:
        key: `wk:{env}:{model}:{first window}`, the dedup key of every channel.
        since: end of the first bad window.
        detected: end of the window that confirmed it.
        resolved: end of the window that ended it.
        marks: the findings that belong to it (`missing:temp`).
        changes: how many transitions it has had.
        evidence: the sentence that speaks for the cause; empty for incidents of earlier releases.
        about: what of the model it is about, `rollout` where nobody sees a canary; else empty. One of each may be open.
    """

    key: str
    model: str
    level: Level
    cause: Cause
    because: str
    since: datetime
    detected: datetime
    marks: tuple[str, ...]
    changes: int = 1
    resolved: datetime | None = None
    evidence: str = ""
    about: str = ""

    @property
    def is_open(self) -> bool:
        """Whether it still lasts."""
        return self.resolved is None


@dataclass(frozen=True, slots=True)
class Transition:
    """A change between two verdicts, and the incident as it is after it."""

    id: str
    change: Change
    incident: Incident
    at: datetime
    sentence: str


def develop(
    env: str,
    incident: Incident | None,
    verdicts: Sequence[Verdict],
    rule: Confirmation,
    asked: Callable[[str], bool] = bool,
) -> tuple[Incident | None, Transition | None]:
    """The incident after the newest verdict, and the transition a person is told of, if there is one.

    Args:
        env: the name of the house, part of the incident's key.
        incident: the model's last one, open or resolved, if any; two of a model never overlap.
        verdicts: newest first, at least `rule.reach` of them where they exist; more of them tell causes better.
        rule: how often is enough.
        asked: whether the spec still asks about a mark; an incident waits for no answer that nobody asks for.
    """
    confirmed = confirmed_findings(verdicts, rule)
    if incident is None or not incident.is_open:
        ended = incident.resolved if incident else None
        return _opened(env, verdicts, confirmed, ended, rule.reach) if confirmed else (None, None)
    still = replace(incident, marks=tuple(filter(asked, incident.marks)))
    if confirmed:
        return _joined(still, verdicts, confirmed)
    if not still.marks:
        return _resolved(incident, verdicts[0], f"The spec no longer asks about {', '.join(incident.marks)}.")
    if _is_quiet(still, verdicts, rule):
        return _resolved(still, verdicts[0], f"Quiet in {rule.resolves} windows: {', '.join(still.marks)}.")
    return still, None


def diagnosis_of(confirmed: Sequence[Finding], verdicts: Sequence[Verdict]) -> Diagnosis:
    """Why these findings of the newest verdict stand.

    Args:
        confirmed: those that have stood often enough.
        verdicts: newest first.
    """
    return diagnose(confirmed, verdicts[0].findings, [v.findings for v in verdicts[1:]])


def _opened(
    env: str, verdicts: Sequence[Verdict], confirmed: tuple[Finding, ...], ended: datetime | None, reach: int
) -> tuple[Incident, Transition]:
    now, marks = verdicts[0], tuple(f.mark for f in confirmed)
    since = _first_bad(verdicts, marks, ended, reach).interval.end
    likely = diagnosis_of(confirmed, verdicts)
    incident = Incident(
        key=f"wk:{env}:{now.model}:{stamp(since)}",
        model=now.model,
        level=confirmed[0].level,
        cause=likely.cause,
        because=_because(confirmed),
        since=since,
        detected=now.interval.end,
        marks=marks,
        evidence=likely.evidence,
    )
    return _told(Change.OPENED, incident, now)


def _first_bad(verdicts: Sequence[Verdict], marks: Sequence[str], ended: datetime | None, reach: int) -> Verdict:
    """The oldest of the unbroken run of newest verdicts in which any of these findings was not OK.

    The run does not reach into the model's last incident: the two would have one key, and nobody would be told.
    """
    first = verdicts[0]
    for verdict in verdicts[1 : reach + 1]:
        if ended and verdict.interval.end <= ended:
            break
        if not any((f := verdict.finding(m)) and f.level > Level.OK for m in marks):
            break
        first = verdict
    return first


def _joined(
    incident: Incident, verdicts: Sequence[Verdict], confirmed: tuple[Finding, ...]
) -> tuple[Incident, Transition | None]:
    """Every confirmed finding joins the incident; only a worse level or a new cause among them is told."""
    new = tuple(f for f in confirmed if f.mark not in incident.marks)
    joined = replace(incident, marks=incident.marks + tuple(f.mark for f in new))
    seen = diagnosis_of(confirmed, verdicts)
    likely = seen if explains_more(seen.cause, incident.cause) else Diagnosis(incident.cause, incident.evidence)
    worse = confirmed[0].level > incident.level
    if not (worse or (new and likely.cause is not incident.cause)):
        return joined, None
    after = replace(
        joined,
        level=max(incident.level, confirmed[0].level),
        cause=likely.cause,
        evidence=likely.evidence,
        because=_because(confirmed),
        changes=incident.changes + 1,
    )
    return _told(Change.ESCALATED, after, verdicts[0])


def _is_quiet(incident: Incident, verdicts: Sequence[Verdict], rule: Confirmation) -> bool:
    """Whether the incident has lasted long enough, and every finding of it has been quiet in N of the last M windows.

    Silence is not quiet.
    """
    if verdicts[0].interval.end - incident.detected < rule.lasts:
        return False
    seen = verdicts[: rule.resolves.m]
    quiet = [all(_is_ok(v.finding(mark), incident, rule) for mark in incident.marks) for v in seen]
    return quiet[0] and sum(quiet) >= rule.resolves.n


def _is_ok(finding: Finding | None, incident: Incident, rule: Confirmation) -> bool:
    """Whether it is quiet; clearly so where it has spoken of more than missing evidence."""
    if finding is None or incident.level <= Level.UNKNOWN:
        return finding is not None and finding.level is Level.OK
    return rule.is_released(finding)


def _resolved(incident: Incident, now: Verdict, because: str) -> tuple[Incident, Transition]:
    after = replace(incident, resolved=now.interval.end, because=because, changes=incident.changes + 1)
    return _told(Change.RESOLVED, after, now)


def _told(change: Change, incident: Incident, now: Verdict) -> tuple[Incident, Transition]:
    identity = f"{incident.key}#{incident.changes}-{change}"
    sentence = f"{incident.model}: {incident.because}"
    return incident, Transition(identity, change, incident, now.interval.end, sentence)


def _because(confirmed: Sequence[Finding]) -> str:
    others = f" ({len(confirmed) - 1} more)" if len(confirmed) > 1 else ""
    return confirmed[0].sentence + others

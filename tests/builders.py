"""Domain values with sensible defaults: `a_verdict(level=Level.CRITICAL)` says only what the test is about."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from watchkeeper.domain.alerts import Alert, Link, Receipt
from watchkeeper.domain.approvals import Answer, Decision, Question
from watchkeeper.domain.audit import Entry, Heartbeat
from watchkeeper.domain.causes import Cause
from watchkeeper.domain.findings import Family, Finding, Measure
from watchkeeper.domain.followups import FollowUp, Story
from watchkeeper.domain.incidents import Change, Incident, Transition
from watchkeeper.domain.intervals import Interval, stamp, window_id
from watchkeeper.domain.levels import Level
from watchkeeper.domain.plans import Gate, Plan, Step
from watchkeeper.domain.rollouts import Rollout
from watchkeeper.domain.verdicts import Verdict
from watchkeeper.ports.state import Settlement

NOON = datetime(2013, 7, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
DIGEST = "sha256:" + "5e" * 32

PLAN = Plan(steps=(Step(0.1, DAY, 500), Step(0.5, DAY, 2_000)))


def a_measure(**changes: object) -> Measure:
    return Measure(**{"check": "drift", "subject": "temp", "name": "psi", "value": 0.31, "at": NOON} | changes)


def a_finding(**changes: object) -> Finding:
    usual = {
        "check": "missing",
        "subject": "temp",
        "family": Family.INTEGRITY,
        "level": Level.CRITICAL,
        "value": 0.4,
        "limit": 0.1,
        "sentence": "40 % of temp is missing, the limit is 10 %.",
        "runbook": "docs/runbooks/missing.md",
    }
    return Finding(**usual | changes)


def a_verdict(
    model: str = "flights", end: datetime = NOON, *, findings: Sequence[Finding] | None = None, **changes: object
) -> Verdict:
    """The verdict of the hour that ended at `end`."""
    found = (a_finding(),) if findings is None else tuple(findings)
    usual = {
        "id": window_id(model, end),
        "interval": Interval(end - HOUR, end),
        "version": 3,
        "level": max((f.level for f in found), default=Level.UNKNOWN),
        "cause": Cause.DATA_BUG,
        "why": found[0].sentence if found else "No check gave an answer.",
        "rows": 1_200,
    }
    return Verdict(model=model, findings=found, **usual | changes)


def an_incident(model: str = "flights", since: datetime = NOON, **changes: object) -> Incident:
    usual = {
        "key": f"wk:test:{model}:{stamp(since)}",
        "level": Level.CRITICAL,
        "cause": Cause.DATA_BUG,
        "because": "40 % of temp is missing, the limit is 10 %.",
        "detected": since + HOUR,
        "marks": ("missing:temp",),
    }
    return Incident(model=model, since=since, **usual | changes)


def a_transition(incident: Incident | None = None, change: Change = Change.OPENED, **changes: object) -> Transition:
    about = incident or an_incident()
    usual = {
        "id": f"{about.key}#{about.changes}-{change}",
        "at": about.detected,
        "sentence": f"{about.model}: {about.because}",
    }
    return Transition(change=change, incident=about, **usual | changes)


def an_alert(transition: Transition | None = None, channel: str = "console", **changes: object) -> Alert:
    told = transition or a_transition()
    usual = {
        "id": f"{told.id}>{channel}",
        "incident": told.incident.key,
        "change": told.change,
        "model": told.incident.model,
        "level": told.incident.level,
        "cause": told.incident.cause,
        "sentence": told.sentence,
        "findings": ("CRITICAL: 40 % of temp is missing, the limit is 10 %.",),
        "links": (Link("runbook", "docs/runbooks/missing.md"),),
        "at": told.at,
    }
    return Alert(channel=channel, **usual | changes)


def a_receipt(alert: Alert | None = None, **changes: object) -> Receipt:
    sent = alert or an_alert()
    usual = {"alert": sent.id, "channel": sent.channel, "reference": "alerts.log:1", "at": sent.at + HOUR}
    return Receipt(**usual | changes)


def a_followup(story: Story = Story.REPORT, model: str = "flights", at: datetime = NOON, **changes: object) -> FollowUp:
    subject = window_id(model, at)
    usual = {"id": f"{story}:{subject}", "subject": subject, "because": "40 % of temp is missing."}
    return FollowUp(story=story, model=model, at=at, **usual | changes)


def a_rollout(model: str = "flights", **changes: object) -> Rollout:
    """A candidate that has no traffic yet."""
    usual = {
        "id": f"{model}-v4",
        "candidate": 4,
        "digest": DIGEST,
        "champion": 3,
        "plan": PLAN,
        "opened": NOON,
        "since": NOON,
    }
    return Rollout(model=model, **usual | changes)


def a_question(rollout: Rollout | None = None, gate: Gate = Gate.CANARY, **changes: object) -> Question:
    about = rollout or a_rollout()
    usual = {
        "id": f"{about.id}:{gate}",
        "model": about.model,
        "rollout": about.id,
        "candidate": about.candidate,
        "digest": about.digest,
        "asked": about.opened,
        "expires": about.opened + 3 * DAY,
        "evidence": "# Trial\n\nlog_loss 0.41 against the champion's 0.44.",
    }
    return Question(gate=gate, **usual | changes)


def an_answer(question: Question | None = None, decision: Decision = Decision.APPROVE, **changes: object) -> Answer:
    asked = question or a_question()
    usual = {
        "question": asked.id,
        "digest": asked.digest,
        "approver": "ada",
        "comment": "the trial is convincing",
        "at": asked.asked + HOUR,
    }
    return Answer(decision=decision, **usual | changes)


def an_entry(**changes: object) -> Entry:
    usual = {
        "id": "settle:flights@2013-07-01T12:00Z",
        "at": NOON,
        "who": "flow:monitor",
        "what": "settle",
        "model": "flights",
        "about": "flights@2013-07-01T12:00Z",
        "because": "40 % of temp is missing.",
    }
    return Entry(**usual | changes)


def a_heartbeat(**changes: object) -> Heartbeat:
    return Heartbeat(**{"name": "monitor", "at": NOON, "detail": "1 model"} | changes)


def a_settlement(verdict: Verdict | None = None, **changes: object) -> Settlement:
    """A look that opens an incident, tells two channels, asks for a report and is noted: something in every part."""
    seen = verdict or a_verdict()
    transition = a_transition(an_incident(seen.model, seen.interval.end))
    usual = {
        "measures": tuple(a_measure(subject=f"column {n}", at=seen.interval.end) for n in range(3)),
        "incident": transition.incident,
        "transition": transition,
        "alerts": (an_alert(transition, "console"), an_alert(transition, "pagerduty")),
        "followups": (a_followup(model=seen.model, at=seen.interval.end),),
        "entries": (an_entry(id=f"settle:{seen.id}", model=seen.model, about=seen.id, at=seen.interval.end),),
    }
    return Settlement(verdict=seen, **usual | changes)

"""What must run next, written down with the decision that asked for it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from watchkeeper.domain.causes import Cause
from watchkeeper.domain.findings import Family
from watchkeeper.domain.incidents import Incident, Transition
from watchkeeper.domain.intervals import window_id
from watchkeeper.domain.levels import Level
from watchkeeper.domain.rollouts import Rollout
from watchkeeper.domain.verdicts import Verdict

__all__ = ["FollowUp", "ResponseRule", "Story", "follow_ups", "why_not_retrain"]


class Story(StrEnum):
    """The flows that can be asked for."""

    REPORT = "report_drift"
    RETRAIN = "retrain"
    RECALIBRATE = "recalibrate"
    APPROVE = "approve"
    PROMOTE = "promote"


@dataclass(frozen=True, slots=True)
class FollowUp:
    """A flow run that a decision asked for; its id is the idempotency key of the run.

    Attributes:
        subject: what it is about: an incident's key, a window's id, a question's id.
        at: the moment the asking decision was made for, which replays keep.
    """

    id: str
    story: Story
    model: str
    subject: str
    at: datetime
    because: str


@dataclass(frozen=True, slots=True)
class ResponseRule:
    """When an incident asks for retraining.

    Attributes:
        retrains: whether it ever does.
        cooldown: the least time between two retrainings.
        on: the families of findings that ask for it.
    """

    retrains: bool = True
    cooldown: timedelta = timedelta(days=7)
    on: tuple[Family, ...] = (Family.PERFORMANCE, Family.CALIBRATION)


NEVER_RETRAIN_ON = (Cause.DATA_BUG, Cause.SERVING_FAULT, Cause.LABEL_FEED_FAULT)
"""What is learned from broken data is broken."""


def why_not_retrain(
    cause: Cause, families: frozenset[Family], last_retraining: datetime | None, now: datetime, rule: ResponseRule
) -> str | None:
    """The reason against retraining now, or None when nothing speaks against it.

    Args:
        cause: of the findings that are confirmed now.
        families: of the findings that are confirmed now, at WARNING or worse.
    """
    if not rule.retrains:
        return "the spec does not retrain on incidents"
    if not families & set(rule.on):
        return f"no confirmed finding about {' or '.join(rule.on)}"
    if cause in NEVER_RETRAIN_ON:
        return f"the cause is a {cause}: what is learned from broken data is broken"
    if last_retraining and now - last_retraining < rule.cooldown:
        return f"the last one was asked for at {last_retraining:%Y-%m-%d %H:%M}, and the cooldown lasts {rule.cooldown}"
    return None


def follow_ups(
    verdict: Verdict,
    incident: Incident | None,
    transition: Transition | None,
    against_retraining: str | None,
    rollout: Rollout | None = None,
) -> tuple[FollowUp, ...]:
    """The flows that this verdict asks for.

    A report of each new trouble; a retraining when nothing speaks against it; a look at the canary that is under way
    when trouble is new and critical.
    """
    now, model, asked = verdict.interval.end, verdict.model, []
    window = window_id(model, now)
    if transition and transition.incident.is_open and transition.incident.level >= Level.WARNING:
        identity = f"{Story.REPORT}:{transition.id}"
        asked.append(FollowUp(identity, Story.REPORT, model, transition.incident.key, now, transition.sentence))
    if incident and incident.is_open and against_retraining is None:
        identity = f"{Story.RETRAIN}:{window}"
        asked.append(FollowUp(identity, Story.RETRAIN, model, incident.key, now, incident.because))
    if rollout and transition and transition.incident.is_open and verdict.level is Level.CRITICAL:
        asked.append(FollowUp(f"{Story.PROMOTE}:{window}", Story.PROMOTE, model, rollout.id, now, verdict.why))
    return tuple(asked)

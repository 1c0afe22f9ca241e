"""What is done about an incident, and why nothing more."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from watchkeeper.domain.causes import BROKEN_LABELS, FAULTS, Cause, Diagnosis
from watchkeeper.domain.findings import Family
from watchkeeper.domain.followups import FollowUp, Story
from watchkeeper.domain.incidents import Incident, Transition
from watchkeeper.domain.intervals import spoken, window_id
from watchkeeper.domain.levels import Level
from watchkeeper.domain.rollouts import Rollout
from watchkeeper.domain.verdicts import Verdict

__all__ = ["ADVICE", "Asked", "Response", "ResponseRule", "follow_ups", "respond", "respond_to_age"]

ADVICE: Mapping[Cause, str] = {
    Cause.DATA_BUG: "Mend it at the source; its windows are not for training, and nothing is retrained meanwhile.",
    Cause.SERVING_FAULT: "Look at the host; its windows are not for training, and nothing is retrained meanwhile.",
    Cause.LABEL_FEED_FAULT: "Look at the label job; these labels are not for training, and nothing is retrained.",
    Cause.COVARIATE_SHIFT: "Watch the quality; as long as it does not suffer nothing needs to be done.",
    Cause.HARMFUL_SHIFT: "If it lasts, the model learns the new inputs; look whether they are here to stay.",
    Cause.CALIBRATION_DRIFT: "A recalibration is the first aid; if that does not help, a retraining.",
    Cause.CONCEPT_DRIFT: "The model must learn anew, from all clean history.",
    Cause.UNKNOWN: "A person has to look: read the findings and their runbooks.",
}
"""What follows from each cause, one sentence for a person."""


@dataclass(frozen=True, slots=True)
class ResponseRule:
    """When an incident asks for recalibration or retraining.

    Attributes:
        retrains: whether it ever asks for retraining.
        cooldown: the least time between two retrainings.
        on: the families of findings that ask for either.
        recalibrates: whether it ever asks for recalibration.
        aid: how long a recalibration is given to help, and so the least time between two.
        lasting: how long a loss through moved inputs must last before it asks for retraining.
        refresh: a model is retrained when what its champion learned is so old, incident or not; None for never.
    """

    retrains: bool = True
    cooldown: timedelta = timedelta(days=7)
    on: tuple[Family, ...] = (Family.PERFORMANCE, Family.CALIBRATION)
    recalibrates: bool = True
    aid: timedelta = timedelta(days=7)
    lasting: timedelta = timedelta(days=3)
    refresh: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """What a model's incidents have asked for until now.

    Attributes:
        last: when each story was asked for last.
        under_way: what is not over yet, in words: a rollout, a retraining that runs; empty when nothing is.
        trained: the end of what the champion was trained on; None where it is not known.
    """

    last: Mapping[Story, datetime] = field(default_factory=dict)
    under_way: str = ""
    trained: datetime | None = None


@dataclass(frozen=True, slots=True)
class Response:
    """What an incident asks for now, None for nothing; and because of what, or why not."""

    story: Story | None
    because: str


def respond(
    incident: Incident,
    diagnosis: Diagnosis,
    families: frozenset[Family],
    asked: Asked,
    now: datetime,
    rule: ResponseRule,
) -> Response:
    """What is done about an incident now; what speaks against anything is asked first.

    Args:
        incident: as it is after the newest verdict.
        diagnosis: of the findings that are confirmed now.
        families: of the findings that are confirmed now, at WARNING or worse, and were so in the window before.
        asked: until now.
        now: the end of the newest verdict's window.
        rule: of the model.
    """
    against = _against_anything(incident, diagnosis, families, asked, rule)
    if against:
        return Response(None, against)
    if diagnosis.cause is Cause.CALIBRATION_DRIFT or Family.PERFORMANCE not in families:
        return _first_aid(incident, diagnosis, asked, now, rule)
    if diagnosis.cause is Cause.HARMFUL_SHIFT and now - incident.since < rule.lasting:
        return Response(None, f"inputs moved, and whether the loss lasts is known after {spoken(rule.lasting)}")
    return _retraining(diagnosis, asked, now, rule)


def respond_to_age(diagnosis: Diagnosis, asked: Asked, now: datetime, rule: ResponseRule) -> Response:
    """A retraining because what the champion learned is old, whether or not anything is wrong.

    Args:
        diagnosis: of the findings that are confirmed now, if any.
        asked: until now.
        now: the end of the newest verdict's window.
        rule: of the model.
    """
    if rule.refresh is None or asked.trained is None:
        return Response(None, "the spec names no age at which the model is retrained")
    told, last = f"the champion has learned until {_at(asked.trained)}", asked.last.get(Story.RETRAIN)
    if now - asked.trained < rule.refresh:
        return Response(None, f"{told}, which is not old yet")
    if diagnosis.cause in FAULTS:
        return Response(None, f"the cause is a {diagnosis.cause}: what is learned from broken data is broken")
    if asked.under_way:
        return Response(None, f"{asked.under_way} is under way")
    if last and now - last < rule.cooldown:
        return Response(None, _cools_down(last, rule))
    return Response(Story.RETRAIN, f"T{told[1:]}: that is older than the spec wants it.")


def follow_ups(
    verdict: Verdict,
    incident: Incident | None,
    transition: Transition | None,
    response: Response,
    rollout: Rollout | None = None,
) -> tuple[FollowUp, ...]:
    """The flows that this verdict asks for.

    A report of each new trouble; what the response asks for; a look at the canary that is under way when trouble is
    new and critical.
    """
    now, model, asked = verdict.interval.end, verdict.model, []
    window = window_id(model, now)
    if transition and transition.incident.is_open and transition.incident.level >= Level.WARNING:
        identity = f"{Story.REPORT}:{transition.id}"
        asked.append(FollowUp(identity, Story.REPORT, model, transition.incident.key, now, transition.sentence))
    if response.story:
        subject = incident.key if incident and incident.is_open else window
        identity = f"{response.story}:{window}"
        asked.append(FollowUp(identity, response.story, model, subject, now, response.because))
    if rollout and transition and transition.incident.is_open and verdict.level is Level.CRITICAL:
        asked.append(FollowUp(f"{Story.PROMOTE}:{window}", Story.PROMOTE, model, rollout.id, now, verdict.why))
    return tuple(asked)


def _against_anything(
    incident: Incident, diagnosis: Diagnosis, families: frozenset[Family], asked: Asked, rule: ResponseRule
) -> str | None:
    """The reason to do nothing at all, or None."""
    if not incident.is_open:
        return "the incident is over"
    if not families & set(rule.on):
        return f"no finding about {' or '.join(rule.on)} has stood for two windows"
    if diagnosis.cause in FAULTS:
        return f"the cause is a {diagnosis.cause}: what is learned from broken data is broken"
    if incident.cause in BROKEN_LABELS:  # labels that stay turned round soon look like a world that did
        return f"the incident began as a {incident.cause}: nothing is learned from its labels until it is over"
    return f"{asked.under_way} is under way" if asked.under_way else None


def _first_aid(incident: Incident, diagnosis: Diagnosis, asked: Asked, now: datetime, rule: ResponseRule) -> Response:
    """A recalibration; a retraining where one did not help this incident, or where the spec does not recalibrate."""
    if not rule.recalibrates or Family.CALIBRATION not in rule.on:
        return _retraining(diagnosis, asked, now, rule)
    last = asked.last.get(Story.RECALIBRATE)
    if last and now - last < rule.aid:
        return Response(None, f"the recalibration of {_at(last)} is given {spoken(rule.aid)} to help")
    if last is None or last < incident.since:
        return Response(Story.RECALIBRATE, diagnosis.evidence)
    evidence = f"The recalibration of {_at(last)} did not help. {diagnosis.evidence}"
    return _retraining(Diagnosis(diagnosis.cause, evidence), asked, now, rule)


def _retraining(diagnosis: Diagnosis, asked: Asked, now: datetime, rule: ResponseRule) -> Response:
    if not rule.retrains:
        return Response(None, "the spec does not retrain on incidents")
    last = asked.last.get(Story.RETRAIN)
    if last and now - last < rule.cooldown:
        return Response(None, _cools_down(last, rule))
    return Response(Story.RETRAIN, diagnosis.evidence)


def _cools_down(last: datetime, rule: ResponseRule) -> str:
    return f"the last retraining was asked for at {_at(last)}, and the cooldown lasts {spoken(rule.cooldown)}"


def _at(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M}"

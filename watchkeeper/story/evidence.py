"""What a person is shown before deciding."""

import json
from typing import Any

from watchkeeper.domain.judgements import Judgement
from watchkeeper.domain.plans import Gate
from watchkeeper.domain.rollouts import Rollout
from watchkeeper.errors import WatchkeeperError
from watchkeeper.story.drawing import READ, draw_rollout, readings_of
from watchkeeper.story.house import House

__all__ = ["evidence_of"]

SHOWN = ("log_loss", "auc", "accuracy", "brier", "calibration_gap", "mae", "rmse", "r2", "bias")
"""The metrics that tell a person most, those of every problem."""


def evidence_of(house: House, rollout: Rollout, judgement: Judgement, gate: Gate) -> str:
    """Markdown: what is asked, the metrics of both versions, the canary so far, and where to read on."""
    share = "" if rollout.step >= len(rollout.plan.steps) else f"{rollout.plan.steps[rollout.step].share:.0%}"
    title = {Gate.CANARY: "start its canary", Gate.STEP: f"go on to {share} of traffic"}.get(gate, "answer all traffic")
    parts = [
        f"### May `{rollout.model}` v{rollout.candidate} {title}?",
        f"Champion: v{rollout.champion}. Digest: `{rollout.digest[:23]}`.",
        _origin(house, rollout),
        _metrics_table(house, rollout),
        _canary(house, rollout, judgement),
        _history(rollout),
        _links(house, rollout),
    ]
    return "\n\n".join(p for p in parts if p)


def _origin(house: House, rollout: Rollout) -> str:
    """Why the candidate exists; nothing where its registry cannot say."""
    try:
        return house.registry.version(rollout.model, rollout.candidate).origin
    except WatchkeeperError:
        return ""


def _metrics_table(house: House, rollout: Rollout) -> str:
    trial = trial_of(house, rollout)
    if not trial:
        return "There was no offline trial: a person put this version forward."
    names = [n for n in SHOWN if n in trial["candidate"]]
    rows = [f"| {n} | {trial['champion'][n]:.4f} | {trial['candidate'][n]:.4f} |" for n in names]
    head = ["| on the holdout | champion | candidate |", "|---|---|---|"]
    return "\n".join([*head, *rows, "", trial["sentence"]])


def trial_of(house: House, rollout: Rollout) -> dict[str, Any] | None:
    """The trial kept beside the candidate, None when it had none."""
    try:
        kept = house.registry.attachment(rollout.model, rollout.candidate, "trial.json")
    except WatchkeeperError:
        return None
    trial: dict[str, Any] = json.loads(kept)
    return trial


def _canary(house: House, rollout: Rollout, judgement: Judgement) -> str:
    """How it has answered so far, by each criterion, and the page that draws it."""
    if rollout.step == 0 and rollout.shadowed is None:
        return ""
    where = f"{rollout.share:.0%} of traffic" if rollout.step else "in the shadow"
    head = ["", f"| {' | '.join(READ)} |", f"|{'---|' * len(READ)}"] if judgement.readings else []
    rows = [f"| {' | '.join(row)} |" for row in readings_of(judgement)]
    drawn = f"[The confidence sequence, and all that was done]({draw_rollout(house, rollout, judgement).as_uri()})"
    return "\n".join([f"**Canary so far ({where}):** {judgement.sentence}", *head, *rows, "", drawn])


def _history(rollout: Rollout) -> str:
    return "\n".join(f"* {m.at:%Y-%m-%d}: {m.verb}, {m.share:.0%}. {m.because}" for m in rollout.history)


def _links(house: House, rollout: Rollout) -> str:
    incident = house.state.open_incident(rollout.model)
    if incident is None:
        return ""
    pages = [f"[{name}]({url})" for name, url in house.state.links(incident.key).items()]
    return f"Asked for by incident `{incident.key}`: {incident.because} " + " ".join(pages)

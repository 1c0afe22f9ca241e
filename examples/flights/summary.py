"""What happened in a replay, as one document; its schema is docs/demo-summary.schema.json."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import numpy as np

from watchkeeper.domain.approvals import Answer
from watchkeeper.domain.followups import Story
from watchkeeper.domain.incidents import Incident
from watchkeeper.domain.intervals import Interval, stamp
from watchkeeper.domain.rollouts import Rollout, Verb
from watchkeeper.profiles.metrics import classification_metrics
from watchkeeper.story.house import House

__all__ = ["SCHEMA", "summarize"]

SCHEMA = "watchkeeper-demo-summary/1"


def summarize(house: House, model: str, over: Interval, champion_before: int, wall_seconds: float) -> dict[str, Any]:
    """Everything that a replay of `over` did, read back from the house."""
    incidents = house.state.incidents(model)
    return {
        "schema": SCHEMA,
        "model": model,
        "replayed": {"from": stamp(over.start), "to": stamp(over.end)},
        "windows": _windows(house, model, over),
        "incidents": [_incident(house, i) for i in incidents],
        "reports": [report for i in incidents for report in _report(house, i)],
        "recalibrations": _asked(house, model, Story.RECALIBRATE),
        "retrainings": _asked(house, model, Story.RETRAIN),
        "approvals": [_approval(a) for q in house.state.questions() if (a := house.state.answer_to(q.id))],
        "rollouts": [_rollout(r) for r in house.state.rollouts(model)],
        "champion_before": champion_before,
        "champion_after": house.registry.pointers(model).champion,
        **_performance(house, model, over, champion_before),
        "wall_seconds": round(wall_seconds, 1),
    }


def _windows(house: House, model: str, over: Interval) -> dict[str, Any]:
    verdicts = house.state.verdicts(model, over.end.replace(microsecond=1), 5_000)
    by_level = {name: sum(str(v.level) == name for v in verdicts) for name in ("OK", "UNKNOWN", "WARNING", "CRITICAL")}
    return {"judged": len(verdicts), "by_level": by_level, "records": sum(v.rows for v in verdicts)}


def _incident(house: House, incident: Incident) -> dict[str, Any]:
    receipts: dict[str, list[str]] = {}
    for receipt in house.state.receipts(incident.key):
        change = receipt.alert.rsplit(">", 1)[0].rsplit("-", 1)[-1]
        receipts.setdefault(receipt.channel, []).append(f"{change}: {receipt.reference}")
    return {
        "key": incident.key,
        "level": str(incident.level),
        "cause": str(incident.cause),
        "evidence": incident.evidence,
        "because": house.state.transitions(incident.key)[0].incident.because,
        "opened": stamp(incident.since),
        "detected": stamp(incident.detected),
        "resolved": stamp(incident.resolved) if incident.resolved else None,
        "transitions": [str(t.change) for t in house.state.transitions(incident.key)],
        "receipts": receipts,
    }


def _report(house: House, incident: Incident) -> list[dict[str, str]]:
    links = house.state.links(incident.key)
    if "Evidently report" not in links:
        return []
    names = {"path": "Evidently report", "wandb_run": "W&B run", "artifact": "W&B artifact"}
    return [{"incident": incident.key} | {name: links.get(link, "") for name, link in names.items()}]


def _asked(house: House, model: str, story: Story) -> list[dict[str, Any]]:
    return [
        {"asked": stamp(f.at), "incident": f.subject, "because": f.because, "outcome": outcome}
        for f, outcome in house.state.followups(model, story)
    ]


def _approval(answer: Answer) -> dict[str, str]:
    said = {"question": answer.question, "decision": str(answer.decision), "approver": answer.approver}
    return said | {"comment": answer.comment, "at": stamp(answer.at)}


def _rollout(rollout: Rollout) -> dict[str, Any]:
    steps = [{"at": stamp(m.at), "share": m.share} for m in rollout.history if m.verb is Verb.ADVANCE]
    began = {m.verb: stamp(m.at) for m in rollout.history}
    return {
        "id": rollout.id,
        "candidate": rollout.candidate,
        "champion": rollout.champion,
        "opened": stamp(rollout.opened),
        "ended": stamp(rollout.ended) if rollout.ended else None,
        "shadowed": began.get(Verb.SHADOW),
        "steps": steps,
        "soaked": began.get(Verb.PROMOTE),
        "outcome": str(rollout.end) if rollout.end else "under_way",
        "why": rollout.because,
    }


def _performance(house: House, model: str, over: Interval, frozen: int) -> Mapping[str, Any]:
    """The metrics of what was served, beside those of the first champion on the same records."""
    known_by = datetime.max.replace(tzinfo=over.end.tzinfo)
    columns = list(house.model(model).feature_kinds)
    records = house.predictions.labelled(model, over, known_by, columns)
    labels = np.asarray(records["_label"], dtype=float)
    served = classification_metrics(np.asarray(records["_prediction"], dtype=float), labels)
    alone = classification_metrics(house.registry.load(model, frozen).predict(records), labels)
    return {
        metric: {"frozen": round(alone[metric], 4), "served": round(served[metric], 4)}
        for metric in ("auc", "log_loss")
    } | {"labelled_records": len(labels)}

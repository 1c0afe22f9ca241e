"""From labelled records to a candidate with a trial; every step may be done again and is done once."""

import json
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from watchkeeper.domain.audit import Entry
from watchkeeper.domain.intervals import Interval, stamp
from watchkeeper.domain.traffic import Split
from watchkeeper.domain.versions import Pointers, Trial, TrialRule, Version, judge_trial
from watchkeeper.errors import NotThere
from watchkeeper.ports import Trained, TrainingRequest
from watchkeeper.profiles.metrics import metrics_of
from watchkeeper.spec import ModelSpec
from watchkeeper.story.anchors import make_anchor, metrics_at_training
from watchkeeper.story.baselines import clean_intervals
from watchkeeper.story.estimating import expectation_of
from watchkeeper.story.house import House
from watchkeeper.story.releasing import open_rollout
from watchkeeper.window import Floats

__all__ = [
    "Training",
    "floats_of",
    "gather",
    "newest_clean",
    "nominate",
    "register",
    "request_of",
    "start_model",
    "train",
    "try_out",
]

MOST_BROKEN = 4
"""A holdout reaches back at most so many times its length for clean time; older records would try for another day."""


@dataclass(frozen=True, slots=True)
class Training:
    """What a retraining works with: the request, and the times that divide learning from trial."""

    request: TrainingRequest
    learns: Interval
    tried_on: Interval


def request_of(house: House, model: str, at: datetime, because: str, identity: str | None = None) -> Training:
    """The retraining of a model as of `at`: it learns from what is older than the holdout, and is tried on that.

    Args:
        identity: of the follow-up that asked for it, so that every attempt is the same retraining.
    """
    spec = house.model(model)
    held = newest_clean(house, spec, at - spec.labels.delay, spec.training.holdout)
    name = identity or f"retrain:{model}@{stamp(at)}"
    request = TrainingRequest(name, model, held.start, because, spec.problem, spec.classes)
    since = min(at - spec.training.history, held.start - spec.every)
    return Training(request, Interval(since, held.start), held)


def newest_clean(house: House, spec: ModelSpec, until: datetime, length: timedelta) -> Interval:
    """The newest time until a moment that holds so much clean time; the last `length` where there is not enough."""
    left = length
    for clean in reversed(clean_intervals(house, spec, Interval(until - MOST_BROKEN * length, until))):
        if clean.length >= left:
            return Interval(clean.end - left, until)
        left -= clean.length
    return Interval(until - length, until)


def gather(house: House, spec: ModelSpec, within: Interval, known_by: datetime) -> pa.Table:
    """The labelled records of an interval, without those of broken windows."""
    columns = [*spec.columns, *spec.answer_columns]
    parts = [
        house.predictions.labelled(spec.model, clean, known_by, columns)
        for clean in clean_intervals(house, spec, within)
    ]
    return pa.concat_tables(parts, promote_options="permissive") if parts else pa.table({})


def train(house: House, training: Training, at: datetime) -> Trained:
    """A new estimator from all clean labelled history before the holdout."""
    spec = house.model(training.request.model)
    records = gather(house, spec, training.learns, at)
    return house.trainer(spec.training.function).train(training.request, records)


def register(house: House, training: TrainingRequest, trained: Trained, at: datetime) -> Version:
    """The new version with its anchor, metrics and digest, kept; the same request again gives the same version."""
    spec = house.model(training.model)
    champion = house.registry.pointers(spec.model).champion
    before = house.registry.anchor(spec.model, champion).profile if champion else None
    records = trained.records
    anchor = replace(make_anchor(spec, records, before), expectation=expectation_of(spec, records))
    metrics = metrics_at_training(spec, records, anchor.profile)
    first, last = (moment.as_py() for moment in pc.min_max(records["_at"]).values())
    span = Interval(first, max(last, anchor.windows[-1][0].end))
    unnamed = Version(spec.model, 0, "", at, span, training.because, metrics)
    version = house.registry.register(unnamed, trained.estimator, anchor, training.id)
    reason = f"{version.name} trained on {records.num_rows:,} records of {span}"
    house.state.note(Entry(f"registered:{training.id}", at, "retrain", "register", spec.model, version.name, reason))
    return version


def try_out(house: House, training: Training, version: Version, at: datetime) -> Trial:
    """Candidate against champion on the holdout, which neither was trained on; kept beside the candidate."""
    spec = house.model(version.model)
    records = gather(house, spec, training.tried_on, at)
    labels = floats_of(records, "_label") if records.num_rows else np.empty(0)
    champion = house.registry.pointers(spec.model).champion
    if champion is None:
        raise NotThere(f"{spec.model} has no champion to try {version.name} against")
    measured = [
        metrics_of(spec.problem, house.registry.load(spec.model, n).predict(records), labels) if labels.size else {}
        for n in (version.number, champion)
    ]
    trial = judge_trial(measured[0], measured[1], labels.size, training.tried_on, _rule(spec, version))
    kept = json.dumps(asdict(trial), default=str, indent=2)
    house.registry.attach(spec.model, version.number, "trial.json", kept.encode())
    what = "trial passed" if trial.passed else "trial failed"
    identity = f"trial:{training.request.id}"
    house.state.note(Entry(identity, at, _who(version), what, spec.model, version.name, trial.sentence))
    return trial


def _rule(spec: ModelSpec, version: Version) -> TrialRule:
    """What the version must show; first aid need not be better by a margin, and is judged on fewer days."""
    if version.parent is None:
        return spec.trial_rule
    return replace(spec.trial_rule, margin=0.0, least_rows=spec.recalibration.least_rows)


def _who(version: Version) -> str:
    return "retrain" if version.parent is None else "recalibrate"


def nominate(house: House, version: Version, trial: Trial, at: datetime) -> str:
    """A rollout for a candidate that passed its trial, at once or after another; what became of it."""
    if not trial.passed:
        return f"{version.name} stays in the registry. {trial.sentence}"
    rollout = open_rollout(house, version, at, who=_who(version), because=trial.sentence)
    if rollout.candidate != version.number:
        return f"{version.name} waits for {rollout.id} to end. {trial.sentence}"
    return f"{version.name} is a candidate in rollout {rollout.id}. {trial.sentence}"


def start_model(house: House, model: str, at: datetime) -> Version:
    """The first champion of a model, trained by its own function on whatever history that has."""
    spec = house.model(model)
    pointers = house.registry.pointers(model)
    if pointers.champion is not None:
        return house.registry.version(model, pointers.champion)
    request = TrainingRequest(f"first:{model}", model, at, "The first version.", spec.problem, spec.classes)
    trained = house.trainer(spec.training.function).train(request, pa.table({}))
    version = register(house, request, trained, at)
    house.router.set_split(model, Split(version.number, None, 0.0, request.id, at))
    house.registry.point(model, Pointers(champion=version.number, last_good=version.number), instead_of=pointers)
    return version


def floats_of(records: pa.Table, column: str) -> Floats:
    """A column of numbers, shape (n,)."""
    floats: Floats = records[column].to_numpy().astype(float)
    return floats

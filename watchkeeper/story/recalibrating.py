"""First aid: the champion under a layer that recent labels ask for, a version like any other."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

import pyarrow as pa
import pyarrow.compute as pc

from watchkeeper.checks import seed
from watchkeeper.domain.audit import Entry
from watchkeeper.domain.followups import Story
from watchkeeper.domain.intervals import Interval, stamp
from watchkeeper.domain.problems import Problem
from watchkeeper.domain.versions import Version
from watchkeeper.errors import NotThere
from watchkeeper.layers import Layer, fit_layer
from watchkeeper.ports import Anchor, Predictor, TrainingRequest
from watchkeeper.profiles import Column, NumericColumn, Profile
from watchkeeper.profiles.moving import moved
from watchkeeper.serving.answers import SCORES, answers_in, with_answers
from watchkeeper.spec import ModelSpec
from watchkeeper.story.house import House
from watchkeeper.story.retraining import Training, floats_of, gather, newest_clean
from watchkeeper.window import PREDICTION

__all__ = ["layer_of", "plan_recalibration", "recalibrate"]

BELIEVED = 0.5
"""The champion is believed as much as this share of a full history of records; a full one then goes two thirds of the
way. Records of one day share their circumstances, so that many of them say less than they seem to. On the flights of
2013 weekly layers of 14 days gain half as much again with a half as with a twelfth; from a quarter to the whole it
makes little difference."""

LEAST_BELIEVED = 200
"""And as much as so many records at least."""


def plan_recalibration(house: House, model: str, at: datetime, because: str, identity: str | None = None) -> Training:
    """The recalibration of a model as of `at`: what the layer is fitted on, and the newer records that try it.

    Args:
        identity: of the follow-up that asked for it, so that every attempt is the same recalibration.
    """
    spec = house.model(model)
    held = newest_clean(house, spec, at - spec.labels.delay, spec.recalibration.holdout)
    name = identity or f"{Story.RECALIBRATE}:{model}@{stamp(at)}"
    request = TrainingRequest(name, model, held.start, because, spec.problem, spec.classes)
    return Training(request, Interval(held.start - spec.recalibration.history, held.start), held)


def recalibrate(house: House, planned: Training, at: datetime) -> Version | str:
    """The champion under a new layer, in the registry; the same request again gives the same version.

    Or the sentence that says why there is none: too few labelled records came after those that the champion learned
    from. Raises NotThere without a champion.
    """
    spec, request = house.model(planned.request.model), planned.request
    champion = _champion(house, spec.model)
    records = _new_to(champion.version, gather(house, spec, planned.learns, at))
    if records.num_rows < spec.recalibration.least_rows:
        return _leave(house, planned, champion.version, records.num_rows, at)
    layer = layer_of(spec, champion, records)
    told = f"{layer}, on {records.num_rows:,} records of {planned.learns}"
    origin = f"Recalibration of v{champion.version.number}: {told}. {request.because}"
    unnamed = replace(champion.version, digest="", created=at, origin=origin, parent=champion.version.number)
    anchor = _recalibrated(spec, house.registry.anchor(spec.model, champion.version.number), layer)
    version = house.registry.register(unnamed, layer.over(champion.estimator), anchor, request.id)
    identity = f"registered:{request.id}"
    house.state.note(Entry(identity, at, "recalibrate", "register", spec.model, version.name, version.origin))
    return version


def _leave(house: House, planned: Training, champion: Version, rows: int, at: datetime) -> str:
    """Why the champion stays as it is."""
    least = house.model(champion.model).recalibration.least_rows
    why = f"Only {rows:,} new labelled records of {planned.learns}; a layer is fitted on {least:,}."
    identity = f"refused:{planned.request.id}"
    house.state.note(Entry(identity, at, "recalibrate", "leave as it is", champion.model, champion.name, why))
    return f"{champion.name} stays as it is. {why}"


def layer_of(spec: ModelSpec, champion: Predictor, records: pa.Table) -> Layer:
    """The layer that these labelled records ask for, over what the champion says of them now."""
    moments = records["_at"].cast(pa.timestamp("us", "UTC")).cast(pa.int64())
    windows = len(pc.unique(pc.divide(moments, spec.every // timedelta(microseconds=1))))
    full = spec.recalibration.history / spec.every
    prior = max(BELIEVED * full * records.num_rows / windows, LEAST_BELIEVED)
    return fit_layer(spec.problem, champion.predict(records), floats_of(records, "_label"), prior)


def _champion(house: House, model: str) -> Predictor:
    number = house.registry.pointers(model).champion
    if number is None:
        raise NotThere(f"{model} has no champion: train one with `watchkeeper train {model}`")
    return house.registry.load(model, number)


def _new_to(version: Version, records: pa.Table) -> pa.Table:
    """The records that came after those it was trained on: of those it knows the answers."""
    return records.filter(pc.field("_at") >= version.trained_on.end) if records.num_rows else records


def _recalibrated(spec: ModelSpec, parent: Anchor, layer: Layer) -> Anchor:
    """The parent's anchor with the answers as the layer gives them.

    What labels said of the parent out of fold, when it was calibrated, is what the layer gives back, and stays the
    seed of its history. Of a multiclass model the classes are counted as the parent answered them: which records would
    have changed their class is not known any more.
    """
    windows = tuple((interval, _moved(spec, profile, layer)) for interval, profile in parent.windows)
    whole = [window for window in windows if window[0].length == spec.every]  # of shorter ones days are kept
    again = seed(spec.asked, whole, apart=spec.apart(len(parent.profile.segments)))
    seeds = {(m.check, m.subject, m.name, m.at): m for m in (*parent.measures, *again)}
    answers = layer.apply(answers_in(parent.sample, spec.problem, spec.classes))
    rest = parent.sample.drop_columns([c for c in ("_prediction", SCORES) if c in parent.sample.column_names])
    ordered = tuple(sorted(seeds.values(), key=lambda m: m.at))
    expected = parent.expectation.recalibrated() if parent.expectation else None
    return Anchor(_moved(spec, parent.profile, layer), windows, ordered, with_answers(rest, answers), expected)


def _moved(spec: ModelSpec, profile: Profile, layer: Layer) -> Profile:
    column = profile.columns.get(PREDICTION)
    if spec.problem is Problem.MULTICLASS or not isinstance(column, NumericColumn):
        return profile
    columns: Mapping[str, Column] = {**profile.columns, PREDICTION: moved(column, layer.apply)}
    segments = {name: _moved(spec, part, layer) for name, part in profile.segments.items()}
    return replace(profile, columns=columns, segments=segments)

"""The baseline of a version, out of the records it was trained on."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from watchkeeper.checks import seed, seed_outcomes
from watchkeeper.checks.segmenting import named
from watchkeeper.domain.business import Metric
from watchkeeper.domain.intervals import EPOCH, Interval, interval_ending
from watchkeeper.ports import Anchor
from watchkeeper.profiles import Grid, Kind, NumericColumn, Profile, Segments
from watchkeeper.profiles.counting import fit_grids, profile_batches
from watchkeeper.profiles.metrics import metrics_of
from watchkeeper.serving.answers import answers_in, with_named_answers
from watchkeeper.spec import ModelSpec
from watchkeeper.story.blocks import trained_blocks
from watchkeeper.story.metering import metered_by_records
from watchkeeper.window import Floats, Outcomes, kinds_of_answers

__all__ = ["grids_of", "make_anchor", "metrics_at_training"]

HOUR, DAY, TICK = timedelta(hours=1), timedelta(days=1), timedelta(microseconds=1)

Integers = npt.NDArray[np.int64]

MOST_WINDOWS = 400
"""Training windows kept one by one, and windows that history is seeded from; older ones count in the profile alone."""

SAMPLE = 5_000
"""Records kept for pictures."""


def grids_of(profile: Profile) -> dict[str, Grid]:
    """The bins on which a profile was counted."""
    return {name: c.grid for name, c in profile.columns.items() if isinstance(c, NumericColumn)}


def make_anchor(spec: ModelSpec, records: pa.Table, before: Profile | None = None) -> Anchor:
    """The baseline of a version, out of its training records with their out-of-fold predictions.

    What it keeps are the profiles of windows, of days where windows are shorter. Its history is seeded from windows: of
    those shorter than an hour from one an hour.

    Args:
        records: need not be in order.
        before: the profile of the version before, whose bins and segments stay; columns that have no bins yet get
            theirs from these records.
    """
    rows = _Rows.of(spec, records, before)
    kept = [(interval, rows.profile(interval)) for interval in rows.filled(max(spec.every, DAY))]
    whole, windows = Profile.total(profile for _, profile in kept), tuple(kept[-MOST_WINDOWS:])
    sampled = [i for i in _sampled(rows.filled(HOUR)[-1].end, spec.every) if rows.of_time(i).num_rows]
    seen = windows if spec.every >= DAY else tuple((i, rows.profile(i)) for i in sampled)
    metrics = {i: metered_by_records(spec, rows.segments, i, rows.read) for i, _ in seen}
    apart = spec.apart(len(rows.segments.names)) if rows.segments else None
    seeds = seed(spec.asked, seen, whole, blocks=kept, apart=apart, metrics=metrics)
    blocks = [rows.apart(spec, block) for block in trained_blocks(spec, records)]
    proven = seed_outcomes(spec.asked, blocks, spec.every, apart)
    return Anchor(whole, windows, (*seeds, *proven), _sample(spec, records))


def metrics_at_training(spec: ModelSpec, records: pa.Table, anchor: Profile) -> dict[str, float]:
    """The out-of-fold metrics of a version, and of each of its segments."""
    segments = spec.segments_of(anchor)
    parts = [(named("", segment), part) for segment, part in segments.split(records)] if segments else []
    return {name + part: value for part, table in [("", records), *parts] for name, value in _metrics(spec, table)}


def _metrics(spec: ModelSpec, records: pa.Table) -> Iterable[tuple[str, float]]:
    return metrics_of(spec.problem, answers_in(records, spec.problem, spec.classes), _labels(records)).items()


def _labels(records: pa.Table) -> Floats:
    labels: Floats = records["_label"].to_numpy().astype(float)
    return labels


def _sampled(end: datetime, every: timedelta) -> list[Interval]:
    """The newest windows before a moment that history is seeded from, oldest first."""
    apart = max(every, HOUR)
    return [interval_ending(end - n * apart, every) for n in range(MOST_WINDOWS - 1, -1, -1)]


def _sample(spec: ModelSpec, records: pa.Table) -> pa.Table:
    """Some of the records, spread evenly, without what was only logged: the registry reads the features from here."""
    asked_with = [name for name in records.column_names if name in spec.feature_kinds or name not in spec.columns]
    places = np.linspace(0, records.num_rows - 1, min(SAMPLE, records.num_rows)).astype(int)
    return records.select(asked_with).take(places)


def _segments(spec: ModelSpec, before: Profile | None, counted: pa.Table) -> Segments | None:
    """How records are told apart: as before, else by the most frequent values of these."""
    if spec.segments is None:
        return None
    told = spec.segments_of(before) if before else None
    column = {spec.segments.column: spec.columns[spec.segments.column]}
    return told if told and told.values else spec.segments_of(profile_batches([counted], column, {}))


@dataclass(frozen=True, slots=True)
class _Rows:
    """Training records in order of their times.

    Attributes:
        counted: their columns as they are profiled.
        at: their times in microseconds since 1970, shape (n,).
    """

    records: pa.Table
    counted: pa.Table
    at: Integers
    kinds: Mapping[str, Kind]
    grids: Mapping[str, Grid]
    segments: Segments | None

    @classmethod
    def of(cls, spec: ModelSpec, records: pa.Table, before: Profile | None) -> "_Rows":
        at = records["_at"].cast(pa.timestamp("us", "UTC")).cast(pa.int64()).to_numpy()
        order = np.argsort(at, kind="stable")
        ordered = records.take(order)
        known = {name: kind for name, kind in spec.columns.items() if name in records.column_names}
        counted = with_named_answers(
            ordered.select([*known, "_prediction", *spec.answer_columns]), spec.problem, spec.classes
        )
        kinds = known | kinds_of_answers(spec.problem)
        grids = fit_grids(counted, kinds) | (grids_of(before) if before else {})
        return cls(ordered, counted, at[order], kinds, grids, _segments(spec, before, counted))

    def of_time(self, interval: Interval) -> pa.Table:
        """The records of an interval."""
        return self.records.slice(*self._place(interval))

    def profile(self, interval: Interval) -> Profile:
        """The counts of an interval."""
        return profile_batches([self.counted.slice(*self._place(interval))], self.kinds, self.grids, self.segments)

    def filled(self, length: timedelta) -> list[Interval]:
        """The intervals of this length that hold a record, oldest first."""
        places = np.unique(self.at // (length // TICK)).tolist()
        return [Interval(EPOCH + place * length, EPOCH + (place + 1) * length) for place in places]

    def read(self, metric: Metric, over: Interval) -> pa.Table:
        """The records that a metric's function is called with; no other columns than it would be given later."""
        kept = [name for name in self.records.column_names if name.startswith("_") or name in self.kinds]
        found = self.of_time(over).select(kept)
        return found if metric.labelled or "_label" not in kept else found.drop_columns("_label")

    def apart(self, spec: ModelSpec, block: Outcomes) -> Outcomes:
        """The outcomes with those of the segments."""
        if self.segments is None:
            return block
        parts = self.segments.split(self.of_time(block.interval))
        answered = ((n, answers_in(part, spec.problem, spec.classes), _labels(part)) for n, part in parts)
        known = {n: replace(block, predictions=a, labels=labels, expected=len(labels)) for n, a, labels in answered}
        return replace(block, segments=known)

    def _place(self, interval: Interval) -> tuple[int, int]:
        """Where the records of an interval begin, and how many there are."""
        ticks = [(moment - EPOCH) // TICK for moment in (interval.start, interval.end)]
        first, last = np.searchsorted(self.at, ticks).tolist()
        return first, last - first

"""Records, labels and what is counted of them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Protocol

import pyarrow as pa

from watchkeeper.domain.accounts import Accounts
from watchkeeper.domain.intervals import Interval
from watchkeeper.domain.keeping import Compaction
from watchkeeper.domain.problems import Problem
from watchkeeper.profiles import Grid, Kind, Profile, Segments
from watchkeeper.window import Outcomes, Window

__all__ = ["Came", "Look", "PredictionStore"]


@dataclass(frozen=True, slots=True)
class Look:
    """Which window to read, and of what.

    Attributes:
        columns: the features and logged columns with their kinds; the answers are always read.
        grids: the bins of the numeric columns.
        outcomes: the interval whose labels are due by the window's end.
        version: whose records count as outcomes; None counts those of every version.
        without: intervals whose records do not count as outcomes.
        problem, classes: what the answers are.
        segments: how records are told apart; their profiles and outcomes come with those of the whole.
    """

    model: str
    interval: Interval
    columns: Mapping[str, Kind]
    grids: Mapping[str, Grid]
    outcomes: Interval
    version: int | None = None
    without: tuple[Interval, ...] = ()
    problem: Problem = Problem.BINARY
    classes: tuple[str, ...] = ()
    segments: Segments | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Came:
    """Records with what came later.

    Attributes:
        records: with a column of doubles for each late column, null where nothing came.
        trouble: one sentence for each file that could not be read.
    """

    records: pa.Table
    trouble: tuple[str, ...] = ()


class PredictionStore(Protocol):
    """Records and labels, by model and day.

    A table of records has the columns `_id` (string), `_at` (timestamp with zone), `_key` (string), `_version` (int),
    `_prediction` (double), `_latency_ms` (double), and one column per feature or logged value; one of a multiclass
    model has `_scores`, too (`watchkeeper.serving.answers` says what stands in both). It may have `_failed` (int): the
    version that was picked for the request and failed, whoever answered in its place; null where none did. And
    `_weight` (double): one over the chance with which the record was kept. `labelled` and `records` always give both,
    null and 1 where they were not written. A table of labels has `_id`, `_label` (double; of a multiclass model the
    place of the class) and `_at` (when it became known); so has one of the values of a late column.
    """

    def append(self, model: str, records: pa.Table) -> None: ...

    def append_labels(self, model: str, labels: pa.Table, of: str | None = None) -> None:
        """Keep labels, or the values of a late column; ValueError when no column can be called so."""
        ...

    def window(self, look: Look) -> Window:
        """Counts and outcomes; a file that cannot be read is named in `trouble`, the others still count.

        Labels count when they were known by the window's end; of two for one record the later counts. Where records
        have weights that differ, rows and outcomes are as many of them as make each stand for equally many requests.
        """
        ...

    def accounts(self, model: str, interval: Interval) -> Accounts:
        """What the hosts say became of the records that they were handed within an interval; windows carry it, too."""
        ...

    def outcomes(self, look: Look, fewest: int = 0) -> Outcomes:
        """The outcomes of a look alone; none at all where fewer labels than this have come since its outcomes begin."""
        ...

    def answered(self, look: Look, columns: Sequence[str]) -> Iterator[pa.Table]:
        """The records that count as outcomes of a look, labelled or not, part by part.

        Each has the named columns and its answer, those that its file has.
        """
        ...

    def labelled(self, model: str, interval: Interval, known_by: datetime, columns: Sequence[str]) -> pa.Table:
        """The labelled records of an interval: the named columns, every `_` column, and `_label`, in order of `_at`."""
        ...

    def shadowed(self, model: str, interval: Interval, known_by: datetime, columns: Sequence[str]) -> pa.Table:
        """The labelled records of an interval that a version answered in the shadow, too, in order of `_at`.

        They come as `labelled` gives them, with `_shadow_version` (int), `_shadow_prediction` (double),
        `_shadow_latency_ms` (double) and `_shadow_failed` (int) beside; with `_shadow_scores`, too, where `_scores` is
        among the columns. Nothing else in this port ever sees a shadow answer.
        """
        ...

    def records(self, model: str, interval: Interval, columns: Sequence[str]) -> pa.Table:
        """Every record of an interval: the named columns and every `_` column, in order of `_at`."""
        ...

    def late(self, model: str, records: pa.Table, columns: Sequence[str], known_by: datetime) -> Came:
        """These records (with `_id` and `_at`) and what came of them, in the named late columns, until a moment.

        Of two values of one record the later counts. Nothing else in this port ever sees a late value.
        """
        ...

    def sample(self, model: str, interval: Interval, columns: Sequence[str], rows: int) -> pa.Table:
        """At most `rows` records spread over the interval, the same ones at every call."""
        ...

    def days(self, model: str) -> tuple[date, ...]:
        """The days (UTC) of which there are records, oldest first."""
        ...

    def compact(self, model: str, before: datetime) -> Compaction:
        """Put the files of days that ended before a moment in order: every reader finds the same as before.

        Safe to run twice, to kill, and beside readers and writers.
        """
        ...

    def forget(self, model: str, before: date) -> tuple[date, ...]:
        """Remove the records of every day before one, with their labels, shadow answers and accounts; the days removed.

        A reader finds a day as a whole or not at all. Profiles stay for ever.
        """
        ...

    def keep_profile(self, model: str, interval: Interval, profile: Profile) -> None: ...

    def profiles(self, model: str, within: Interval) -> tuple[tuple[Interval, Profile], ...]:
        """The kept profiles of windows that lie in an interval, oldest first."""
        ...

    def sums(
        self, model: str, within: Interval, every: timedelta, without: Sequence[Interval] = ()
    ) -> tuple[tuple[Interval, Profile], ...]:
        """Sums of the kept profiles of the windows of length `every` that lie in an interval, oldest first.

        Each comes with the time it covers: a day, an hour, or a single window. The windows of `without` are in none.
        """
        ...

"""Records, labels and profiles as files in a folder, laid out as `watchkeeper.serving.layout` says."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
import pyarrow as pa

from watchkeeper.adapters._account_files import accounts_within
from watchkeeper.adapters._kept_profiles import KeptProfiles
from watchkeeper.adapters._parquet_files import Span, Trouble, day_files, microseconds, reaching, those
from watchkeeper.adapters._parquet_ids import Source, hashed, latest_labels, surveyed
from watchkeeper.adapters._parquet_keeping import DayFiles, again
from watchkeeper.adapters._parquet_late import with_late
from watchkeeper.adapters._parquet_outcomes import asked_about, joined
from watchkeeper.adapters._parquet_records import counted, labels_known, once_each, weighed
from watchkeeper.adapters._parquet_shadows import beside, shadow_answers
from watchkeeper.adapters._parquet_tables import EMPTY, evenly, in_order, one_table, with_optional
from watchkeeper.adapters._parquet_tally import LATENCY, Tally
from watchkeeper.domain.accounts import Accounts
from watchkeeper.domain.intervals import Interval
from watchkeeper.ports.records import Came, Look
from watchkeeper.profiles import Kind, Profile
from watchkeeper.profiles.counting import profile_batches
from watchkeeper.serving.answers import SCORES, answers_in, with_named_answers
from watchkeeper.serving.layout import ACCOUNTS, LABELS, PREDICTIONS, PROFILES, SHADOWS, late_part
from watchkeeper.serving.tables import OPTIONAL_TYPES, RECORD_TYPES, write_labels, write_records
from watchkeeper.window import Outcomes, Window, kinds_of_answers

__all__ = ["ParquetPredictions"]

DAY = timedelta(days=1)
"""So far a shadow answer may lie from its record's time."""


@dataclass(frozen=True, slots=True)
class ParquetPredictions(DayFiles):
    """The prediction store in a folder; the same files that `watchkeeper.serving.PredictionLogger` writes.

    Files are read one by one, in the order of their days and of the time of their first record. Of the records with one
    id the first counts. A file that breaks off in the middle counts up to there, and is named as any other.
    """

    def append(self, model: str, records: pa.Table) -> None:
        with reaching(self.root / model):
            write_records(self.root, model, records)

    def append_labels(self, model: str, labels: pa.Table, of: str | None = None) -> None:
        with reaching(self.root / model):
            write_labels(self.root, model, labels, of)

    @again
    def window(self, look: Look) -> Window:
        trouble, span = Trouble(self.root), Span.of(look.interval.start, look.interval.end)
        kinds: Mapping[str, Kind] = {**look.columns, **kinds_of_answers(look.problem)}
        names = [*(name for name in look.columns if name != "_prediction"), "_prediction", SCORES, LATENCY, "_at"]
        sources = self._sources(look.model, span, trouble)
        weights = weighed(sources, span, trouble)
        tally = Tally()
        records = tally.of(counted(sources, names, span, trouble, weights))
        named = (with_named_answers(table, look.problem, look.classes) for table in records)
        profile = profile_batches(named, kinds, look.grids, look.segments)
        outcomes, accounts = self._outcomes(look, trouble), self.accounts(look.model, look.interval)
        return Window(
            look.model,
            look.interval,
            tally.rows,
            profile,
            outcomes,
            tally.newest,
            trouble.sentences,
            latency=tally.latency,
            weight=weights.stands_for(tally.rows),
            accounts=accounts,
        )

    def accounts(self, model: str, interval: Interval) -> Accounts:
        return accounts_within(self.folder(model, ACCOUNTS), interval)

    @again
    def outcomes(self, look: Look, fewest: int = 0) -> Outcomes:
        trouble = Trouble(self.root)
        come = labels_known(self.folder(look.model, LABELS), look.outcomes.start, look.interval.end, trouble)
        if fewest and sum(labels.num_rows for labels in come) < fewest:
            none = answers_in(EMPTY, look.problem, look.classes)
            return Outcomes(look.outcomes, none, np.empty(0), 0, look.problem)
        return self._outcomes(look, trouble)

    def answered(self, look: Look, columns: Sequence[str]) -> Iterator[pa.Table]:
        return self._answered(look, columns, Trouble(self.root))

    @again
    def labelled(self, model: str, interval: Interval, known_by: datetime, columns: Sequence[str]) -> pa.Table:
        table, trouble = self._whole(model, interval, columns)
        labels = latest_labels(
            hashed(table.column("_id")), labels_known(self.folder(model, LABELS), interval.start, known_by, trouble)
        )
        return in_order(those(table.append_column("_label", pa.array(labels)), ~np.isnan(labels)))

    @again
    def shadowed(self, model: str, interval: Interval, known_by: datetime, columns: Sequence[str]) -> pa.Table:
        records = self.labelled(model, interval, known_by, columns)
        span = Span.of(interval.start - DAY, interval.end + DAY)
        paths = day_files(self.folder(model, SHADOWS), span)
        return beside(records, shadow_answers(paths, span, columns, Trouble(self.root)))

    @again
    def records(self, model: str, interval: Interval, columns: Sequence[str]) -> pa.Table:
        return in_order(self._whole(model, interval, columns)[0])

    def _whole(self, model: str, interval: Interval, columns: Sequence[str]) -> tuple[pa.Table, Trouble]:
        """Every record of an interval, each once."""
        trouble, span = Trouble(self.root), Span.of(interval.start, interval.end)
        names = [*RECORD_TYPES, *OPTIONAL_TYPES, *columns]
        tables = [*once_each(self._sources(model, span, trouble), names, span, trouble)]
        return with_optional(one_table(tables, [*OPTIONAL_TYPES, *columns])), trouble

    @again
    def late(self, model: str, records: pa.Table, columns: Sequence[str], known_by: datetime) -> Came:
        trouble = Trouble(self.root)
        folders = {column: self.folder(model, late_part(column)) for column in columns}
        return Came(with_late(records, folders, known_by, trouble), trouble.sentences)

    @again
    def sample(self, model: str, interval: Interval, columns: Sequence[str], rows: int) -> pa.Table:
        trouble, span = Trouble(self.root), Span.of(interval.start, interval.end)
        sources = self._sources(model, span, trouble)
        weights = weighed(sources, span, trouble)
        times = [microseconds(table) for table in counted(sources, ["_at"], span, trouble, weights)]
        chosen = evenly(np.concatenate([np.empty(0, np.int64), *times]), rows)
        names, tables, passed = [*RECORD_TYPES, *columns], [], 0
        for table in counted(sources, names, span, trouble, weights) if len(chosen) else ():
            here = chosen[(chosen >= passed) & (chosen < passed + table.num_rows)] - passed
            tables.append(table.take(here))
            passed += table.num_rows
        return in_order(one_table(tables, columns))

    def keep_profile(self, model: str, interval: Interval, profile: Profile) -> None:
        with self._kept(model) as kept:
            kept.keep(interval, profile)

    def profiles(self, model: str, within: Interval) -> tuple[tuple[Interval, Profile], ...]:
        with self._kept(model) as kept:
            return tuple(kept.within(within))

    def sums(
        self, model: str, within: Interval, every: timedelta, without: Sequence[Interval] = ()
    ) -> tuple[tuple[Interval, Profile], ...]:
        with self._kept(model) as kept:
            return tuple(kept.sums(within, every, without))

    @contextmanager
    def _kept(self, model: str) -> Iterator[KeptProfiles]:
        folder = self.folder(model, PROFILES)
        with reaching(folder):
            yield KeptProfiles(folder)

    def _sources(self, model: str, span: Span, trouble: Trouble) -> list[Source]:
        return surveyed(day_files(self.folder(model, PREDICTIONS), span), trouble)

    def _answered(self, look: Look, columns: Sequence[str], trouble: Trouble) -> Iterator[pa.Table]:
        span = Span.of(look.outcomes.start, look.outcomes.end)
        names = ["_at", "_prediction", SCORES, "_version", *columns]
        sources = self._sources(look.model, span, trouble)
        for table in counted(sources, names, span, trouble, weighed(sources, span, trouble)):
            yield those(table, asked_about(table, look))

    def _outcomes(self, look: Look, trouble: Trouble) -> Outcomes:
        apart = look.segments
        ids, answers = [np.empty(0, np.int64)], [answers_in(EMPTY, look.problem, look.classes)]
        places = [np.empty(0, np.int64)]
        for table in self._answered(look, ["_id", *([apart.column] if apart else [])], trouble):
            ids.append(hashed(table.column("_id")))
            answers.append(answers_in(table, look.problem, look.classes))
            places.append(apart.places(table) if apart else np.zeros(table.num_rows, np.int64))
        known = labels_known(self.folder(look.model, LABELS), look.outcomes.start, look.interval.end, trouble)
        labels = latest_labels(np.concatenate(ids), known)
        return joined(look, np.concatenate(answers), labels, np.concatenate(places))

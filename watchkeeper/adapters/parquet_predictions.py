"""Records, labels and profiles as files in a folder, laid out as `watchkeeper.serving.layout` says."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pyarrow as pa

from watchkeeper.adapters._parquet_files import (
    EPOCH,
    STORE,
    TICK,
    Span,
    Trouble,
    day_files,
    entries,
    microseconds,
    reaching,
    read_within,
    those,
)
from watchkeeper.adapters._parquet_ids import Seen, Source, floats, hashed, latest_labels, surveyed
from watchkeeper.adapters._parquet_tables import EMPTY, in_order, one_table
from watchkeeper.domain.intervals import Interval
from watchkeeper.errors import OutsideError
from watchkeeper.ports.records import Look
from watchkeeper.profiles import Kind, Profile
from watchkeeper.profiles.counting import profile_batches
from watchkeeper.profiles.storage import from_bytes, to_bytes
from watchkeeper.serving.answers import SCORES, answers_in, with_named_answers
from watchkeeper.serving.layout import LABELS, PREDICTIONS, PROFILES, checked_name, put_whole
from watchkeeper.serving.tables import LABEL_TYPES, RECORD_TYPES, write_labels, write_records
from watchkeeper.window import Outcomes, Window, kinds_of_answers

__all__ = ["ParquetPredictions"]

MOMENT = "%Y%m%dT%H%M%S.%fZ"


@dataclass(slots=True)
class Tally:
    """What is noted of records while they stream by."""

    rows: int = 0
    newest: int | None = None

    def of(self, tables: Iterator[pa.Table]) -> Iterator[pa.Table]:
        """The same tables, counted."""
        for table in tables:
            if table.num_rows:
                self.rows += table.num_rows
                newest = int(microseconds(table).max())
                self.newest = newest if self.newest is None else max(self.newest, newest)
                yield table


@dataclass(frozen=True, slots=True)
class ParquetPredictions:
    """The prediction store in a folder; the same files that `watchkeeper.serving.PredictionLogger` writes.

    Files are read one by one, in the order of their days and of the time of their first record. Of the records with one
    id the first counts. A file that breaks off in the middle counts up to there, and is named as any other.
    """

    root: Path

    def append(self, model: str, records: pa.Table) -> None:
        with reaching(self.root / model):
            write_records(self.root, model, records)

    def append_labels(self, model: str, labels: pa.Table) -> None:
        with reaching(self.root / model):
            write_labels(self.root, model, labels)

    def window(self, look: Look) -> Window:
        trouble, tally = Trouble(self.root), Tally()
        span = Span.of(look.interval.start, look.interval.end)
        kinds: Mapping[str, Kind] = {**look.columns, **kinds_of_answers(look.problem)}
        names = [*(name for name in look.columns if name != "_prediction"), "_prediction", SCORES, "_at"]
        records = self._records(self._sources(look.model, span, trouble), names, span, trouble)
        counted = (with_named_answers(table, look.problem, look.classes) for table in tally.of(records))
        profile = profile_batches(counted, kinds, look.grids)
        newest = None if tally.newest is None else EPOCH + tally.newest * TICK
        outcomes = self._outcomes(look, trouble)
        return Window(look.model, look.interval, tally.rows, profile, outcomes, newest, trouble.sentences)

    def labelled(self, model: str, interval: Interval, known_by: datetime, columns: Sequence[str]) -> pa.Table:
        trouble, span = Trouble(self.root), Span.of(interval.start, interval.end)
        names = [*RECORD_TYPES, *columns]
        table = one_table([*self._records(self._sources(model, span, trouble), names, span, trouble)], columns)
        labels = latest_labels(hashed(table.column("_id")), self._labels(model, interval.start, known_by, trouble))
        return in_order(those(table.append_column("_label", pa.array(labels)), ~np.isnan(labels)))

    def sample(self, model: str, interval: Interval, columns: Sequence[str], rows: int) -> pa.Table:
        trouble, span = Trouble(self.root), Span.of(interval.start, interval.end)
        sources = self._sources(model, span, trouble)
        times = [microseconds(table) for table in self._records(sources, ["_at"], span, trouble)]
        chosen = _evenly(np.concatenate([np.empty(0, np.int64), *times]), rows)
        names, tables, passed = [*RECORD_TYPES, *columns], [], 0
        for table in self._records(sources, names, span, trouble) if len(chosen) else ():
            here = chosen[(chosen >= passed) & (chosen < passed + table.num_rows)] - passed
            tables.append(table.take(here))
            passed += table.num_rows
        return in_order(one_table(tables, columns))

    def keep_profile(self, model: str, interval: Interval, profile: Profile) -> None:
        folder = self._folder(model, PROFILES)
        with reaching(folder):
            put_whole(folder / f"{_name(interval.start)}_{_name(interval.end)}.wkp", to_bytes(profile))

    def profiles(self, model: str, within: Interval) -> tuple[tuple[Interval, Profile], ...]:
        folder = self._folder(model, PROFILES)
        with reaching(folder):
            kept = {_interval(path): path for path in entries(folder) if path.suffix == ".wkp"}
            wanted = sorted(i for i in kept if within.start <= i.start and i.end <= within.end)
            return tuple((interval, _profile(kept[interval])) for interval in wanted)

    def _folder(self, model: str, part: str) -> Path:
        return self.root / checked_name(model) / part

    def _sources(self, model: str, span: Span, trouble: Trouble) -> list[Source]:
        return surveyed(day_files(self._folder(model, PREDICTIONS), span), trouble)

    def _records(
        self, sources: Sequence[Source], names: Sequence[str], span: Span, trouble: Trouble
    ) -> Iterator[pa.Table]:
        """The records of a span, each once."""
        seen = Seen()
        for source in sources:
            with trouble.around(source.path):
                wanted = [*names, "_id"] if source.doubtful else names
                for table in read_within(source.path, wanted, span, ["_at"]):
                    kept = those(table, seen.fresh(table.column("_id"))) if source.doubtful else table
                    yield kept if "_id" in names or not source.doubtful else kept.drop_columns("_id")

    def _labels(self, model: str, since: datetime, known_by: datetime, trouble: Trouble) -> Iterator[pa.Table]:
        """The labels of records from `since` on; a day more, for the clocks of two machines."""
        span = Span((since - EPOCH) // TICK - 86_400_000_000, (known_by - EPOCH) // TICK + 1)
        for path in day_files(self._folder(model, LABELS), span):
            with trouble.around(path):
                yield from read_within(path, [*LABEL_TYPES], span, [*LABEL_TYPES])

    def _outcomes(self, look: Look, trouble: Trouble) -> Outcomes:
        span = Span.of(look.outcomes.start, look.outcomes.end)
        ids, answers = [np.empty(0, np.int64)], [answers_in(EMPTY, look.problem, look.classes)]
        names = ["_id", "_at", "_prediction", SCORES, "_version"]
        for every in self._records(self._sources(look.model, span, trouble), names, span, trouble):
            table = those(every, _asked_about(every, look))
            ids.append(hashed(table.column("_id")))
            answers.append(answers_in(table, look.problem, look.classes))
        known = self._labels(look.model, look.outcomes.start, look.interval.end, trouble)
        predictions, labels = np.concatenate(answers), latest_labels(np.concatenate(ids), known)
        whole = ~np.isnan(np.column_stack([predictions, labels])).any(axis=1)
        return Outcomes(look.outcomes, predictions[whole], labels[whole], len(labels), look.problem)


def _asked_about(table: pa.Table, look: Look) -> np.ndarray:
    """Which records count as outcomes, shape (n,)."""
    at, counts = microseconds(table), np.ones(table.num_rows, bool)
    if look.version is not None:
        counts &= _numbers(table, "_version") == look.version
    for span in (Span.of(interval.start, interval.end) for interval in look.without):
        counts &= (at < span.start) | (at >= span.end)
    return counts


def _numbers(table: pa.Table, name: str) -> np.ndarray:
    """The numbers of a column, NaN everywhere when the table does not have it."""
    return floats(table.column(name)) if name in table.column_names else np.full(table.num_rows, np.nan)


def _evenly(times: np.ndarray, most: int) -> np.ndarray:
    """The places of at most `most` records that lie evenly among all, by time."""
    count = min(len(times), max(most, 0))
    evenly = np.linspace(0, len(times) - 1, count).round().astype(np.int64)
    return np.sort(np.argsort(times, kind="stable")[evenly])


def _name(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime(MOMENT)


def _interval(path: Path) -> Interval:
    try:
        return Interval(*map(datetime.fromisoformat, path.stem.split("_")))
    except ValueError as error:
        raise OutsideError(
            STORE, f"{path} does not name the window of a profile; move it away", permanent=True
        ) from error


def _profile(path: Path) -> Profile:
    try:
        return from_bytes(path.read_bytes())
    except ValueError as error:
        raise OutsideError(STORE, f"{path}: {error}", permanent=True) from error

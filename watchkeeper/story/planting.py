"""Copies of records with a fault in them, in a folder of their own; what was logged stays untouched."""

import shutil
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from watchkeeper.adapters.parquet_predictions import ParquetPredictions
from watchkeeper.domain.intervals import Interval
from watchkeeper.domain.versions import Version
from watchkeeper.faults import Fault, Place, Touches
from watchkeeper.ports import Predictor
from watchkeeper.serving.answers import answers_in, with_answers
from watchkeeper.serving.tables import LABEL_TYPES, MICROSECOND
from watchkeeper.spec import ModelSpec
from watchkeeper.story.house import House
from watchkeeper.story.past import FOREVER
from watchkeeper.window import Floats

__all__ = ["Ground"]

MOST_ROWS = 200_000
"""Records that are copied; of more, so many that lie evenly among them."""

CLEAN, PLANTED = "clean", "planted"


@dataclass(frozen=True, slots=True)
class Ground:
    """Where faults are planted: a stretch of windows, and the records before them whose labels it waits for.

    Attributes:
        records: of the stretch, with `_label` and late columns, by window.
        predictor: the champion, which answers broken features as it would have in production.
        folder: `clean` holds what came before the stretch, `planted` a copy of it with one fault after it.
    """

    spec: ModelSpec
    records: Mapping[Interval, pa.Table]
    predictor: Predictor
    folder: Path

    @classmethod
    def prepared(
        cls, house: House, spec: ModelSpec, version: Version, stretch: tuple[Interval, ...], folder: Path
    ) -> "Ground":
        """Copy what is needed of the house's records.

        Raises:
            BrokenVersion: the champion of that time cannot be loaded any more.
        """
        begin = spec.labels.blocks(stretch[0])[-1].start
        whole = Interval(begin, stretch[-1].end)
        columns = [*spec.columns, *spec.answer_columns]
        records = house.predictions.sample(spec.model, whole, columns, MOST_ROWS)
        labelled = house.predictions.labelled(spec.model, whole, FOREVER, [])
        found = pc.index_in(records["_id"], labelled["_id"].combine_chunks())
        records = records.append_column("_label", labelled["_label"].take(found))
        records = house.predictions.late(spec.model, records, list(spec.late), FOREVER).records
        predictor = house.registry.load(spec.model, version.number)
        by_window = {interval: _within(records, interval) for interval in stretch}
        ground = cls(spec, by_window, predictor, folder)
        ground._sow(CLEAN, _within(records, Interval(begin, stretch[0].start)))
        return ground

    def planted(self, fault: Fault, place: Place) -> ParquetPredictions:
        """The records before the stretch as they were, those of the stretch with the fault."""
        shutil.rmtree(self.folder / PLANTED, ignore_errors=True)
        shutil.copytree(self.folder / CLEAN, self.folder / PLANTED)
        broken = [fault.plant(records, place) for records in self.records.values() if records.num_rows]
        if broken:
            whole = pa.concat_tables(broken, promote_options="permissive")
            self._sow(PLANTED, self._answered(whole) if fault.touches is Touches.FEATURES else whole)
        return ParquetPredictions(self.folder / PLANTED)

    def of_all(self, rows: int, interval: Interval, all_rows: int) -> int:
        """How many records there would be, had all records of the window been copied and not only `MOST_ROWS`."""
        copied = self.records[interval].num_rows
        return round(rows * all_rows / copied) if copied else rows

    def _answered(self, records: pa.Table) -> pa.Table:
        """The records with the answers that the champion gives to these features; other versions' stay as they were."""
        asked = records
        for name in self.spec.feature_kinds:
            if name not in records.column_names:
                asked = asked.append_column(name, pa.nulls(records.num_rows, pa.float64()))
        logged = answers_in(records, self.spec.problem, self.spec.classes)
        answers = self._answers(asked, logged)
        others = records["_version"].to_numpy() != self.predictor.version.number
        answers[others] = logged[others]
        return with_answers(records.drop_columns(["_prediction", *self.spec.answer_columns]), answers)

    def _answers(self, asked: pa.Table, logged: Floats) -> Floats:
        """What the model answers: nothing where it refuses what it is asked, as it may refuse missing values."""
        whole = ~np.any([_is_missing(asked.column(name)) for name in self.spec.feature_kinds], axis=0)
        answers = np.full_like(logged, np.nan)
        for taken in (np.ones_like(whole), whole):
            with suppress(Exception):  # whatever a model's own code raises
                answers[taken] = self.predictor.predict(asked.filter(pa.array(taken)))
                break
        return answers

    def _sow(self, part: str, records: pa.Table) -> None:
        """Write records, and what comes later of them as known when the spec says that labels are."""
        (self.folder / part).mkdir(parents=True, exist_ok=True)
        store = ParquetPredictions(self.folder / part)
        late = list(self.spec.late)
        store.append(self.spec.model, records.drop_columns(["_label", *late]))
        known = pc.add(records["_at"].cast(MICROSECOND), pa.scalar(self.spec.labels.delay)).cast(LABEL_TYPES["_at"])
        for column, of in (("_label", None), *((name, name) for name in late)):
            values = pa.table({"_id": records["_id"], "_label": records[column], "_at": known})
            store.append_labels(self.spec.model, values.filter(pc.is_finite(values["_label"])), of)


def _is_missing(column: pa.ChunkedArray) -> np.ndarray:
    missing: np.ndarray = column.is_null(nan_is_null=True).to_numpy()
    return missing


def _within(records: pa.Table, interval: Interval) -> pa.Table:
    return records.filter(_between(records["_at"], interval.start, interval.end))


def _between(at: pa.ChunkedArray, start: datetime, end: datetime) -> pa.ChunkedArray:
    first, last = pa.scalar(start, MICROSECOND), pa.scalar(end, MICROSECOND)
    return pc.and_(pc.greater_equal(at, first), pc.less(at, last))

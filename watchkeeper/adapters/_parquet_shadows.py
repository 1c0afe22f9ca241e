"""Shadow answers, each beside the record it shadows."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa

from watchkeeper.adapters._parquet_files import Span, Trouble
from watchkeeper.adapters._parquet_ids import floats, hashed
from watchkeeper.adapters._parquet_reading import read_within
from watchkeeper.adapters._parquet_tables import one_table
from watchkeeper.serving.answers import SCORES
from watchkeeper.serving.tables import SHADOW_TYPES

__all__ = ["beside", "shadow_answers"]


def shadow_answers(paths: Sequence[Path], span: Span, columns: Sequence[str], trouble: Trouble) -> pa.Table:
    """The shadow answers of a span, with their scores where those are among the columns."""
    tables: list[pa.Table] = []
    scores = [SCORES] if SCORES in columns else []
    for path in paths:
        with trouble.around(path):
            tables.extend(read_within(path, [*SHADOW_TYPES, *scores], span, ["_id", "_at"]))
    return one_table(tables, scores, SHADOW_TYPES)


def beside(records: pa.Table, shadows: pa.Table) -> pa.Table:
    """Every record that has a shadow answer, in the order of the records, with that answer in columns `_shadow_...`.

    Of two shadow answers of one version to one record the first counts; a record that two versions answered in the
    shadow comes twice.
    """
    rows, answers = _matched(records, shadows)
    versions = floats(shadows.column("_version").take(answers)).astype(np.float64)
    pairs = np.column_stack([rows, np.nan_to_num(versions, nan=-1)])
    _, first = np.unique(pairs, axis=0, return_index=True)
    found, answered = records.take(rows[first]), shadows.take(answers[first])
    for name in shadows.column_names:
        if name not in ("_id", "_at"):
            found = found.append_column(f"_shadow{name}", answered.column(name))
    return found


def _matched(records: pa.Table, shadows: pa.Table) -> tuple[np.ndarray, np.ndarray]:
    """The places of records and of shadow answers that belong together, shape (m,) each."""
    ids, sought = hashed(records.column("_id")), hashed(shadows.column("_id"))
    if not len(ids):
        return np.empty(0, np.int64), np.empty(0, np.int64)
    order = np.argsort(ids, kind="stable")
    place = np.minimum(np.searchsorted(ids[order], sought), len(ids) - 1)
    answers = np.flatnonzero(ids[order][place] == sought)
    return order[place[answers]], answers

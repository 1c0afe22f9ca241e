"""Labels and values of late columns in bulk: what a batch job calls. Light to import, as the rest of the SDK."""

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from watchkeeper.serving.layout import checked_name, labels_part
from watchkeeper.serving.privacy import privacy

__all__ = ["import_labels"]


def import_labels(  # noqa: PLR0913 - all but the first three are said by name, and seldom
    root: Path | str,
    model: str,
    labels: Any,  # noqa: ANN401 - a path, an Arrow table, or a data frame of pandas or polars
    *,
    id: str | None = None,  # noqa: A002 - what everybody calls it
    label: str | None = None,
    at: str | None = None,
    of: str | None = None,
    known: datetime | None = None,
    classes: Sequence[str] = (),
    hashed: bool = False,
    told: Callable[[int], None] | None = None,
) -> int:
    """Write labels, or the values of a late column, beside a model's records; the same table again writes nothing.

    Everything is looked through before anything is written, so that a table with a mistake imports nothing. Rows
    without a label are passed over: their truth is not known yet.

    Args:
        root: the folder or URL that the model's logger writes to.
        labels: a CSV or Parquet file, or a table.
        id: the column with the records' ids, as they were logged; `_id` or `id` unless given.
        label: the column with the truth: numbers, true and false, names of classes; `_label` or `label` unless given.
        at: the column that says when each became known; `_at` or `at` where there is one.
        of: the late column of which these are the values, instead of labels; `label` then is a column of that name
            where there is one and nothing else is said.
        known: when they became known, where no column says so; else the time of the file, or now.
        classes: of a multiclass model; its labels are their names or places.
        hashed: the model's logger hashes `_id`; the same salt is needed here.
        told: called with the number of rows of every piece that was looked through, and again when it was written.

    Returns:
        How many labels were written; 0 when they had been before.

    Raises:
        ValueError: a column is not there or a value cannot be meant; names file, column and row. Or a late column
            cannot be called so.
        OSError: the file cannot be read, or the disk says no; importing again completes it.
    """
    from watchkeeper.serving.importable import Columns, Reading  # noqa: PLC0415 - pyarrow is not imported at a start
    from watchkeeper.serving.importing import imported  # noqa: PLC0415 - the same
    from watchkeeper.serving.tabular import source_of  # noqa: PLC0415 - the same

    source = source_of(labels)
    part = labels_part(of)
    value = label or (of if of in source.names else None)
    names = Columns(id, value, at).among(source.names, source.where)
    hidden = privacy((), ("_id",) if hashed else ())
    reading = Reading(source.where, names, () if of else tuple(classes), known or source.known, hidden, part)
    return imported(f"{str(root).rstrip('/')}/{checked_name(model)}", source, reading, told or (lambda _: None))

"""Where records, labels, profiles and splits lie, and how a file arrives whole or not at all.

`{root}/{model}/predictions/day=YYYY-MM-DD/*.parquet`, by the UTC day of the record;
`{root}/{model}/labels/day=YYYY-MM-DD/*.parquet`, by the UTC day on which the label became known;
`{root}/{model}/late/{column}/day=YYYY-MM-DD/*.parquet`, what came later of a late column, as labels are;
`{root}/{model}/shadows/day=YYYY-MM-DD/*.parquet`, answers of versions that nobody was given, by their UTC day;
`{root}/{model}/accounts/day=YYYY-MM-DD/{host}-{pid}-{begin}.json`, what became of the records of one host's process;
`{root}/{model}/imports/{digest}`, a file for every import of labels that came to its end;
`{root}/{model}/profiles/day=YYYY-MM-DD/{start}_{end}.wkp`, by the UTC day of the window's start;
and, in a root of their own, splits as `{root}/{model}.json`.
"""

import os
import re
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path

__all__ = [
    "ACCOUNTS",
    "LABELS",
    "LATE",
    "PREDICTIONS",
    "PROFILES",
    "SHADOWS",
    "arriving",
    "checked_name",
    "day_folder",
    "day_of",
    "labels_part",
    "late_part",
    "put_whole",
    "rows_like",
    "settle",
]

PREDICTIONS, LABELS, PROFILES = "predictions", "labels", "profiles"
SHADOWS, ACCOUNTS, LATE = "shadows", "accounts", "late"
"""The folders of a model."""

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


def checked_name(name: str, what: str = "model") -> str:
    """The name of a model, or of something else, if it can be a folder's name; ValueError otherwise."""
    if not NAME.fullmatch(name):
        raise ValueError(
            f"{name!r} cannot name a {what}: use letters, digits, `.`, `_` and `-`, a letter or digit first"
        )
    return name


def late_part(column: str) -> str:
    """The folder of a model in which the values of a late column lie; ValueError when no folder can be called so."""
    return f"{LATE}/{checked_name(column, 'late column')}"


def labels_part(of: str | None) -> str:
    """The folder of labels, or of the values of a late column; raises as `late_part` does."""
    return LABELS if of is None else late_part(of)


def rows_like(part: str) -> str:
    """The part whose rows those of a part are like: the values of a late column are like labels."""
    return LABELS if part.startswith(f"{LATE}/") else part


def day_of(moment: datetime) -> date:
    """The UTC day of a moment."""
    return moment.astimezone(UTC).date()


def day_folder(day: date) -> str:
    """The name of a day's folder; the names sort as the days do."""
    return f"day={day.isoformat()}"


@contextmanager
def arriving(folder: Path) -> Iterator[Path]:
    """A place for a draft in `folder` (made if need be); what still lies there at the end is removed.

    A draft's name starts with a dot and ends in `.draft`: no reader takes a killed writer's leftovers for a file.
    """
    folder.mkdir(parents=True, exist_ok=True)
    draft = folder / f".{uuid.uuid4().hex}.draft"
    try:
        yield draft
    finally:
        draft.unlink(missing_ok=True)


def settle(draft: Path, target: Path) -> None:
    """Make a draft the target: on disk first, then under its name, in one step."""
    _sync(draft)
    draft.replace(target)
    _sync(target.parent)


def put_whole(target: Path, content: bytes) -> None:
    """Write a file so that every reader finds the old content or the new, also after a crash."""
    with arriving(target.parent) as draft:
        draft.write_bytes(content)
        settle(draft, target)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
